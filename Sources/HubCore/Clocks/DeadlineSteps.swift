// One clock in one step of a case: start, pause, resume, end.

import HubDomain
import HubProto

extension DeadlinePlan {
    /// A case on its way from one stage to the next.
    struct Step {
        /// nil with a new case.
        var from: String?
        var to: String
        var data: [HubFieldValue]
        var nowMillis: Int64
    }

    /// The clock's deadline after a step; nil when there is none.
    func deadline(of clock: HubClockRule, before: HubDeadline?, _ step: Step) throws(HubError) -> HubDeadline? {
        var row = before
        switch row?.state {
        case .history: return row  // Of an imported case.
        case .running, .paused:
            guard clock.exists(with: step.data) else { return nil }
            if let current = row { row = try amended(current, clock, step) }
        case .met, .passed, .unspecified, .UNRECOGNIZED, nil:
            guard clock.exists(with: step.data) else { return row }
        }
        // The request itself is a stage called "": a clock that runs in it starts, whatever the first real stage is.
        if step.from == nil, clock.runsIn.contains("") { row = try begun(clock, step) }

        if clock.runsIn.contains(step.to) { return try running(row, clock, step) }
        guard let row else { return nil }
        return clock.pausedIn.contains(step.to) ? try paused(row, clock, step) : row.ended(step.nowMillis)
    }

    // MARK: Where the case can be

    private func running(_ row: HubDeadline?, _ clock: HubClockRule, _ step: Step) throws(HubError) -> HubDeadline {
        guard let row else { return try begun(clock, step) }
        switch row.state {
        case .running: return row
        case .paused: return try resumed(row, clock, step)
        case .passed: return clock.covers(step.from) ? row : try begun(clock, step)
        case .met, .history, .unspecified, .UNRECOGNIZED: return try begun(clock, step)
        }
    }

    private func paused(_ row: HubDeadline, _ clock: HubClockRule, _ step: Step) throws(HubError) -> HubDeadline {
        guard row.state == .running else { return row }
        guard step.nowMillis < row.dueMs else { return row.ended(step.nowMillis) }
        var paused = row
        paused.state = .paused
        switch row.unit {
        case .workingDays:
            // Whoever counts cases anew after a calendar has changed may not have come here yet, and leaves out what is paused.
            // One that cannot be counted anew stays as it is.
            let recount = DeadlineRecount(calendars: calendars, nowMillis: step.nowMillis)
            let due = (try? recount.dueMillis(of: row)) ?? row.dueMs
            paused.left = Int64(try calendar(of: clock).workingDaysLeft(nowMillis: step.nowMillis, dueMillis: due))
        case .hours, .days, .unspecified, .UNRECOGNIZED:
            paused.left = row.dueMs.subtractingReportingOverflow(step.nowMillis).partialValue
        }
        return paused
    }

    private func resumed(_ row: HubDeadline, _ clock: HubClockRule, _ step: Step) throws(HubError) -> HubDeadline {
        var row = row
        row.state = .running
        row.dueMs = try due(clock, from: step.nowMillis, left: row.left)
        row.calendar = try calendarLabel(of: clock)
        row.note(countedFrom: step.nowMillis, days: row.left)
        row.left = 0
        return row
    }

    private func begun(_ clock: HubClockRule, _ step: Step) throws(HubError) -> HubDeadline {
        var row = HubDeadline()
        row.name = clock.name
        row.state = .running
        row.unit = clock.unit
        row.amount = clock.amount(with: step.data)
        row.startedMs = step.nowMillis
        row.dueMs = try due(clock, from: step.nowMillis, left: clock.wholeAmount(row.amount))
        row.calendar = try calendarLabel(of: clock)
        row.note(countedFrom: step.nowMillis, days: Int64(row.amount))
        return row
    }

    // MARK: Amounts

