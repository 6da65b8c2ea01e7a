// Requests that are not finished: kept for their person alone, gone on with, spent by a submit, and gone after their days.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("drafts")
struct DraftTests {
    private static let day: Int64 = 86_400_000

    /// The service's one field is required.
    private static func open() async throws -> SmallHub {
        var definition = SmallHub.definition
        definition.fields[1].required = true
        return try await SmallHub.open(
            bundle: LoadedBundle(module: "uji", department: "pengaduan", definitions: [definition], standing: []))
    }

    private func form(_ text: String) -> [HubFieldValue] { [.with { ($0.name, $0.text) = ("isi", text) }] }

    private func save(
        _ hub: SmallHub, _ id: String = "kopi", _ text: String = "Jalan berlubang", seen: UInt64 = 0,
        for citizen: String = SmallHub.anna, service: String = SmallHub.service, key: [UInt8]? = nil
    ) async throws -> LayananSaveDraftReply {
        let request = LayananSaveDraftRequest.with {
            ($0.draft.id, $0.draft.service, $0.draft.form) = (id, service, form(text))
            $0.expectedVersion = seen
        }
        return try await hub.call(
            .saveDraft, request, as: LayananSaveDraftReply.self, by: .portal, for: citizen, key: key)
    }

    private func get(_ hub: SmallHub, _ id: String = "kopi", for citizen: String) async throws -> LayananDraft {
        try await hub.call(
            .getDraft, LayananGetDraftRequest.with { $0.id = id }, as: LayananGetDraftReply.self, by: .portal,
            for: citizen
        ).draft
    }

    private func list(_ hub: SmallHub, for citizen: String = SmallHub.anna) async throws -> [LayananDraft] {
        try await hub.call(
            .listDrafts, LayananListDraftsRequest(), as: LayananListDraftsReply.self, by: .portal, for: citizen
        ).drafts
    }

