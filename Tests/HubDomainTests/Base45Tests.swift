// Base45 against the examples of RFC 9285, and what no encoder writes.

import HubDomain
import Testing

@Suite("Base45")
struct Base45Tests {
    @Test(
        "writes and reads the examples of RFC 9285, 4.3 and 4.4",
        arguments: [
            ("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0"), ("", ""),
        ])
    func examples(plain: String, letters: String) {
        #expect(Base45.encode(plain.utf8) == letters)
        #expect(Base45.decode(letters) == Array(plain.utf8))
    }

    @Test("reads back whatever bytes it wrote, of every length and value")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 251 + count * 17) }
            #expect(Base45.decode(Base45.encode(bytes)) == bytes)
        }
        for byte in UInt8.min ... .max { #expect(Base45.decode(Base45.encode([byte, 255 - byte, byte])) != nil) }
    }

    @Test(
        "refuses other letters, a letter left over, and groups that stand for more than two bytes",
        arguments: ["A", "BB8A", "::", ":::", "GGW", "bb8", "B B8\n", "BÉ8", "BB8\u{0}BB"])
    func refused(_ letters: String) { #expect(Base45.decode(letters) == nil) }

    @Test("takes the largest group that two bytes and one byte have, and not the next one")
    func borders() {
        #expect(Base45.decode("FGW") == [0xFF, 0xFF])
        #expect(Base45.decode("U5") == [0xFF])
        #expect(Base45.decode("V5") == nil)
    }
}
