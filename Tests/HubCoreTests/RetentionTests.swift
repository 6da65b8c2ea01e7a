// What is personal in a case ends: planned at its end, done at its time, and found in no store afterwards.

import Crypto
import Foundation
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("the end of what is personal")
struct RetentionTests {
    private static let day: Int64 = 86_400_000
    /// Nothing of anybody may be left of it.
    private static let words = ["Jalan berlubang", SmallHub.anna, "Sudah ditambal"]

    private struct Opened {
        let hub: SmallHub
        let ledger: InMemoryLedger
        let blobs: InMemoryBlobStore
    }

    private static func open(
        days: UInt32? = 30, equip: (inout HubPorts) -> Void = { _ in }
    ) async throws -> Opened {
        var definition = SmallHub.definition
        definition.fields[1].personal = true
        definition.fields += [
            .with { ($0.name, $0.type) = ("jenis", .choice) }, .with { ($0.name, $0.type) = ("catatan", .text) },
        ]
        definition.fields[3].choices = [.with { $0.value = "jalan" }]
        definition.actions.append(
            .with {
                ($0.name, $0.kind, $0.from, $0.to, $0.roles) = (
                    "buka", .reopen, ["selesai"], ["diterima"], ["applicant"]
                )
            })
        if let days { definition.retention.days = days }
        let (ledger, blobs) = (InMemoryLedger(), InMemoryBlobStore())
        let hub = try await SmallHub.open(
            ledger: ledger, blobs: blobs,
            bundle: LoadedBundle(module: "uji", department: "pengaduan", definitions: [definition], standing: []),
            answer: { question, acceptance in
                question.command.action == "buka" ? .with { $0.stage = "diterima" } : acceptance
            }, equip: equip)
        return Opened(hub: hub, ledger: ledger, blobs: blobs)
    }

