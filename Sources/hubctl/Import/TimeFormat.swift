// Times of an older register: a pattern, and the offsets from UTC that its clocks had.

import HubDomain

/// A fixed-width pattern of `yyyy MM dd HH hh mm ss a` and literal characters, such as `MM/dd/yyyy hh:mm:ss a`.
struct TimeFormat: Equatable, Sendable {
    private enum Part: Equatable, Sendable {
        case number(Field, width: Int)
        case half
        case literal(UInt8)
    }

    private enum Field: Sendable { case year, month, day, hour24, hour12, minute, second }

    private let parts: [Part]

    /// - Throws: ``HubError/Code/configurationInvalid`` for an unknown letter, or when the pattern names no whole day.
    init(_ pattern: String) throws(HubError) {
        let names: [(String, Part)] = [
            ("yyyy", .number(.year, width: 4)), ("MM", .number(.month, width: 2)), ("dd", .number(.day, width: 2)),
            ("HH", .number(.hour24, width: 2)), ("hh", .number(.hour12, width: 2)), ("mm", .number(.minute, width: 2)),
            ("ss", .number(.second, width: 2)), ("a", .half),
        ]
        var parts: [Part] = []
        var rest = Substring(pattern)
        while let first = rest.first {
            if let (name, part) = names.first(where: { rest.hasPrefix($0.0) }) {
                parts.append(part)
                rest = rest.dropFirst(name.count)
            } else if let byte = first.asciiValue, !first.isLetter {
                parts.append(.literal(byte))
                rest = rest.dropFirst()
            } else {
                throw HubError(
                    .configurationInvalid, "time format knows yyyy MM dd HH hh mm ss a, and signs between them")
            }
        }
        for (name, part) in names.prefix(3) where !parts.contains(part) {
            throw HubError(.configurationInvalid, "time format lacks \(name)")
        }
        self.parts = parts
    }

    /// Seconds since 1970-01-01 00:00 on the same wall; nil when the text is not exactly of the pattern, or names a
    /// moment that does not exist.
    func wallSeconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        var values: [Field: Int] = [:]
        var afternoon: Bool?
        for part in parts {
            switch part {
            case .literal(let byte):
                guard rest.popFirst() == byte else { return nil }
            case .half:
                guard let half = rest.popFirst(), rest.popFirst().map({ $0 | 0x20 }) == UInt8(ascii: "m") else {
                    return nil
                }
                switch half | 0x20 {
                case UInt8(ascii: "a"): afternoon = false
                case UInt8(ascii: "p"): afternoon = true
                default: return nil
                }
            case .number(let field, let width):
                let digits = rest.prefix(width)
                guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
                values[field] = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                rest = rest.dropFirst(width)
            }
        }
        guard rest.isEmpty, let hour = Self.hour(values, afternoon) else { return nil }
        let (minute, second) = (values[.minute] ?? 0, values[.second] ?? 0)
        guard minute < 60, second < 60,
            let day = CalendarDate(year: values[.year] ?? 0, month: values[.month] ?? 0, day: values[.day] ?? 0)
        else { return nil }
        return Int64(day.dayNumber) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    /// 12 AM is midnight, 12 PM is noon.
    private static func hour(_ values: [Field: Int], _ afternoon: Bool?) -> Int? {
        if let hour = values[.hour24] { return hour < 24 ? hour : nil }
        guard let hour = values[.hour12] else { return 0 }
        guard (1...12).contains(hour), let afternoon else { return nil }
        return hour % 12 + (afternoon ? 12 : 0)
    }
}

/// Minutes east of UTC by wall time. Without a time-zone database: what changed is listed in the map.
struct WallOffsets: Equatable, Sendable {
    /// From this wall time on the offset holds, until the next entry.
    struct Change: Equatable, Sendable {
        var fromWallSeconds: Int64
        var minutes: Int
    }

    private let changes: [Change]

    /// - Throws: ``HubError/Code/configurationInvalid`` for no entry, entries out of order or beyond ±14 hours.
    init(_ changes: [Change]) throws(HubError) {
        guard !changes.isEmpty, changes.allSatisfy({ abs($0.minutes) <= 840 }),
            zip(changes, changes.dropFirst()).allSatisfy({ $0.fromWallSeconds < $1.fromWallSeconds })
        else {
            throw HubError(.configurationInvalid, "time/offsets: at least one entry, in order, at most 840 minutes")
        }
        self.changes = changes
    }

    /// Milliseconds since 1970 UTC; nil before the first entry. The hour that a clock shows twice is taken as its
    /// first.
    func millis(_ wallSeconds: Int64) -> Int64? {
        guard let change = changes.last(where: { $0.fromWallSeconds <= wallSeconds }) else { return nil }
        return (wallSeconds - Int64(change.minutes) * 60) * 1_000
    }
}
