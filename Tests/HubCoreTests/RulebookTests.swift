// Rules that come into force while the hub runs.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("A rulebook")
struct RulebookTests {
    @Test("holds what bundles bring, as the first publication")
    func bundleIsPublished() async throws {
        let hub = try await PublishingHub.open()
        let history = try await hub.history()
        #expect(history.map(\.number) == [1])
        #expect(history.first?.note == "bundle uji")
        #expect(history.first?.changes.map(\.rule.name) == ["aduan-uji", "kalender", "jalan"])
        #expect(try await hub.small.ledger.head().sequence == 1, "its hashes are in the chain")
    }

    @Test("publishes nothing twice when a hub starts again")
    func restart() async throws {
        let ledger = InMemoryLedger()
        _ = try await PublishingHub.open(ledger: ledger)
        let again = try await PublishingHub.open(ledger: ledger)
        #expect(try await again.history().count == 1)
    }

    @Test("gives new cases the new definition from its first day on, and leaves running cases on theirs")
    func definition() async throws {
        let hub = try await PublishingHub.open()
        let before = try await hub.file()
        try await hub.publish([PublishingHub.file(PublishingHub.definition("2026.2", from: "2026-01-05"))])
        let after = try await hub.file()
        #expect(before.definitionVersion == "2026.1")
        #expect(after.definitionVersion == "2026.2")
        let acted = try await hub.small.act("catat", on: before, by: .officer)
        #expect(acted.definitionVersion == "2026.1")
    }

    @Test("keeps a definition for later until its day has come")
    func laterDefinition() async throws {
        let hub = try await PublishingHub.open()
        try await hub.publish([PublishingHub.file(PublishingHub.definition("2026.2", from: "2026-01-06"))])
        #expect(try await hub.file().definitionVersion == "2026.1")
        hub.small.wait(hours: 24)
        #expect(try await hub.file().definitionVersion == "2026.2")
    }

    @Test("still holds what was published after the hub has started again, whatever the bundle brings")
    func publishedSurvives() async throws {
        let ledger = InMemoryLedger()
        let hub = try await PublishingHub.open(ledger: ledger)
        try await hub.publish([
            PublishingHub.file(PublishingHub.definition("2026.2", from: "2026-01-05")),
            PublishingHub.file(PublishingHub.table("2", ["melati", "mawar", "kenanga"])),
        ])
        let again = try await PublishingHub.open(ledger: ledger)
        let state = try await again.file(street: "kenanga")
        #expect(state.definitionVersion == "2026.2")
    }

    @Test("takes a newer bundle's rules when the hub starts with it")
    func newerBundle() async throws {
        let ledger = InMemoryLedger()
        _ = try await PublishingHub.open(ledger: ledger)
        var bundle = PublishingHub.bundle
        bundle[HubTable.self] = [PublishingHub.table("2", ["melati", "mawar", "kenanga"])]
        let again = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        #expect(try await again.file(street: "kenanga").version == 1)
        #expect(try await again.history(of: "jalan").map(\.number) == [2, 1])
    }

    @Test("keeps the text of a version when a bundle brings another one under the same name")
    func changedWithoutVersion() async throws {
        let ledger = InMemoryLedger()
        _ = try await PublishingHub.open(ledger: ledger)
        var bundle = PublishingHub.bundle
        bundle[HubTable.self] = [PublishingHub.table("1", ["melati", "mawar", "kenanga"])]
        let again = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        await #expect(throws: HubError(.formInvalid, "")) { try await again.file(street: "kenanga") }
    }

    @Test("tells place by place what a publication changed, and who did it and why")
    func history() async throws {
        let hub = try await PublishingHub.open()
        let next = PublishingHub.definition("2026.2", from: "2026-02-01") {
            $0.clocks[0].amount = 3
            $0.stages[1].title.en = "In hand"
            $0.documents.removeLast()
        }
        try await hub.publish([PublishingHub.file(next)], note: "Perbup 9/2026")
        let newest = try #require(try await hub.history(of: "aduan-uji").first)
        #expect(newest.note == "Perbup 9/2026")
        #expect(newest.actor.principal == PublishingHub.head.principal.urn)
        let change = try #require(newest.changes.first)
        #expect(change.replaces == "2026.1")
        let told = Set(change.differences.map { "\($0.path): \($0.before) → \($0.after)" })
        #expect(told.contains("clocks/respons/amount: 5 → 3"))
        #expect(told.contains("stages/ditangani/title/en:  → In hand"))
        #expect(told.contains("documents/sketsa/kind: sketsa → "))
        #expect(!change.differences.contains { $0.path.hasPrefix("fields") || $0.path == "version" })
    }