    private func submit(_ hub: SmallHub, documents: [HubDocument] = []) async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            ($0.service, $0.documents) = (SmallHub.service, documents)
            $0.form = [
                .with { ($0.name, $0.text) = ("isi", "Jalan berlubang") },
                .with { ($0.name, $0.text) = ("jenis", "jalan") }, .with { ($0.name, $0.text) = ("catatan", "bebas") },
            ]
        }
        return try await hub.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: SmallHub.anna
        ).case
    }

    private func end(_ state: HubCase, _ hub: SmallHub) async throws -> HubCase {
        _ = try await hub.act("tangani", on: state, by: .officer, note: "Sudah ditambal")
        return try await hub.act("tarik", .withdrawComplaint, on: state, by: .portal, for: SmallHub.anna)
    }

    private func pass(days: Int64, _ hub: SmallHub) async throws {
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: days * Self.day)
    }

    private func put(_ opened: Opened, _ bytes: [UInt8]) async throws -> HubDocument {
        let reply = try await opened.hub.call(
            .putDocument, LayananPutDocumentRequest.with { ($0.body, $0.mediaType) = (.init(bytes), "image/png") },
            as: LayananPutDocumentReply.self, by: .portal, for: SmallHub.anna)
        return .with {
            ($0.kind, $0.sha256, $0.size, $0.mediaType) = ("bukti", reply.sha256, reply.size, reply.mediaType)
        }
    }

    @Test("when its time is over nobody can be known by a case or its history any more, and the chain still holds")
    func anonymised() async throws {
        let opened = try await Self.open()
        let hub = opened.hub
        let ended = try await end(try await submit(hub), hub)
        #expect(ended.personalUntilMs == hub.clock.nowMillis() + 30 * Self.day)
        let chained = try await opened.ledger.head()
        try await pass(days: 29, hub)
        #expect(try await hub.get(ended, by: .officer).anonymisedMs == 0)
        try await pass(days: 1, hub)
        let state = try await hub.get(ended, by: .officer)
        #expect(state.anonymisedMs == hub.clock.nowMillis() && state.personalUntilMs == 0 && state.applicant.isEmpty)
        #expect(state.stage == "selesai" && state.deadlines == ended.deadlines)
        // Kind of complaint stays for counting; what was written does not, even where nobody marked it.
        #expect(state.data.map(\.name) == ["jenis"])
        let history = try await hub.history(of: ended, by: .officer).events
        #expect(history.map(\.kind) == [.submitted, .acted, .withdrawn, .anonymised])
        #expect(history.map(\.stageAfter) == ["diterima", "ditangani", "selesai", "selesai"])
        let everything = try (history.map { try $0.jsonString() } + [try state.jsonString()]).joined()
        for word in Self.words { #expect(!everything.contains(word), "\(word)") }
        #expect(try await opened.ledger.verifyChain().sequence == chained.sequence + 1)
    }

    @Test("a case that is opened again is kept, and its time begins with its new end")
    func reopened() async throws {
        let opened = try await Self.open()
        let hub = opened.hub
        let ended = try await end(try await submit(hub), hub)
        try await pass(days: 20, hub)
        let again = try await hub.act("buka", .reopenComplaint, on: ended, by: .portal, for: SmallHub.anna)
        #expect(again.personalUntilMs == 0)
        try await pass(days: 20, hub)
        #expect(try await hub.get(ended, by: .officer).applicant == SmallHub.anna)
        let last = try await hub.act("tarik", .withdrawComplaint, on: ended, by: .portal, for: SmallHub.anna)
        #expect(last.personalUntilMs == hub.clock.nowMillis() + 30 * Self.day)
    }

    @Test("nothing can be done with a case that is anonymised, by its applicant least of all")
    func closed() async throws {
        let opened = try await Self.open()
        let hub = opened.hub
        let ended = try await end(try await submit(hub), hub)
        try await pass(days: 30, hub)
        let asApplicant = try await refusal {
            try await hub.act("buka", .reopenComplaint, on: ended, by: .portal, for: SmallHub.anna)
        }
        #expect(asApplicant != nil)
        #expect(
            try await refusal { try await hub.act("buka", .reopenComplaint, on: ended, by: .admin) }
                == .actionNotAllowed)
    }

    @Test("a service without a retention keeps its cases for good")
    func kept() async throws {
        let opened = try await Self.open(days: nil)
        let ended = try await end(try await submit(opened.hub), opened.hub)
        try await pass(days: 4_000, opened.hub)
        #expect(ended.personalUntilMs == 0)
        #expect(try await opened.hub.get(ended, by: .officer).applicant == SmallHub.anna)
    }

    @Test("documents go with the last case that uses them, a day later, and one that is put again meanwhile stays")
    func documents() async throws {
        let opened = try await Self.open()
        let hub = opened.hub
        let (own, shared, later) = (
            try await put(opened, [1, 1]), try await put(opened, [2, 2]), try await put(opened, [3, 3])
        )
        var first = HubCase()
        for document in [own, later, shared] {
            first = try await end(try await submit(hub, documents: [document]), hub)
        }
        _ = try await submit(hub, documents: [shared])
        try await pass(days: 30, hub)
        #expect(try await hub.get(first, by: .officer).documents.isEmpty)
        func lies(_ document: HubDocument) async throws -> Bool {
            try await opened.blobs.read(sha256: [UInt8](document.sha256), offset: 0, count: 1) != nil
        }
        #expect(try await hub.hub.retention.sweep() == 0, "a backup may be on its way")
        #expect(try await lies(own))
        _ = try await put(opened, [3, 3])
        try await pass(days: 2, hub)
        #expect(try await hub.hub.retention.sweep() == 1)
        #expect(try await [lies(own), lies(shared), lies(later)] == [false, true, true])
        #expect(try await opened.ledger.document(sha256: [UInt8](own.sha256)) == nil)
        #expect(try await hub.hub.retention.sweep() == 0)
    }

    @Test("when the bytes of an image go, nothing leads to them any more from what was sent, and it can be sent again")
    func originals() async throws {
        let opened = try await Self.open(equip: { SmallHub.examine(&$0) })
        let hub = opened.hub
        let photos = [SmallHub.photo, SmallHub.photo + [1]]
        let sent = photos.map { Array(SHA256.hash(data: $0)) }
        func put() async throws -> LayananPutDocumentReply {
            _ = try await hub.put(photos[1])
            return try await hub.put(photos[0])
        }
        func marks() async throws -> Int {
            let prefixes = ["original/", "sent/", "quarantine/"]
            var count = 0
            for prefix in prefixes { count += try await opened.ledger.records(prefix: prefix).count }
            return count
        }
        let kept = try await put()
        #expect(try await marks() == 5, "two ways there and back, and the size of the shorter one")
        let evidence = SmallHub.evidence(kept, named: Data(sent[0]))
        _ = try await end(try await submit(hub, documents: [evidence]), hub)
        try await pass(days: 32, hub)
        #expect(try await hub.hub.retention.sweep() == 1)
        #expect(try await marks() == 0)
        #expect(try await put().sha256 == kept.sha256)
        #expect(try await submit(hub, documents: [evidence]).documents[0].sha256 == kept.sha256)
    }

    @Test("an answer that is kept for whoever asks again is forgotten after the 30 days for which a key is good")
    func answers() async throws {
        let opened = try await Self.open()
        let key = [UInt8](repeating: 9, count: 16)
        let first = try await opened.hub.submit(for: SmallHub.anna, key: key)
        try await pass(days: 29, opened.hub)
        try await opened.hub.hub.retention.sweep()
        #expect(try await opened.hub.submit(for: SmallHub.anna, key: key).number == first.number)
        try await pass(days: 2, opened.hub)
        try await opened.hub.hub.retention.sweep()
        #expect(try await opened.hub.submit(for: SmallHub.anna, key: key).number != first.number)
    }
}
