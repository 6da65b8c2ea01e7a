// Serial numbers as certificates carry them and as people type them.

import HubDomain
import Testing

@Suite("A certificate's serial number")
struct CertificateSerialTests {
    @Test("is read as openssl and this program write it, and is written in one way")
    func hex() {
        for text in ["4A9000FF", "4a9000ff", "4A:90:00:FF", "004a9000ff", "00:4a:90:00:ff"] {
            #expect(CertificateSerial(hex: text)?.description == "4a9000ff", "\(text)")
        }
        #expect(CertificateSerial(hex: "abc")?.bytes == [0x0A, 0xBC])
        #expect(CertificateSerial([0, 0, 1])?.bytes == [1])
    }

    @Test("is neither zero nor longer than 20 bytes, and has no other characters")
    func refused() {
        for text in ["", "0", "00:00", "xyz", "4a 90", "-1", "٣", String(repeating: "1f", count: 21)] {
            #expect(CertificateSerial(hex: text) == nil, "\(text)")
        }
        #expect(CertificateSerial([UInt8](repeating: 1, count: 21)) == nil && CertificateSerial([]) == nil)
        #expect(CertificateSerial([0] + [UInt8](repeating: 1, count: 20))?.bytes.count == 20)
    }
}
