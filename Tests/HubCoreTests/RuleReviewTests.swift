// What keeps rules from coming into force.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("A publication is refused")
struct RuleReviewTests {
    /// Rule and remedy of what is found.
    private func findings(_ hub: PublishingHub, _ files: [HubRuleFile]) async throws -> [String] {
        let reply = try await hub.check(files)
        await #expect(throws: HubError(.rulesRefused, "")) { try await hub.publish(files) }
        #expect(try await hub.history().count == 1, "nothing changed")
        return reply.findings.map { "\($0.file) \($0.rule)" }
    }

    @Test("with everything that is wrong at once, and changes nothing")
    func everythingAtOnce() async throws {
        let hub = try await PublishingHub.open()
        let definition = PublishingHub.definition("2026.2") {
            $0.department = "lain"
            $0.fields[3].table = "gang"
            $0.clocks[0].calendar = "kalender-lain"
        }
        let broken = HubRuleFile.with { ($0.path, $0.content) = ("tables/x.bin", .init([0xFF])) }
        #expect(
            try await findings(hub, [PublishingHub.file(definition), broken]) == [
                "tables/x.bin syntax", "services/aduan-uji.bin department", "services/aduan-uji.bin table",
                "services/aduan-uji.bin calendar",
            ])
    }

    @Test("when a version has another text already")
    func sameVersion() async throws {
        let hub = try await PublishingHub.open()
        let definition = PublishingHub.definition { $0.title.en = "Another" }
        #expect(try await findings(hub, [PublishingHub.file(definition)]) == ["services/aduan-uji.bin version"])
        let table = PublishingHub.table("1", ["melati"])
        #expect(try await findings(hub, [PublishingHub.file(table)]) == ["tables/jalan.bin version"])
    }

    @Test("when a later version would hide it")
    func hidden() async throws {
        let hub = try await PublishingHub.open()
        let definition = PublishingHub.definition("2025.9", from: "2025-06-01")
        #expect(try await findings(hub, [PublishingHub.file(definition)]) == ["services/aduan-uji.bin valid_from"])
    }

    @Test("when no bundle brought the service, the calendar or the table")
    func unknown() async throws {
        let hub = try await PublishingHub.open()
        let definition = PublishingHub.definition("2026.2", from: "2026-02-01") { $0.service = "lain" }
        var calendar = PublishingHub.calendar("2")
        calendar.name = "lain"
        #expect(
            try await findings(hub, [PublishingHub.file(definition), PublishingHub.file(calendar)]) == [
                "calendars/kalender.bin name", "services/aduan-uji.bin service",
            ])
    }

    @Test("when the calendar ends before a clock of the definition would")
    func shortCalendar() async throws {
        let hub = try await PublishingHub.open()
        let definition = PublishingHub.definition("2027.1", from: "2027-12-28")
        #expect(try await findings(hub, [PublishingHub.file(definition)]) == ["services/aduan-uji.bin calendar"])
        let calendar = PublishingHub.calendar("2", until: "2026-01-09")
        #expect(try await findings(hub, [PublishingHub.file(calendar)]) == ["calendars/kalender.bin calendar"])
    }

    @Test("when running cases hold keys that a table no longer has, with the list of them")
    func lostKeys() async throws {
        let hub = try await PublishingHub.open()
        let lost = try await hub.file(street: "mawar")
        let kept = try await hub.file(street: "melati")
        let files = try [PublishingHub.file(PublishingHub.table("2", ["melati"]))]
        #expect(try await findings(hub, files) == ["tables/jalan.bin running_cases"])
        let finding = try #require(try await hub.check(files).findings.first)
        #expect(finding.cases == [lost.number])
        #expect(finding.caseCount == 1)
        #expect(!finding.cases.contains(kept.number))
        try await hub.small.act("tarik", .withdrawComplaint, on: lost, by: .portal)
        #expect(try await hub.publish(files).number == 2, "a case that has ended breaks no more")
    }

    @Test("when running deadlines reach days that a calendar no longer knows, with the list of them")
    func lostDays() async throws {
        let ledgerHub = try await PublishingHub.open()
        let state = try await ledgerHub.file()
        var calendar = PublishingHub.calendar("2")
        calendar.firstDay = "2026-01-08"
        let finding = try #require(
            try await ledgerHub.check([PublishingHub.file(calendar)]).findings.first { $0.rule == "running_cases" })
        #expect(finding.cases == [state.number])
    }

    @Test("when a column is gone that modules may read")
    func lostColumn() async throws {
        let hub = try await PublishingHub.open()
        var table = PublishingHub.table("2")
        table.columns = ["kode", "judul"]
        #expect(try await findings(hub, [PublishingHub.file(table)]) == ["tables/jalan.bin columns"])
    }

    @Test("without a note, without files, and with nothing new")
    func nothingToPublish() async throws {
        let hub = try await PublishingHub.open()
        let next = try PublishingHub.file(PublishingHub.table("2"))
        await #expect(throws: HubError(.formInvalid, "")) { try await hub.publish([next], note: "  ") }
        await #expect(throws: HubError(.formInvalid, "")) { try await hub.publish([]) }
        await #expect(throws: HubError(.rulesRefused, "")) {
            try await hub.publish([PublishingHub.file(PublishingHub.table())])
        }
        #expect(try await hub.check([PublishingHub.file(PublishingHub.table())]).changes.isEmpty)
    }

    @Test("says how many running cases stay behind and how many deadlines move")
    func effects() async throws {
        let hub = try await PublishingHub.open()
        for _ in 1...3 { _ = try await hub.file() }
        let reply = try await hub.check([
            PublishingHub.file(PublishingHub.calendar("2", closed: ["2026-01-07"])),
            PublishingHub.file(PublishingHub.definition("2026.2", from: "2026-02-01")),
        ])
        #expect(reply.findings.isEmpty)
        #expect(reply.runningCases == 3)
        #expect(reply.movedDeadlines == 3)
    }
}
