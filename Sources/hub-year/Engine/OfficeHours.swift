// When offices are open, and how much office time lies between two moments.

import HubDomain

/// Hours of each working day of a calendar. Times are milliseconds since 1970 UTC, days those of the regency.
struct OfficeHours: Sendable {
    /// From and until, minutes after midnight, ascending and apart.
    let hours: [(from: Int, until: Int)]
    let firstDay: Int
    private let utcOffsetMinutes: Int
    /// By day from `firstDay`: offices are open.
    private let isOpen: [Bool]
    /// By day from `firstDay`: office minutes before it; one more entry than days.
    private let before: [Int]

    /// Office minutes of one working day.
    var minutesPerDay: Int { hours.reduce(0) { $0 + $1.until - $1.from } }

    init(_ hours: [(from: Int, until: Int)], _ calendar: WorkCalendar) {
        self.hours = hours
        utcOffsetMinutes = calendar.utcOffsetMinutes
        firstDay = calendar.firstDay.dayNumber
        let open = (firstDay...calendar.lastDay.dayNumber).map { calendar.isWorkingDay(CalendarDate(dayNumber: $0)) }
        isOpen = open
        let day = hours.reduce(0) { $0 + $1.until - $1.from }
        before = open.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1 ? day : 0)) }
    }

    func day(of millis: Int64) -> Int {
        CalendarDate(epochMillis: millis, utcOffsetMinutes: utcOffsetMinutes).dayNumber
    }

    /// When a day begins.
    func start(of day: Int) -> Int64 {
        CalendarDate(dayNumber: day).startMillis(utcOffsetMinutes: utcOffsetMinutes)
    }

    func isWorkingDay(_ day: Int) -> Bool { isOpen.indices.contains(day - firstDay) && isOpen[day - firstDay] }

    func isOpen(at millis: Int64) -> Bool {
        guard isWorkingDay(day(of: millis)) else { return false }
        let minute = minute(of: millis)
        return hours.contains { $0.from <= minute && minute < $0.until }
    }

    /// The first moment at or after this one at which offices are open; nil = none that the calendar knows.
    func opening(from millis: Int64) -> Int64? {
        if isOpen(at: millis) { return millis }
        return nextOpening(after: millis)
    }

    /// When offices open the next time; nil = never that the calendar knows.
    func nextOpening(after millis: Int64) -> Int64? {
        for day in days(from: millis) where isWorkingDay(day) {
            for span in hours {
                let opens = start(of: day) + Int64(span.from) * Self.minute
                if opens > millis { return opens }
            }
        }
        return nil
    }

    /// Office minutes between two moments.
    func minutes(from first: Int64, until last: Int64) -> Double {
        last > first ? position(last) - position(first) : 0
    }

    /// The same in working days: an hour of the night is none, a whole day in the office is one.
    func workingDays(from first: Int64, until last: Int64) -> Double {
        minutes(from: first, until: last) / Double(max(1, minutesPerDay))
    }

    /// When so many office minutes are over, on days on which `isThere`.
    ///
    /// - Returns: nil = not within the days that the calendar knows.
    func moment(after minutes: Double, from millis: Int64, isThere: (_ day: Int) -> Bool = { _ in true }) -> Int64? {
        var left = minutes
        for day in days(from: millis) where isWorkingDay(day) && isThere(day) {
            for span in hours {
                let from = max(start(of: day) + Int64(span.from) * Self.minute, millis)
                let until = start(of: day) + Int64(span.until) * Self.minute
                guard until > from else { continue }
                let room = Double(until - from) / Double(Self.minute)
                // The last moment of a span belongs to it, so that what is done by closing time is done that day.
                if left <= room { return min(from + Int64(left * Double(Self.minute)), until - 1) }
                left -= room
            }
        }
        return nil
    }

    /// From the day of a moment to the last that the calendar knows.
    private func days(from millis: Int64) -> Range<Int> {
        let end = firstDay + isOpen.count
        return min(max(day(of: millis), firstDay), end)..<end
    }

    /// Office minutes from the first day of the calendar on.
    private func position(_ millis: Int64) -> Double {
        let day = day(of: millis)
        guard day >= firstDay else { return 0 }
        guard day - firstDay < isOpen.count else { return Double(before[before.count - 1]) }
        let passed = Double(before[day - firstDay])
        guard isWorkingDay(day) else { return passed }
        let minute = Double(millis - start(of: day)) / Double(Self.minute)
        return hours.reduce(passed) { $0 + min(max(minute - Double($1.from), 0), Double($1.until - $1.from)) }
    }

    private func minute(of millis: Int64) -> Int { Int((millis - start(of: day(of: millis))) / Self.minute) }

    static let minute: Int64 = 60_000
}
