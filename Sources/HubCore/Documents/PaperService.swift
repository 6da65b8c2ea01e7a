// Papers in other people's hands: whether one holds, and one copy more.

import HubDomain
import HubProto
import SwiftProtobuf

/// The part of `layanan.v1.Documents` that concerns papers the hub issued.
struct PaperService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let access: CaseAccess
    let office: PaperOffice
    let clock: any HubClock
    /// Published halves of the keys with which papers were sealed here.
    let keys: [PaperPublicKey]
    /// By a paper's number: who comes while it is being signed waits, and finds it signed.
    let turns = DocumentTurns()

    static let attempts = 3
    private static let noteMax = 500

    // MARK: Methods

    /// Never an error for what is false: whoever asks has a paper in hand and wants a word.
    func verify(
        _ context: CallContext, _ request: LayananVerifyPaperRequest
    ) async throws(HubError) -> LayananVerifyPaperReply {
        let text = request.paper
        guard text.utf8.count <= PaperSealText.lettersMax else { return Self.isFalse(.tooLong) }
        if text.hasPrefix(PaperSealText.prefix) { return try await verify(seal: text) }
        guard let (_, paper) = try await find(text) else { return Self.isFalse(.other) }
        return .with {
            $0.verdict = verdict(on: paper)
            $0.title = rulebook.catalogue.papers[paper.name]?.title.id ?? ""
            ($0.issuedOn, $0.validUntil) = (paper.issuedOn, paper.validUntil)
        }
    }

    func reprint(_ context: CallContext, _ request: LayananReprintPaperRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let wrong = FormRules.violations(note: request.note, max: Self.noteMax, demanded: true)
        guard wrong.isEmpty else { throw HubError(.formInvalid, "reprint", violations: wrong) }
        for _ in 1...Self.attempts {
            let before = try await CaseReads(ledger: ledger, access: access).find(request.case, context.actor)
            guard access.works(context.actor, on: before) else {
                throw HubError(.permissionDenied, "copies are printed by those who work on the case")
            }
            let catalogue = rulebook.catalogue
            var state = before
            guard let index = state.papers.firstIndex(where: { $0.number == request.number }) else {
                throw HubError(.documentNotFound, "the case has no paper of this number")
            }
            guard verdict(on: state.papers[index]) == .holds else {
                throw HubError(.actionNotAllowed, "only a paper that holds is printed again")
            }
            let now = clock.nowMillis()
            var paper = state.papers[index]
            try await office.reprint(&paper, of: state, catalogue, nowMillis: now)
            state.papers[index] = paper
            state.follow(before, now)
            var commit = Commit(
                state, after: before, .paper, key: context.commitKey, try catalogue.definition(of: before)
            ) { event in
                (event.action, event.actor, event.note) = (request.number, context.actor, request.note)
            }
            commit.answer = try LayananReprintPaperReply.with { $0.paper = paper }.ledgerBytes()
            if let answer = try await journal.commit(commit).callAnswer() { return answer }
        }
        throw HubError(.versionStale, "the case changes too often now; ask again")
    }

    // MARK: Parts

    private func verify(seal text: String) async throws(HubError) -> LayananVerifyPaperReply {
        // What the ledger holds to the letter is genuine, also when its key was replaced since.
        if let seal = try? PaperSealText.seal(in: text),
            let statement = try? HubPaperStatement(serializedBytes: seal.statement),
            let (_, paper) = try await find(statement.number), paper.qr == text
        {
            return .with {
                $0.verdict = verdict(on: paper)
                $0.statement = statement
                ($0.title, $0.issuedOn) = (statement.title, statement.issuedOn)
                $0.validUntil = statement.validUntil
            }
        }
        return Self.isFalse(Self.fault(of: text, keys))
    }

    /// Why a text is no paper of this hub; one that was sealed here and is in no ledger is something else.
    private static func fault(of text: String, _ keys: [PaperPublicKey]) -> PaperSealFault {
        var fault = PaperSealFault.key
        for key in keys {
            do throws(PaperSealFault) {
                _ = try PaperSealText.statement(in: text, by: key)
                return .other
            } catch {
                fault = error
            }
        }
        return fault
    }

    private func find(_ number: String) async throws(HubError) -> (HubCase, HubPaper)? {
        guard !number.isEmpty, number.utf8.count <= NumberPattern.bytesMax,
            let record = try await ledger.record(HubPaper.recordPrefix + number),
            let state = try await ledger.caseState(id: record.body),
            // One whose place was taken before it was ever signed is nothing that anybody could have in hand.
            let paper = state.papers.first(where: {
                $0.number == number && !$0.sha256.isEmpty && ![.due, .toSign].contains($0.state)
            })
        else { return nil }
        return (state, paper)
    }

    private func verdict(on paper: HubPaper) -> LayananPaperVerdict {
        switch paper.state {
        case .issued:
            guard let last = CalendarDate(iso: paper.validUntil) else { return .holds }
            return rulebook.catalogue.today(clock.nowMillis()) <= last ? .holds : .expired
        case .revoked: return .revoked
        case .superseded: return .superseded
        case .due, .toSign, .unspecified, .UNRECOGNIZED: return .false
        }
    }

    private static func isFalse(_ fault: PaperSealFault) -> LayananVerifyPaperReply {
        .with { ($0.verdict, $0.fault) = (.false, fault.rawValue) }
    }
}

extension HubPaper {
    /// `issued/<number>` holds the id of the case.
    static let recordPrefix = "issued/"
}
