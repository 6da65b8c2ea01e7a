// A day of the Gregorian calendar, without a time and without a clock.

/// A day from 0001-01-01 to 9999-12-31.
///
/// Arithmetic by Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013); a result beyond the bounds
/// becomes the bound, so that no input can trap.
public struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before it.
    public let dayNumber: Int

    /// 0001-01-01
    public static let earliest = Self(unchecked: -719_162)
    /// 9999-12-31
    public static let latest = Self(unchecked: 2_932_896)

    private init(unchecked dayNumber: Int) { self.dayNumber = dayNumber }

    /// The day that many days after 1970-01-01.
    public init(dayNumber: Int) {
        self.dayNumber = min(max(dayNumber, Self.earliest.dayNumber), Self.latest.dayNumber)
    }

    /// A day that exists; nil for 30 February, year 0 and the like.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else {
            return nil
        }
        let shifted = month <= 2 ? year - 1 : year  // Years begin in March, so that 29 February comes last.
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        dayNumber = era * 146_097 + dayOfEra - 719_468
    }

    /// Strictly `YYYY-MM-DD` (ISO 8601 extended format); nil for anything else.
    public init?(iso: some StringProtocol) {
        let bytes = Array(iso.utf8.prefix(11))
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Digits.number(bytes[0..<4]), let month = Digits.number(bytes[5..<7]),
            let day = Digits.number(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day it is at `epochMillis` (milliseconds since 1970 UTC) in a place `utcOffsetMinutes` east of UTC.
    public init(epochMillis: Int64, utcOffsetMinutes: Int) {
        let (local, overflow) = epochMillis.addingReportingOverflow(Self.offsetMillis(utcOffsetMinutes))
        let millis = overflow ? epochMillis : local
        let day = millis / Self.dayMillis - (millis % Self.dayMillis < 0 ? 1 : 0)
        self.init(dayNumber: Int(clamping: day))
    }

    /// Milliseconds since 1970 UTC at which the day begins in a place `utcOffsetMinutes` east of UTC.
    public func startMillis(utcOffsetMinutes: Int) -> Int64 {
        Int64(dayNumber) * Self.dayMillis - Self.offsetMillis(utcOffsetMinutes)
    }

    /// 1…9999
    public var year: Int { civil.year }
    /// 1…12
    public var month: Int { civil.month }
    /// 1…31
    public var day: Int { civil.day }
    /// 1 = Monday … 7 = Sunday, as in ISO 8601.
    public var weekday: Int {
        let sinceMonday = (dayNumber + 3) % 7  // 1970-01-01 was a Thursday.
        return (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday) + 1
    }

    /// `YYYY-MM-DD`
    public var iso: String {
        let (year, month, day) = civil
        return "\(Digits.text(year, width: 4))-\(Digits.text(month, width: 2))-\(Digits.text(day, width: 2))"
    }

    /// Same as ``iso``.
    public var description: String { iso }

    /// The day that many days later, or earlier when negative.
    public func adding(days: Int) -> CalendarDate {
        let (sum, overflow) = dayNumber.addingReportingOverflow(days)
        return overflow ? (days < 0 ? .earliest : .latest) : CalendarDate(dayNumber: sum)
    }

    /// The same day that many months later, or the month's last one where it has no such day.
    public func adding(months: Int) -> CalendarDate {
        let (civilYear, civilMonth, civilDay) = (year, month, day)
        let count = civilYear * 12 + civilMonth - 1 + min(max(months, -120_000), 120_000)
        let (newYear, newMonth) = (count / 12, count % 12 + 1)
        guard (1...9999).contains(newYear), newMonth >= 1 else { return months < 0 ? .earliest : .latest }
        let last = Self.days(in: newMonth, of: newYear)
        return CalendarDate(year: newYear, month: newMonth, day: min(civilDay, last)) ?? self
    }

    /// The last day of a term of that many months that begins on this day: the day before the same day, or the month's last
    /// one where it has no such day.
    public func lastDay(ofMonths months: Int) -> CalendarDate {
        let end = adding(months: months)
        return end.day == day ? end.adding(days: -1) : end
    }

    /// How many days after `first` the day `second` is; negative when it is before.
    public static func daysBetween(_ first: CalendarDate, _ second: CalendarDate) -> Int {
        second.dayNumber - first.dayNumber
    }

    /// The earlier day is less.
    public static func < (a: Self, b: Self) -> Bool { a.dayNumber < b.dayNumber }

    private static let dayMillis: Int64 = 86_400_000

    /// Real offsets lie within 14 hours; more is a mistake and is cut to a day.
    private static func offsetMillis(_ minutes: Int) -> Int64 { Int64(min(max(minutes, -1440), 1440)) * 60_000 }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private var civil: (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468  // Days since 0000-03-01; positive for every day there is.
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
        )
    }
}
