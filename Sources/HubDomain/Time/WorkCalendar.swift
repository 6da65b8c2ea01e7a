// Working days: a calendar of closed days as data, and the deadlines that follow from it.

/// On which days offices are open.
///
/// It knows the days from `firstDay` to `lastDay` and refuses to guess about others: next year's holidays and joint
/// leave are set by decree, and Islamic dates may move.
public struct WorkCalendar: Sendable, Hashable {
    /// Such as `id-2026`.
    public let name: String
    /// Such as `1`.
    public let version: String
    /// First day whose holidays are known.
    public let firstDay: CalendarDate
    /// Last day whose holidays are known.
    public let lastDay: CalendarDate
    /// 1 = Monday … 7 = Sunday.
    public let openWeekdays: Set<Int>
    /// Holidays and joint leave.
    public let closedDays: Set<CalendarDate>
    /// Minutes east of UTC of the place where days begin and end.
    public let utcOffsetMinutes: Int

    /// A calendar from its parts.
    public init(
        name: String, version: String, firstDay: CalendarDate, lastDay: CalendarDate, openWeekdays: Set<Int>,
        closedDays: Set<CalendarDate>, utcOffsetMinutes: Int
    ) {
        self.name = name
        self.version = version
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.openWeekdays = openWeekdays
        self.closedDays = closedDays
        self.utcOffsetMinutes = utcOffsetMinutes
    }

    /// Offices are open; false for days the calendar does not know.
    public func isWorkingDay(_ day: CalendarDate) -> Bool {
        day >= firstDay && day <= lastDay && openWeekdays.contains(day.weekday) && !closedDays.contains(day)
    }

    /// When a deadline of `workingDays` passes that begins at `startMillis`; both in milliseconds since 1970 UTC.
    ///
    /// The day of the start does not count. The deadline is the end of the last working day, that is, the first moment
    /// of the day after it in local time (exclusive: at that moment it has passed). With 0 days it is the end of the
    /// day of the start or, when offices are closed on it, of the next working day.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when the count needs a day that the calendar does not know.
    public func deadlineMillis(startMillis: Int64, workingDays: Int) throws(HubError) -> Int64 {
        let start = day(of: startMillis)
        if workingDays <= 0 { return endMillis(of: try workingDay(atOrAfter: start)) }
        return endMillis(of: try self.day(workingDays, workingDaysFrom: start))
    }

    /// Moves a deadline later, or earlier when `workingDays` is negative. It stays the end of a working day.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when the count needs a day that the calendar does not know.
    public func shifted(dueMillis: Int64, byWorkingDays workingDays: Int) throws(HubError) -> Int64 {
        if workingDays == 0 { return dueMillis }
        return endMillis(of: try day(workingDays, workingDaysFrom: lastDay(before: dueMillis)))
    }

    /// Whole working days after today up to the last day of a deadline; 0 on the last day itself and later.
    public func workingDaysLeft(nowMillis: Int64, dueMillis: Int64) -> Int {
        let first = max(day(of: nowMillis).adding(days: 1), firstDay)
        let last = min(lastDay(before: dueMillis), lastDay)
        guard first <= last else { return 0 }
        return (first.dayNumber...last.dayNumber).count { isWorkingDay(CalendarDate(dayNumber: $0)) }
    }

    /// Working days from a day, which counts, to a later one, which does not: how many there are before it. Of days that
    /// the calendar does not know none counts, so that there may be more but never fewer.
    public func workingDays(from day: CalendarDate, before end: CalendarDate) -> Int {
        let first = max(day, firstDay)
        let last = min(end, lastDay.adding(days: 1))
        guard first < last else { return 0 }
        return (first.dayNumber..<last.dayNumber).count { isWorkingDay(CalendarDate(dayNumber: $0)) }
    }

    private func day(of millis: Int64) -> CalendarDate {
        CalendarDate(epochMillis: millis, utcOffsetMinutes: utcOffsetMinutes)
    }

    /// The last day that counts for an exclusive end.
    private func lastDay(before dueMillis: Int64) -> CalendarDate {
        day(of: dueMillis == .min ? dueMillis : dueMillis - 1)
    }

    private func endMillis(of day: CalendarDate) -> Int64 {
        day.adding(days: 1).startMillis(utcOffsetMinutes: utcOffsetMinutes)
    }

    private func workingDay(atOrAfter start: CalendarDate) throws(HubError) -> CalendarDate {
        try known(start)
        return isWorkingDay(start) ? start : try day(1, workingDaysFrom: start)
    }

    /// Counts forwards or, with a negative `count`, backwards.
    private func day(_ count: Int, workingDaysFrom start: CalendarDate) throws(HubError) -> CalendarDate {
        var (day, left) = (start, count.magnitude)
        while left > 0 {
            day = day.adding(days: count.signum())
            try known(day)
            if isWorkingDay(day) { left -= 1 }
        }
        return day
    }

    private func known(_ day: CalendarDate) throws(HubError) {
        guard day >= firstDay && day <= lastDay else {
            throw HubError(
                .definitionInvalid,
                "calendar \(name) version \(version) knows \(firstDay) to \(lastDay), not \(day): bring a newer one")
        }
    }
}