    @Test("brings a paper's next version into force as it does a table's, and tells which of its texts changed")
    func paper() async throws {
        func paper(_ version: String, _ label: String) -> HubPaperTemplate {
            .with {
                ($0.name, $0.version, $0.title.id) = ("surat", version, "SURAT")
                $0.blocks = [.with { $0.facts.facts = [.with { ($0.label, $0.value) = (label, "{nama}") }] }]
            }
        }
        var bundle = PublishingHub.bundle
        bundle.standing.append(paper("1", "Nama"))
        let ledger = InMemoryLedger()
        let hub = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        try await hub.publish([MessageRules.file("papers/surat.bin", paper("2", "Nama usaha"))])
        let again = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        let history = try await again.history(of: "surat").compactMap(\.changes.last)
        #expect(history.map(\.rule.version) == ["2", "1"] && history.allSatisfy { $0.rule.kind == .paper })
        #expect(history[0].differences.map(\.after) == ["Nama usaha"])
    }

    @Test("answers a repeated publication with the first one's answer")
    func repeated() async throws {
        let hub = try await PublishingHub.open()
        let files = try [PublishingHub.file(PublishingHub.table("2"))]
        let key = [UInt8](repeating: 9, count: 16)
        let first = try await hub.publish(files, key: key)
        #expect(try await hub.publish(files, key: key) == first)
        #expect(try await hub.history().count == 2)
    }

    @Test("takes an older calendar or table back")
    func takenBack() async throws {
        let hub = try await PublishingHub.open()
        try await hub.publish([PublishingHub.file(PublishingHub.table("2", ["melati", "mawar", "kenanga"]))])
        try await hub.publish([PublishingHub.file(PublishingHub.table("1"))])
        await #expect(throws: HubError(.formInvalid, "")) { try await hub.file(street: "kenanga") }
        #expect(try await hub.history(of: "jalan").map { $0.changes[0].rule.version } == ["1", "2", "1"])
    }

    @Test("lets a wrong definition be corrected on the same day: what was published last for a day holds")
    func corrected() async throws {
        let hub = try await PublishingHub.open()
        try await hub.publish([PublishingHub.file(PublishingHub.definition("2026.2", from: "2026-01-05"))])
        try await hub.publish([PublishingHub.file(PublishingHub.definition("2026.3", from: "2026-01-05"))])
        #expect(try await hub.file().definitionVersion == "2026.3")
        try await hub.publish([PublishingHub.file(PublishingHub.definition("2026.2", from: "2026-01-05"))])
        #expect(try await hub.file().definitionVersion == "2026.2", "and may come back")
        let again = try await PublishingHub.open(ledger: hub.small.ledger)
        let request = LayananGetServiceRequest.with { $0.service = SmallHub.service }
        let reply = try await again.small.call(.getService, request, as: LayananGetServiceReply.self, by: .officer)
        #expect(reply.definition.version == "2026.2")
    }

    @Test("starts without the rules of a bundle that cannot come into force, and keeps those of before")
    func brokenBundle() async throws {
        let ledger = InMemoryLedger()
        _ = try await PublishingHub.open(ledger: ledger)
        var bundle = PublishingHub.bundle
        var resting = HubCalendar()
        (resting.name, resting.version, resting.basedOn) = ("kalender", "2", "kalender")
        bundle[HubCalendar.self] = [resting]
        let again = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        #expect(try await again.file().deadlines[0].calendar == "kalender/1")
        #expect(try await again.history().count == 1)
    }

    @Test("is one department's to change")
    func rights() async throws {
        let hub = try await PublishingHub.open()
        let files = try [PublishingHub.file(PublishingHub.table("2"))]
        await #expect(throws: HubError(.permissionDenied, "")) { try await hub.publish(files, by: .stranger) }
        await #expect(throws: HubError(.permissionDenied, "")) { try await hub.check(files, by: .stranger) }
        #expect(try await hub.publish(files, by: .admin).number == 2)
    }
}
