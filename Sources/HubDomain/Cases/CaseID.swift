// The identity of a case inside the hub: a UUID that sorts by time.

/// A UUID of version 7 (RFC 9562 section 5.7): 48 bits of milliseconds since 1970, then randomness. Ids compare by
/// their bytes and so, up to a millisecond, by the time they were made.
public struct CaseID: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let high, low: UInt64

    /// A new id.
    ///
    /// - Parameters:
    ///   - millis: Milliseconds since 1970 UTC; the lowest 48 bits are used.
    ///   - random: 74 of these bits are used.
    public static func make(millis: Int64, random: (UInt64, UInt64)) -> CaseID {
        let version: UInt64 = 0x7000
        let variant: UInt64 = 0b10 << 62
        return CaseID(
            high: UInt64(clamping: millis) << 16 | version | random.0 & 0x0FFF,
            low: variant | random.1 & (1 << 62 - 1))
    }

    private init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// 16 bytes in network order; nil for another length.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// 8-4-4-4-12 hexadecimal digits of either case; nil for anything else.
    public init?(text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(37))
        guard bytes.count == 36, Self.hyphens.allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return nil }
        var words: [UInt64] = [0, 0]
        var digits = 0
        for (position, byte) in bytes.enumerated() where !Self.hyphens.contains(position) {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            words[digits / 16] = words[digits / 16] << 4 | UInt64(digit)
            digits += 1
        }
        self.init(high: words[0], low: words[1])
    }

    /// 16 bytes in network order.
    public var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    /// 8-4-4-4-12 hexadecimal digits, small letters.
    public var text: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            if Self.hyphens.contains(text.count) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Same as ``text``.
    public var description: String { text }

    /// The id made earlier is less.
    public static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }

    private static let hyphens = [8, 13, 18, 23]
}
