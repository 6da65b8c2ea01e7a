// The number of a certificate, as X.509 counts them and as people type them.

/// A positive number of at most 20 bytes (RFC 5280, section 4.1.2.2); unique among the certificates of one authority.
public struct CertificateSerial: Sendable, Hashable, CustomStringConvertible {
    /// Big-endian, without leading zeros; 1 to 20.
    public let bytes: [UInt8]

    /// The most bytes a serial has.
    public static let bytesMax = 20

    /// Leading zeros are dropped; nil for zero and for what is longer than ``bytesMax``.
    public init?(_ bytes: some Sequence<UInt8>) {
        let significant = Array(bytes.drop { $0 == 0 }.prefix(Self.bytesMax + 1))
        guard (1...Self.bytesMax).contains(significant.count) else { return nil }
        self.bytes = significant
    }

    /// From hexadecimal digits of either case, as `openssl x509 -serial` writes them, with colons between bytes or without.
    public init?(hex: some StringProtocol) {
        guard hex.utf8.count <= 3 * Self.bytesMax + 2 else { return nil }
        var digits: [UInt8] = []
        for character in hex where character != ":" {
            guard character.isASCII, let digit = character.hexDigitValue else { return nil }
            digits.append(UInt8(digit))
        }
        if !digits.count.isMultiple(of: 2) { digits.insert(0, at: 0) }
        self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// Two lower-case hexadecimal digits a byte.
    public var description: String { Hexadecimal.text(bytes) }
}