    /// A clock whose amount depends on a field gets longer or shorter with it, by as much as the amounts differ; pauses it
    /// had are kept.
    private func amended(_ row: HubDeadline, _ clock: HubClockRule, _ step: Step) throws(HubError) -> HubDeadline {
        let amount = clock.amount(with: step.data)
        guard amount != row.amount else { return row }
        let difference = clock.wholeAmount(amount) - clock.wholeAmount(row.amount)
        var row = row
        row.amount = amount
        if row.state == .paused {
            row.left = max(0, row.left.addingReportingOverflow(difference).partialValue)
        } else if clock.unit == .workingDays {
            row.dueMs = try calendar(of: clock).shifted(
                dueMillis: row.dueMs, byWorkingDays: Int(clamping: difference))
            row.countedDays += difference
        } else {
            row.dueMs = row.dueMs.addingReportingOverflow(difference).partialValue
        }
        return row
    }

    /// When a clock passes that has `left` (milliseconds, or working days) to run from `millis` on.
    private func due(_ clock: HubClockRule, from millis: Int64, left: Int64) throws(HubError) -> Int64 {
        switch clock.unit {
        case .workingDays:
            return try calendar(of: clock).deadlineMillis(startMillis: millis, workingDays: Int(clamping: left))
        case .hours, .days, .unspecified, .UNRECOGNIZED:
            let (sum, overflow) = millis.addingReportingOverflow(left)
            return overflow ? .max : sum
        }
    }

    /// The clock of an imported case: what it would have been, as far as the calendar knows the days of that time.
    func past(_ clock: HubClockRule, _ data: [HubFieldValue], _ createdMillis: Int64) -> HubDeadline {
        var row = HubDeadline()
        row.name = clock.name
        row.state = .history
        row.unit = clock.unit
        row.amount = clock.amount(with: data)
        row.startedMs = createdMillis
        if let due = try? due(clock, from: createdMillis, left: clock.wholeAmount(row.amount)) { row.dueMs = due }
        row.calendar = (try? calendarLabel(of: clock)) ?? ""
        return row
    }

    // MARK: Calendars

    private func calendar(of clock: HubClockRule) throws(HubError) -> WorkCalendar {
        guard let calendar = calendars[clock.calendar] else {
            throw HubError(
                .definitionInvalid, "\(definition.service): clock \(clock.name) needs calendar \(clock.calendar)")
        }
        return calendar
    }

    private func calendarLabel(of clock: HubClockRule) throws(HubError) -> String {
        guard clock.unit == .workingDays else { return "" }
        let calendar = try calendar(of: clock)
        return "\(calendar.name)/\(calendar.version)"
    }
}

extension HubDeadline {
    /// After the case left the clock's stages: one that ran becomes `met`, unless its time had come.
    func ended(_ nowMillis: Int64) -> HubDeadline {
        var row = self
        switch state {
        case .running: row.state = nowMillis < dueMs ? .met : .passed
        case .paused: row.state = .met
        case .met, .passed, .history, .unspecified, .UNRECOGNIZED: break
        }
        return row
    }

    /// Remembers how its days were counted, so that they can be counted anew when the calendar changes.
    fileprivate mutating func note(countedFrom millis: Int64, days: Int64) {
        guard unit == .workingDays else { return }
        countedFromMs = millis
        countedDays = days
    }
}

extension HubClockRule {
    /// The stage belongs to the clock, running or paused.
    fileprivate func covers(_ stage: String?) -> Bool {
        guard let stage else { return false }
        return runsIn.contains(stage) || pausedIn.contains(stage)
    }

    /// A case with this data has the clock at all; an amount of 0 means that it has not.
    func exists(with data: [HubFieldValue]) -> Bool {
        amount(with: data) > 0 && (onlyField.isEmpty || data.plainText(of: onlyField) == onlyValue)
    }

    /// How much time a case with this data has, in the clock's unit.
    func amount(with data: [HubFieldValue]) -> UInt32 {
        guard !amountBy.isEmpty, let value = data.plainText(of: amountBy) else { return amount }
        return amounts[value] ?? amount
    }

    /// An amount in milliseconds (hours) or working days.
    func wholeAmount(_ amount: UInt32) -> Int64 {
        unit == .workingDays ? Int64(amount) : Int64(amount) * 3_600_000
    }
}

extension HubFieldValue {
    /// As a definition writes it; nil when it is empty, or rows.
    var plainText: String? {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .flag(let flag): String(flag)
        case .rows, nil: nil
        }
    }
}

extension [HubFieldValue] {
    /// A field's value as a definition writes it; nil when the field is empty.
    func plainText(of name: String) -> String? { first { $0.name == name }?.plainText }
}
