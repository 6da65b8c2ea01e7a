// Bytes as letters of a QR code's alphanumeric mode (RFC 9285).

/// Base45: two bytes become three letters, a last single byte becomes two.
public enum Base45 {
    /// RFC 9285, table 1; the position is the value.
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    /// Letters for any bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var letters: [UInt8] = []
        letters.reserveCapacity(bytes.count / 2 * 3 + 2)
        var high: Int?
        for byte in bytes {
            guard let first = high else {
                high = Int(byte)
                continue
            }
            let value = first << 8 | Int(byte)
            letters += [alphabet[value % 45], alphabet[value / 45 % 45], alphabet[value / 2_025]]
            high = nil
        }
        if let last = high { letters += [alphabet[last % 45], alphabet[last / 45]] }
        return String(decoding: letters, as: UTF8.self)
    }

    /// The bytes that ``encode(_:)`` made letters of; nil for anything that it does not make: other letters, groups that
    /// stand for more than two bytes, a letter left over.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var group: [Int] = []
        for letter in text.utf8 {
            guard let value = values[Int(letter)] else { return nil }
            group.append(value)
            guard group.count == 3 else { continue }
            let pair = group[0] + group[1] * 45 + group[2] * 2_025
            guard pair <= 0xFFFF else { return nil }
            bytes += [UInt8(pair >> 8), UInt8(pair & 0xFF)]
            group.removeAll(keepingCapacity: true)
        }
        switch group.count {
        case 0: return bytes
        case 2:
            let single = group[0] + group[1] * 45
            return single <= 0xFF ? bytes + [UInt8(single)] : nil
        default: return nil
        }
    }

    /// By letter, for all 256 bytes.
    private static let values: [Int?] = (0...255).map { letter in alphabet.firstIndex(of: UInt8(letter)) }
}
