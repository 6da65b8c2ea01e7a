// CRC-16/CCITT-FALSE: tells a payment code that was read well from one that was not.

/// The checksum of EMVCo, "QR Code Specification for Payment Systems, Merchant-Presented Mode" 1.1, 4.7.3: polynomial
/// 0x1021, beginning with 0xFFFF, neither reflected nor inverted.
public enum CRC16 {
    /// Of all bytes; 0xFFFF for none.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt16 {
        bytes.reduce(0xFFFF) { crc, byte in
            (0..<8).reduce(crc ^ UInt16(byte) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
    }
}
