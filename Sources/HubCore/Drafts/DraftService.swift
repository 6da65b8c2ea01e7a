// A request that is not finished: kept, gone on with on another device, thrown away.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Drafts`
struct DraftService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let book: DraftBook
    let rulebook: Rulebook
    let policy: Policy
    let clock: any HubClock

    /// An office that types for a citizen keeps and sees drafts of its own services alone (PROTOCOL.md, W-37); the others are
    /// as if they were not there.
    private func mayTouch(_ service: String, _ actor: HubActor) -> Bool {
        let department = rulebook.catalogue.offered.first { $0.service == service }?.department ?? ""
        return policy.mayRepresent(actor.applicantReference, actor, department: department)
            || policy.allDepartments.contains(actor.role)
    }

    func save(_ context: CallContext, _ request: LayananSaveDraftRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let (person, now) = (context.actor.applicantReference, clock.nowMillis())
        let id = try Self.checked(request.draft.id)
        let before = try await book.kept(id, of: person)
        guard
            [request.draft.service, before?.draft.service].compactMap(\.self).allSatisfy({ mayTouch($0, context.actor) }
            )
        else { throw HubError(.permissionDenied, "this draft is of another department's service") }
        let live = before.flatMap { $0.draft.expiresMs > now ? $0.draft : nil }
        guard request.expectedVersion == 0 || request.expectedVersion == live?.version ?? 0 else {
            throw Self.stale(live?.version ?? 0)
        }
        var draft = LayananDraft()
        (draft.id, draft.service) = (id, request.draft.service)
        (draft.form, draft.documents) = (request.draft.form, request.draft.documents)
        let missing = try missing(in: draft)
        guard try draft.ledgerBytes().count <= DraftBook.bytesMax else { throw Self.tooLarge }
        if live == nil, try await book.drafts(of: person, nowMillis: now).count >= DraftBook.draftsMax {
            throw Self.tooMany
        }
        draft.version = (live?.version ?? 0) + 1
        (draft.savedMs, draft.expiresMs) = (now, now + DraftBook.keptMillis)
        let reply = LayananSaveDraftReply.with {
            ($0.version, $0.expiresMs, $0.missing) = (draft.version, draft.expiresMs, missing)
        }
        return try await commit(
            context, try book.writes(id, of: person, draft, before: before), answer: try reply.ledgerBytes(), now)
    }

    func get(_ context: CallContext, _ request: LayananGetDraftRequest) async throws(HubError) -> LayananGetDraftReply {
        guard let kept = try await book.kept(try Self.checked(request.id), of: context.actor.applicantReference),
            kept.draft.expiresMs > clock.nowMillis(), mayTouch(kept.draft.service, context.actor)
        else { throw HubError(.draftUnknown, "no such draft, or it has ended") }
        return .with { $0.draft = kept.draft }
    }

    func list(
        _ context: CallContext, _ request: LayananListDraftsRequest
    ) async throws(HubError) -> LayananListDraftsReply {
        let drafts = try await book.drafts(of: context.actor.applicantReference, nowMillis: clock.nowMillis())
            .filter { mayTouch($0.service, context.actor) }
        return .with {
            $0.drafts = drafts.sorted { ($1.savedMs, $0.id) < ($0.savedMs, $1.id) }.map { draft in
                var head = draft
                (head.form, head.documents) = ([], [])
                return head
            }
        }
    }

    func discard(_ context: CallContext, _ request: LayananDiscardDraftRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let (person, id) = (context.actor.applicantReference, try Self.checked(request.id))
        let before = try await book.kept(id, of: person)
        guard before.map({ mayTouch($0.draft.service, context.actor) }) ?? true else {
            throw HubError(.permissionDenied, "this draft is of another department's service")
        }
        return try await commit(
            context, try book.writes(id, of: person, nil, before: before),
            answer: try LayananDiscardDraftReply().ledgerBytes(), clock.nowMillis())
    }

    private func commit(
        _ context: CallContext, _ records: [RecordWrite], answer: [UInt8], _ now: Int64
    ) async throws(HubError) -> CallAnswer {
        var commit = Commit(key: context.commitKey, atMillis: now)
        (commit.records, commit.answer) = (records, answer)
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.versionStale, "this draft was saved at the same time; read it and save again")
        }
        return answer
    }

    /// What a submit would refuse now. A draft of a service that is not offered cannot be begun.
    private func missing(in draft: LayananDraft) throws(HubError) -> [HubFieldViolation] {
        let catalogue = rulebook.catalogue
        guard let definition = catalogue.current(draft.service, today: catalogue.today(clock.nowMillis())),
            let action = definition.submitAction
        else { throw HubError(.serviceUnknown, "no such service; see layanan.v1.Catalogue/List") }
        let stored = draft.documents.map { ([UInt8]($0.sha256), (size: $0.size, mediaType: $0.mediaType)) }
        do throws(HubError) {
            _ = try FormRules(definition: definition, tables: catalogue.tables).check(
                form: draft.form, documents: draft.documents, note: "", action: action, existingData: [],
                existingDocuments: [], storedDocuments: Dictionary(stored) { first, _ in first }, imported: false)
            return []
        } catch {
            guard error.code == .formInvalid || error.code == .documentInvalid else { throw error }
            return error.violations.map(HubFieldViolation.init)
        }
    }

    // MARK: Refusals

    /// - Returns: The id, when it is one.
    static func checked(_ id: String) throws(HubError) -> String {
        let isSound =
            (1...36).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
        guard isSound else {
            throw refused(
                "id", "name", id: "Nama draf: 1 sampai 36 huruf, angka, - atau _.", en: "1 to 36 of A-Za-z0-9_-")
        }
        return id
    }

    private static let tooLarge = refused(
        "form", "length", id: "Draf terlalu besar; unggah berkas sebagai dokumen.",
        en: "The draft is too large; put files into the hub as documents.")
    private static let tooMany = refused(
        "id", "count", id: "Paling banyak \(DraftBook.draftsMax) draf; kirim atau hapus salah satu.",
        en: "At most \(DraftBook.draftsMax) drafts; submit or discard one.")

    private static func refused(_ field: String, _ rule: String, id: String, en: String) -> HubError {
        HubError(.draftRefused, "the draft cannot be kept", violations: [Violation(field, rule, id: id, en: en)])
    }

    private static func stale(_ present: UInt64) -> HubError {
        HubError(.versionStale, "the draft was saved on another device", facts: ["present_version": "\(present)"])
    }
}
