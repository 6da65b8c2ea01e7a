// Calendars that rest on another one: offices that serve on joint leave, and days of one regency alone (domain row 39).

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("A calendar that rests on another")
struct RestingCalendarTests {
    private static let national = HubCalendar.with {
        ($0.name, $0.version) = ("nasional", "1")
        ($0.firstDay, $0.lastDay, $0.utcOffsetMinutes) = ("2026-01-01", "2026-12-31", 420)
        $0.openWeekdays = [1, 2, 3, 4, 5]
        $0.closed = [
            .with { $0.day = "2026-03-19" }, .with { ($0.day, $0.jointLeave) = ("2026-03-18", true) },
        ]
    }
    private static let serving = HubCalendar.with {
        ($0.name, $0.version, $0.basedOn, $0.servesJointLeave) = ("loket", "3", "nasional", true)
        $0.closed = [.with { $0.day = "2026-03-25" }]
    }

    private func calendar(_ text: HubCalendar, _ others: HubCalendar...) throws -> WorkCalendar {
        try WorkCalendar(text, among: Dictionary(uniqueKeysWithValues: others.map { ($0.name, $0) }))
    }

    private func isOpen(_ day: String, in calendar: WorkCalendar) throws -> Bool {
        calendar.isWorkingDay(try #require(CalendarDate(iso: day)))
    }

    @Test("has its days and holidays, but not the joint leave on which its offices serve, and its own days besides")
    func days() throws {
        let serving = try calendar(Self.serving, Self.national)
        #expect(try !isOpen("2026-03-19", in: serving))
        #expect(try isOpen("2026-03-18", in: serving))
        #expect(try !isOpen("2026-03-25", in: serving))
        #expect(try !isOpen("2026-03-21", in: serving), "a Saturday")
        #expect(serving.name == "loket" && serving.version == "3+1")
        #expect(serving.utcOffsetMinutes == 420)
    }

    @Test("keeps joint leave where its offices do not serve on it")
    func notServing() throws {
        var text = Self.serving
        text.servesJointLeave = false
        #expect(try !isOpen("2026-03-18", in: calendar(text, Self.national)))
    }

    @Test("needs one that rests on none")
    func chain() {
        #expect(throws: HubError(.definitionInvalid, "")) { try calendar(Self.serving) }
        var other = Self.serving
        other.name = "nasional"
        #expect(throws: HubError(.definitionInvalid, "")) { try calendar(Self.serving, other) }
    }

    @Test("may come with a later bundle than the one on which it rests")
    func laterBundle() async throws {
        let ledger = InMemoryLedger()
        _ = try await PublishingHub.open(ledger: ledger)
        var bundle = PublishingHub.bundle
        var resting = HubCalendar()
        (resting.name, resting.version, resting.basedOn) = ("loket", "1", "kalender")
        bundle[HubCalendar.self] = [resting]
        let again = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        #expect(try await again.history(of: "loket").map(\.number) == [2])
    }

    @Test("counts its deadlines anew when the other one changes")
    func follows() async throws {
        var bundle = PublishingHub.bundle
        var resting = HubCalendar()
        (resting.name, resting.version, resting.basedOn) = ("loket", "1", "kalender")
        bundle[HubCalendar.self].append(resting)
        bundle.definitions = [PublishingHub.definition { $0.clocks[0].calendar = "loket" }]
        let hub = try await PublishingHub.open(bundle: bundle)
        let before = try await hub.file()
        #expect(before.deadlines[0].calendar == "loket/1+1")
        let next = PublishingHub.calendar("2", closed: ["2026-01-07"])
        #expect(try await hub.check([PublishingHub.file(next)]).movedDeadlines == 1)
        try await hub.publish([PublishingHub.file(next)])
        let after = try await hub.settled(before)
        #expect(after.deadlines[0].calendar == "loket/1+2")
        #expect(after.deadlines[0].dueMs == before.deadlines[0].dueMs + 86_400_000)
    }
}
