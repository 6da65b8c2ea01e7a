// The number by which a bill is paid at a bank, a counter or with a telephone.

/// 13 digits: the year, a sequence of eight digits, and a check digit over both (H. M. Damm, 2004), so that a digit
/// mistyped at a counter pays nobody else's bill. Digits alone, because that is what banks' terminals take.
public struct BillNumber: Sendable, Hashable, CustomStringConvertible {
    /// 1000…9999
    public let year: Int
    /// 1…99,999,999
    public let sequence: UInt64

    /// Nil unless the year has four digits and the sequence one to eight.
    public init?(year: Int, sequence: UInt64) {
        guard (1000...9999).contains(year), (1...99_999_999).contains(sequence) else { return nil }
        (self.year, self.sequence) = (year, sequence)
    }

    /// Reads a number as people type it: blanks and hyphens are forgiven, a wrong check digit is not.
    public init?(parsing text: some StringProtocol) {
        var digits: [UInt8] = []
        for byte in text.utf8 where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
            guard digits.count < 13, Digits.isDigit(byte) else { return nil }
            digits.append(byte)
        }
        guard digits.count == 13, DammDigit.of(digits) == 0, let year = Digits.number(digits[0..<4]),
            let sequence = Digits.number(digits[4..<12])
        else { return nil }
        self.init(year: year, sequence: UInt64(sequence))
    }

    /// 13 digits.
    public var text: String {
        let digits = "\(Digits.text(year, width: 4))\(Digits.text(sequence, width: 8))"
        return "\(digits)\(DammDigit.of(digits.utf8))"
    }

    /// Same as ``text``.
    public var description: String { text }
}
