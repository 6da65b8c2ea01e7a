// CRC-32C (Castagnoli): tells damaged chunks of a document from whole ones. No protection against intent; SHA-256 is.

/// The checksum of RFC 3720, appendix B.4: polynomial 0x1EDC6F41, reflected, inverted at both ends.
public enum CRC32C {
    /// Of all bytes; 0 for none.
    public static func of(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            table.withUnsafeBufferPointer { table in
                var crc = UInt32.max
                for byte in bytes { crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
                return ~crc
            }
        }
    }

    /// Of each byte alone, with the polynomial reflected.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
}
