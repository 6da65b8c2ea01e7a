// The number by which people call a case.

/// `PREFIX-YYYY-NNNNNN-C`: the service's letters, the year, a sequence of at least six digits, and a check digit over
/// year and sequence, so that a number misheard on the telephone is noticed and does not lead to another's case.
public struct CaseNumber: Sendable, Hashable, CustomStringConvertible {
    /// 2 to 5 letters A–Z.
    public let prefix: String
    /// 1000…9999
    public let year: Int
    /// From 1.
    public let sequence: UInt64

    /// Nil unless the prefix has 2 to 5 letters A–Z, the year four digits, and the sequence is 1 or more.
    public init?(prefix: String, year: Int, sequence: UInt64) {
        guard (2...5).contains(prefix.utf8.count), prefix.utf8.allSatisfy(Self.isCapital),
            (1000...9999).contains(year), sequence >= 1
        else { return nil }
        (self.prefix, self.year, self.sequence) = (prefix, year, sequence)
    }

    /// Reads a number as people type it: small letters, blanks and missing hyphens are forgiven, a wrong check digit is not.
    public init?(parsing text: some StringProtocol) {
        var bytes: [UInt8] = []
        for byte in text.utf8 where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
            guard bytes.count < 32 else { return nil }
            bytes.append(Self.isSmall(byte) ? byte - 32 : byte)
        }
        let letters = bytes.prefix(while: Self.isCapital)
        let digits = bytes.dropFirst(letters.count)
        guard digits.count >= 4 + Self.sequenceWidth + 1, digits.allSatisfy(Digits.isDigit), DammDigit.of(digits) == 0,
            let year = Digits.number(digits.prefix(4)),
            let sequence = UInt64(String(decoding: digits.dropFirst(4).dropLast(), as: UTF8.self))
        else { return nil }
        self.init(prefix: String(decoding: letters, as: UTF8.self), year: year, sequence: sequence)
        // One case, one number: no more zeros in front than the pattern has.
        guard digits.count == 4 + sequenceText.utf8.count + 1 else { return nil }
    }

    /// `PREFIX-YYYY-NNNNNN-C`
    public var text: String {
        "\(prefix)-\(year)-\(sequenceText)-\(DammDigit.of("\(year)\(sequenceText)".utf8))"
    }

    /// Same as ``text``.
    public var description: String { text }

    private static let sequenceWidth = 6
    private var sequenceText: String { Digits.text(sequence, width: Self.sequenceWidth) }
    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    private static func isSmall(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
