// A time of day as people write it on a form.

/// A minute of a day, 00:00 to 23:59.
public struct TimeOfDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 0…1439
    public let minutesSinceMidnight: Int

    /// Strictly `HH:MM`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(6))
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Digits.number(bytes[0..<2]),
            let minute = Digits.number(bytes[3..<5]), hour < 24, minute < 60
        else { return nil }
        minutesSinceMidnight = hour * 60 + minute
    }

    /// 0…23
    public var hour: Int { minutesSinceMidnight / 60 }
    /// 0…59
    public var minute: Int { minutesSinceMidnight % 60 }
    /// `HH:MM`
    public var text: String { "\(Digits.text(hour, width: 2)):\(Digits.text(minute, width: 2))" }
    /// Same as ``text``.
    public var description: String { text }

    /// The earlier time is less.
    public static func < (a: Self, b: Self) -> Bool { a.minutesSinceMidnight < b.minutesSinceMidnight }
}
