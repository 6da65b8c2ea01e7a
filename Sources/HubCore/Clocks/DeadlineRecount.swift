// What a changed calendar makes of the deadlines that it counts. Pure: time and calendars are passed in.

import HubDomain
import HubProto

/// Counts running deadlines anew, each from the moment from which it was counted before.
///
/// A deadline never moves into the past: one that the new calendar would have let pass already passes at the end of the
/// present working day, so that nobody is late on a day that has gone by.
struct DeadlineRecount: Sendable {
    let calendars: [String: WorkCalendar]
    let nowMillis: Int64

    /// The case with its deadlines where they belong, and those that moved; nil when none does.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when a calendar does not know the days.
    func recounted(_ state: HubCase) throws(HubError) -> (state: HubCase, moves: [HubDeadlineMove])? {
        var after = state
        var moves: [HubDeadlineMove] = []
        for row in state.deadlines.indices {
            let before = state.deadlines[row]
            guard let calendar = stale(before) else { continue }
            let due = try due(before, calendar)
            guard due != before.dueMs else { continue }
            let label = "\(calendar.name)/\(calendar.version)"
            after.deadlines[row].dueMs = due
            after.deadlines[row].calendar = label
            moves.append(
                .with {
                    $0.name = before.name
                    ($0.dueBeforeMs, $0.dueAfterMs) = (before.dueMs, due)
                    ($0.calendarBefore, $0.calendarAfter) = (before.calendar, label)
                })
        }
        return moves.isEmpty ? nil : (after, moves)
    }

    /// When a deadline ends by the calendars of now.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when a calendar does not know the days.
    func dueMillis(of deadline: HubDeadline) throws(HubError) -> Int64 {
        guard let calendar = stale(deadline) else { return deadline.dueMs }
        return try due(deadline, calendar)
    }

    /// The calendar that counts a running deadline now, when it is not the one that counted it before.
    private func stale(_ deadline: HubDeadline) -> WorkCalendar? {
        guard deadline.state == .running, deadline.unit == .workingDays,
            let calendar = deadline.calendarName.flatMap({ calendars[$0] }),
            deadline.calendar != "\(calendar.name)/\(calendar.version)"
        else { return nil }
        return calendar
    }

    private func due(_ deadline: HubDeadline, _ calendar: WorkCalendar) throws(HubError) -> Int64 {
        // Deadlines of before 2026-11 do not say from where they were counted; few of them had paused.
        let since = deadline.countedFromMs == 0 ? deadline.startedMs : deadline.countedFromMs
        let days = deadline.countedFromMs == 0 ? Int64(deadline.amount) : deadline.countedDays
        let due = try calendar.deadlineMillis(startMillis: since, workingDays: Int(clamping: days))
        // Of what does not say from where it was counted a pause may be forgotten: it never loses time.
        if deadline.countedFromMs == 0, due < deadline.dueMs { return deadline.dueMs }
        guard due <= nowMillis else { return due }
        guard deadline.dueMs > nowMillis else { return deadline.dueMs }
        return try calendar.deadlineMillis(startMillis: nowMillis, workingDays: 0)
    }
}
