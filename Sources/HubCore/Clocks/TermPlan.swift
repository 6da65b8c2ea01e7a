// Clocks that run until a paper ends: a permit that expires, a reminder that it will. Pure: time is passed in.

import HubDomain
import HubProto

/// The terms of one definition.
///
/// Other clocks count from their start (``DeadlinePlan``); a term follows from the paper that holds, and moves when another
/// one takes its place. It comes last in a step, when papers have their days.
struct TermPlan: Sendable {
    let definition: HubServiceDefinition
    /// Minutes east of UTC of the regency's time.
    let utcOffsetMinutes: Int
    let nowMillis: Int64

    /// Sets the terms of a case that came to a stage, and ends those that belong to other stages.
    func complete(_ state: inout HubCase) {
        guard definition.clocks.contains(where: \.isTerm) else { return }
        state.deadlines = definition.clocks.compactMap { clock in
            let row = state.deadlines.first { $0.name == clock.name }
            return clock.isTerm ? term(clock, row, of: state) : row
        }
    }

    private func term(_ clock: HubClockRule, _ row: HubDeadline?, of state: HubCase) -> HubDeadline? {
        guard clock.runsIn.contains(state.stage), let due = due(clock, of: state) else { return row?.ended(nowMillis) }
        if let row, row.dueMs == due, row.state == .running || row.state == .passed { return row }
        return .with {
            ($0.name, $0.state, $0.unit, $0.amount) = (clock.name, .running, clock.unit, clock.amount)
            ($0.startedMs, $0.dueMs) = (nowMillis, due)
        }
    }

    /// The first millisecond after the last day of the paper that holds, or as many days earlier as the clock says.
    private func due(_ clock: HubClockRule, of state: HubCase) -> Int64? {
        guard let last = lastDay(of: clock.untilPaper, state) else { return nil }
        return last.adding(days: 1 - Int(clamping: clock.amount)).startMillis(utcOffsetMinutes: utcOffsetMinutes)
    }

    /// Of a case that came from an older register, whose paper is not here, the field that says so.
    private func lastDay(of name: String, _ state: HubCase) -> CalendarDate? {
        if let paper = state.papers.last(where: { $0.name == name }) {
            return paper.isStanding ? CalendarDate(iso: paper.validUntil) : nil
        }
        guard state.hasOrigin, let field = definition.paperRule(name)?.validUntil else { return nil }
        return state.data.plainText(of: field).flatMap { CalendarDate(iso: $0) }
    }
}

extension HubClockRule {
    /// It follows from a paper instead of counting from its start.
    var isTerm: Bool { !untilPaper.isEmpty }
}
