// Deadlines after their calendar has changed.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("After a calendar has changed")
struct RecountTests {
    /// End of a day in the regency's time, milliseconds since 1970 UTC.
    private func end(of day: String) throws -> Int64 {
        try #require(CalendarDate(iso: day)).adding(days: 1).startMillis(utcOffsetMinutes: 420)
    }

    @Test("a running deadline is counted anew from its start, and the history says from where to where")
    func counted() async throws {
        let hub = try await PublishingHub.open()
        let before = try await hub.file()  // Monday 5 January.
        #expect(before.deadlines[0].dueMs == (try end(of: "2026-01-12")))
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2", closed: ["2026-01-07"]))])
        let after = try await hub.settled(before)
        #expect(after.deadlines[0].dueMs == (try end(of: "2026-01-13")))
        #expect(after.deadlines[0].calendar == "kalender/2")
        #expect(after.version == before.version + 1)
        let event = try #require(try await hub.small.history(of: after, by: .officer).events.last)
        #expect(event.kind == .recounted)
        #expect(event.moved.map(\.name) == ["respons"])
        #expect(event.moved.first?.dueBeforeMs == before.deadlines[0].dueMs)
        #expect(event.moved.first?.dueAfterMs == after.deadlines[0].dueMs)
        #expect(event.moved.map { [$0.calendarBefore, $0.calendarAfter] } == [["kalender/1", "kalender/2"]])
    }

    @Test("exactly the cases move whose days it touches")
    func exactlyThose() async throws {
        let hub = try await PublishingHub.open()
        let early = try await hub.file()  // Due on Monday 12 January.
        hub.small.wait(hours: 7 * 24)
        let late = try await hub.file()  // Begins on 12 January, due on 19 January.
        let ended = try await hub.file()
        try await hub.small.act("tarik", .withdrawComplaint, on: ended, by: .portal)
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2", closed: ["2026-01-15"]))])
        #expect(try await hub.settled(early).version == early.version)
        #expect(try await hub.settled(late).deadlines[0].dueMs == (try end(of: "2026-01-20")))
        #expect(try await hub.settled(ended).version == ended.version + 1, "its withdrawal alone")
    }

    @Test("no deadline moves into the past: it passes at the end of the present working day")
    func notIntoThePast() async throws {
        let ledger = InMemoryLedger()
        var bundle = PublishingHub.bundle
        bundle[HubCalendar.self] = [PublishingHub.calendar(closed: ["2026-01-06", "2026-01-07", "2026-01-08"])]
        let hub = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        let state = try await hub.file()
        #expect(state.deadlines[0].dueMs == (try end(of: "2026-01-15")))
        hub.small.wait(hours: 9 * 24)  // Wednesday 14 January.
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2"))])
        let after = try await hub.settled(state)
        #expect(after.deadlines[0].dueMs == (try end(of: "2026-01-14")))
        #expect(after.escalation == 0)
    }

    @Test("a deadline that would lie in the past passes on its own day, with all that follows")
    func passesOnItsDay() async throws {
        let ledger = InMemoryLedger()
        var bundle = PublishingHub.bundle
        bundle[HubCalendar.self] = [PublishingHub.calendar(closed: ["2026-01-06"])]
        let hub = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        let state = try await hub.file()  // Due on 13 January by this calendar, on 12 January by the next one.
        hub.small.wait(hours: 8 * 24)
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2"))])
        #expect(try await hub.settled(state).version == state.version, "the end of today is when it was due")
        hub.small.clock.advance(toMillis: state.deadlines[0].dueMs)
        let acted = try await hub.small.act("catat", on: state, by: .officer)
        #expect(acted.escalation == 1)
        #expect(acted.deadlines[0].state == .passed)
    }

    @Test("a calendar that is taken back while cases are counted anew counts them all once more")
    func takenBack() async throws {
        let hub = try await PublishingHub.open()
        let state = try await hub.file()
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2", closed: ["2026-01-07"]))])
        _ = try await hub.settled(state)
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("1"))])
        #expect(try await hub.settled(state).deadlines[0].dueMs == state.deadlines[0].dueMs)
    }

    @Test("a deadline that is due by the old calendar alone moves instead of passing")
    func movesInsteadOfPassing() async throws {
        let hub = try await PublishingHub.open()
        let state = try await hub.file()
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2", closed: ["2026-01-07"]))])
        hub.small.clock.advance(toMillis: state.deadlines[0].dueMs)
        let acted = try await hub.small.act("catat", on: state, by: .officer)
        #expect(acted.escalation == 0)
        #expect(acted.deadlines[0].state == .running)
    }

    @Test("a hub that died in between goes on when it is up again")
    func afterRestart() async throws {
        let ledger = InMemoryLedger()
        let hub = try await PublishingHub.open(ledger: ledger)
        let state = try await hub.file()
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2", closed: ["2026-01-07"]))])
        let again = try await PublishingHub.open(ledger: ledger)
        #expect(try await again.settled(state).deadlines[0].dueMs == (try end(of: "2026-01-13")))
    }

    @Test("a calendar that a newer bundle brings counts too")
    func newerBundle() async throws {
        let ledger = InMemoryLedger()
        let state = try await PublishingHub.open(ledger: ledger).file()
        var bundle = PublishingHub.bundle
        bundle[HubCalendar.self] = [PublishingHub.calendar("2", closed: ["2026-01-07"])]
        let again = try await PublishingHub.open(ledger: ledger, bundle: bundle)
        #expect(try await again.settled(state).deadlines[0].dueMs == (try end(of: "2026-01-13")))
    }

    @Test("nothing happens a second time")
    func once() async throws {
        let hub = try await PublishingHub.open()
        let state = try await hub.file()
        try await hub.publish([PublishingHub.file(PublishingHub.calendar("2", closed: ["2026-01-07"]))])
        let after = try await hub.settled(state)
        #expect(try await hub.settled(state).version == after.version)
    }
}
