// Bytes as hexadecimal text and back, for hashes, cursors and keys on the command line.

/// Lower-case hexadecimal.
enum Hex {
    /// Two digits a byte.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            if byte < 0x10 { text += "0" }
            text += String(byte, radix: 16)
        }
        return text
    }

    /// The bytes; nil when a digit is missing or is none.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for position in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[position]), let low = value(digits[position + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// `019abc…` as `019abc…-….`: a UUID's bytes as text; anything but 16 bytes as plain hexadecimal.
    static func uuid(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array(encode(bytes))
        guard digits.count == 32 else { return String(digits) }
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}
