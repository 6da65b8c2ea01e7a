// CRC-32C against the vectors of RFC 3720.

import HubDomain
import Testing

@Suite("CRC-32C")
struct CRC32CTests {
    @Test("the vectors of RFC 3720, appendix B.4, come out")
    func vectors() {
        #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.of(Array(0..<32)) == 0x46DD_794E)
        #expect(CRC32C.of((0..<32).reversed()) == 0x113F_DB5C)
        #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.of([]) == 0)
    }

    @Test("any flipped bit changes it")
    func flips() {
        let bytes = Array("halo".utf8)
        for bit in 0..<32 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(CRC32C.of(flipped) != CRC32C.of(bytes))
        }
    }
}
