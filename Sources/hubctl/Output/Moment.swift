// Moments, ages and spans of time as people write them: `2026-03-02 08:15`, `3d4h`, `90m`.

import HubDomain

/// Milliseconds since 1970 UTC as text.
enum Moment {
    static let millisPerDay: Int64 = 86_400_000

    /// `2026-03-02T08:15:00.000Z`
    static func iso(_ millis: Int64) -> String {
        let (day, inDay) = split(millis)
        let seconds = inDay / 1_000
        return "\(date(day))T\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
            + ".\(padded(inDay % 1_000, to: 3))Z"
    }

    /// `2026-03-02 08:15` in UTC, for tables; `-` for 0.
    static func minute(_ millis: Int64) -> String {
        guard millis != 0 else { return "-" }
        let (day, inDay) = split(millis)
        return "\(date(day)) \(two(inDay / 3_600_000)):\(two(inDay / 60_000 % 60))"
    }

    /// How long ago, at most two units: `12s`, `5m30s`, `3h10m`, `2d4h`, `40d`; `-` when `millis` is 0.
    static func age(of millis: Int64, at nowMillis: Int64) -> String {
        guard millis != 0 else { return "-" }
        let (difference, overflow) = nowMillis.subtractingReportingOverflow(millis)
        return overflow ? "-" : span(max(0, difference))
    }

    /// A span of milliseconds, at most two units.
    static func span(_ millis: Int64) -> String {
        let seconds = millis / 1_000
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<600: return join("\(minutes)m", seconds % 60, "s")
        case ..<3_600: return "\(minutes)m"
        case ..<86_400: return join("\(hours)h", minutes % 60, "m")
        case ..<(10 * 86_400): return join("\(days)d", hours % 24, "h")
        default: return "\(days)d"
        }
    }

    private static func split(_ millis: Int64) -> (day: Int64, inDay: Int64) {
        let inDay = ((millis % millisPerDay) + millisPerDay) % millisPerDay
        // Division rounds towards zero; a moment before 1970 belongs to the day that began before it.
        return (millis / millisPerDay - (millis % millisPerDay < 0 ? 1 : 0), inDay)
    }

    private static func date(_ day: Int64) -> String { CalendarDate(dayNumber: Int(clamping: day)).description }

    private static func join(_ whole: String, _ rest: Int64, _ unit: String) -> String {
        rest == 0 ? whole : "\(whole)\(rest)\(unit)"
    }

    private static func two(_ value: Int64) -> String { padded(value, to: 2) }

    private static func padded(_ value: Int64, to width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Duration {
    /// Seconds with their fraction.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
