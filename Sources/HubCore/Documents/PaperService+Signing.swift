// An officer signs a paper: signed, hashed, kept, remembered; only then is there a code that anybody could scan.

import HubDomain
import HubProto
import SwiftProtobuf

extension PaperService {
    private static let passphraseBytes = 1...256

    /// A paper that was signed meanwhile is the answer: nobody is asked twice for one signature.
    func sign(
        _ context: CallContext, _ request: LayananSignPaperRequest
    ) async throws(HubError) -> LayananSignPaperReply {
        let officer = try Self.officer(of: request)
        return try await turns.alone(with: Array(request.number.utf8)) { () async throws(HubError) in
            try await sign(context, request, by: officer)
        }
    }

    private func sign(
        _ context: CallContext, _ request: LayananSignPaperRequest, by officer: SigningOfficer
    ) async throws(HubError) -> LayananSignPaperReply {
        var signed: (paper: HubPaper, file: [UInt8])?
        for _ in 1...Self.attempts {
            let before = try await CaseReads(ledger: ledger, access: access).find(request.case, context.actor)
            let catalogue = rulebook.catalogue
            let definition = try catalogue.definition(of: before)
            guard let index = before.papers.firstIndex(where: { $0.number == request.number }) else {
                throw HubError(.documentNotFound, "the case has no paper of this number")
            }
            let paper = before.papers[index]
            guard let rule = definition.paperRule(paper.name), rule.signedBy.contains(context.actor.role),
                access.works(context.actor, on: before)
            else { throw HubError(.permissionDenied, "role \(context.actor.role) does not sign this paper") }
            if paper.state == .issued { return .with { $0.paper = paper } }
            guard paper.state == .toSign else {
                throw HubError(.actionNotAllowed, "only a paper that waits for its signature is signed")
            }
            let now = clock.nowMillis()
            // Whoever changed the case meanwhile left the paper as it was signed.
            let done: (paper: HubPaper, file: [UInt8])
            if let signed, signed.paper.number == paper.number {
                done = signed
            } else {
                done = try await office.signed(paper, by: officer, catalogue, nowMillis: now)
            }
            signed = done
            var state = before
            state.papers[index] = try await office.kept(done.paper, done.file, of: state)
            state.supersede(before: index)
            state.follow(before, now)
            let commit = Commit(state, after: before, .paper, definition) { event in
                (event.action, event.actor) = (request.number, context.actor)
            }
            if case .committed = try await journal.commit(commit) { return .with { $0.paper = state.papers[index] } }
        }
        throw HubError(.versionStale, "the case changes too often now; ask again")
    }

    private static func officer(of request: LayananSignPaperRequest) throws(HubError) -> SigningOfficer {
        var wrong: [Violation] = []
        if NIK(request.nik) == nil {
            wrong.append(Violation("nik", "nik", id: "NIK penanda tangan terdiri atas 16 angka.", en: "16 digits."))
        }
        if !passphraseBytes.contains(request.passphrase.utf8.count) {
            wrong.append(
                Violation("passphrase", "length", id: "Isi frasa sandi Anda sendiri.", en: "Give your own passphrase."))
        }
        guard wrong.isEmpty else { throw HubError(.formInvalid, "sign", violations: wrong) }
        return SigningOfficer(nik: request.nik, passphrase: request.passphrase)
    }
}