    @Test("an office that types for a citizen finds drafts of its own services, and no other office finds any")
    func offices() async throws {
        let hub = try await Self.open()
        _ = try await save(hub)
        func find(_ caller: Caller) async throws -> HubError.Code? {
            let request = LayananGetDraftRequest.with { $0.id = "kopi" }
            return try await refusal {
                try await hub.call(
                    .getDraft, request, as: LayananGetDraftReply.self, by: caller, for: SmallHub.anna)
            }
        }
        #expect(try await find(.officer) == nil)
        #expect(try await find(.stranger) == .draftUnknown)
        let listed = try await hub.call(
            .listDrafts, LayananListDraftsRequest(), as: LayananListDraftsReply.self, by: .stranger,
            for: SmallHub.anna)
        #expect(listed.drafts.isEmpty)
        let save = LayananSaveDraftRequest.with {
            ($0.draft.id, $0.draft.service, $0.draft.form) = ("kopi", SmallHub.service, form("Lain"))
        }
        #expect(
            try await refusal {
                try await hub.call(
                    .saveDraft, save, as: LayananSaveDraftReply.self, by: .stranger, for: SmallHub.anna)
            } == .permissionDenied)
        let discard = LayananDiscardDraftRequest.with { $0.id = "kopi" }
        #expect(
            try await refusal {
                try await hub.call(
                    .discardDraft, discard, as: LayananDiscardDraftReply.self, by: .stranger, for: SmallHub.anna)
            } == .permissionDenied)
    }

    @Test("a draft is found again by its person and by nobody else, and says what is still missing")
    func kept() async throws {
        let hub = try await Self.open()
        let saved = try await save(hub, "kopi", "")
        #expect(saved.version == 1 && saved.missing.map(\.field).contains("isi"))
        let whole = try await save(hub, seen: 1)
        #expect(whole.version == 2 && whole.missing.isEmpty)
        let draft = try await get(hub, for: SmallHub.anna)
        #expect(draft.form.map(\.text) == ["Jalan berlubang"] && draft.version == 2)
        #expect(draft.expiresMs == Sample.now + 30 * Self.day)
        #expect(try await refusal { try await get(hub, for: SmallHub.budi) } == .draftUnknown)
        let listed = try await list(hub)
        #expect(listed.map(\.id) == ["kopi"] && listed.allSatisfy { $0.form.isEmpty })
        #expect(try await list(hub, for: SmallHub.budi).isEmpty)
    }

    @Test("two devices that save the same version do not overwrite each other, and a repeated save counts once")
    func devices() async throws {
        let hub = try await Self.open()
        let key = Array("draft-key-0123456789".utf8)
        #expect(try await save(hub, key: key).version == 1)
        #expect(try await save(hub, key: key).version == 1)
        #expect(try await save(hub, "kopi", "Lampu mati", seen: 1).version == 2)
        #expect(try await refusal { try await save(hub, "kopi", "Sampah", seen: 1) } == .versionStale)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...8 {
                group.addTask { (try? await save(hub, "kopi", "Serentak", seen: 2)) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 1)
        #expect(try await get(hub, for: SmallHub.anna).version == 3)
    }

    @Test("a request made of a draft takes it away in the same commit; one that is refused leaves it")
    func spent() async throws {
        let hub = try await Self.open()
        _ = try await save(hub)
        func submit(_ text: String) async throws -> LayananCaseReply {
            let request = LayananSubmitRequest.with {
                ($0.service, $0.form, $0.draft) = (SmallHub.service, form(text), "kopi")
            }
            return try await hub.call(
                .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: SmallHub.anna)
        }
        #expect(try await refusal { try await submit("") } == .formInvalid)
        #expect(try await list(hub).count == 1)
        #expect(try await submit("Jalan berlubang").case.number.isEmpty == false)
        #expect(try await list(hub).isEmpty)
        #expect(try await hub.ledger.records(prefix: "draft").isEmpty)
    }

    @Test("a draft that nobody saves for 30 days is not shown any more, and leaves nothing behind")
    func expires() async throws {
        let hub = try await Self.open()
        _ = try await save(hub, "lama")
        hub.clock.advance(toMillis: Sample.now + 20 * Self.day)
        _ = try await save(hub, "baru")
        _ = try await save(hub, "lagi")
        hub.clock.advance(toMillis: Sample.now + 30 * Self.day)
        #expect(try await list(hub).map(\.id) == ["baru", "lagi"])
        #expect(try await refusal { try await get(hub, "lama", for: SmallHub.anna) } == .draftUnknown)
        #expect(try await hub.hub.drafts.sweep(daysBack: 1) == 1)
        #expect(try await hub.hub.drafts.sweep(daysBack: 400) == 0)
        hub.clock.advance(toMillis: Sample.now + 90 * Self.day)
        #expect(try await hub.hub.drafts.sweep(daysBack: 400) == 2)
        #expect(try await hub.ledger.records(prefix: "draft").isEmpty)
    }

    @Test("a draft that has ended and is not swept yet can be begun anew under its name")
    func begunAnew() async throws {
        let hub = try await Self.open()
        _ = try await save(hub)
        hub.clock.advance(toMillis: Sample.now + 31 * Self.day)
        #expect(try await save(hub, "kopi", "Lampu mati").version == 1)
        #expect(try await get(hub, for: SmallHub.anna).form.map(\.text) == ["Lampu mati"])
        #expect(try await hub.hub.drafts.sweep(daysBack: 400) == 0)
    }

    @Test("twenty drafts are enough for one person, a draft has 64 KiB, and its name is a name")
    func limits() async throws {
        let hub = try await Self.open()
        for number in 1...20 { _ = try await save(hub, "d\(number)") }
        #expect(try await refusal { try await save(hub, "d21") } == .draftRefused)
        #expect(try await save(hub, "d20").version == 2)
        #expect(try await save(hub, "d21", for: SmallHub.budi).version == 1)
        for id in ["", "a/b", String(repeating: "x", count: 37), "kopi ku"] {
            #expect(try await refusal { try await save(hub, id, for: SmallHub.budi) } == .draftRefused)
        }
        let long = String(repeating: "panjang ", count: 9_000)
        #expect(try await refusal { try await save(hub, "besar", long, for: SmallHub.budi) } == .draftRefused)
        #expect(
            try await refusal { try await save(hub, "x", for: SmallHub.budi, service: "tiada") } == .serviceUnknown)
    }

    @Test("what is thrown away is gone, and throwing it away twice is no error")
    func discarded() async throws {
        let hub = try await Self.open()
        _ = try await save(hub)
        for _ in 1...2 {
            _ = try await hub.call(
                .discardDraft, LayananDiscardDraftRequest.with { $0.id = "kopi" },
                as: LayananDiscardDraftReply.self, by: .portal, for: SmallHub.anna)
        }
        #expect(try await list(hub).isEmpty)
        #expect(try await hub.ledger.records(prefix: "draft").isEmpty)
    }
}
