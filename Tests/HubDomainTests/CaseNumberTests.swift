// Case numbers with their check digit, and case ids.

import HubDomain
import Testing

@Suite("case numbers and ids")
struct CaseNumberTests {
    @Test("a number comes back from its text, also beyond six digits")
    func roundTrip() throws {
        for sequence: UInt64 in [1, 9, 123, 999_999, 1_000_000, 123_456_789_012, .max] {
            let number = try #require(CaseNumber(prefix: "ADU", year: 2026, sequence: sequence))
            #expect(CaseNumber(parsing: number.text) == number)
        }
        let first = try #require(CaseNumber(prefix: "ADU", year: 2026, sequence: 123)).text
        #expect(first.hasPrefix("ADU-2026-000123-") && first.utf8.count == 17)
    }

    @Test("the check digit is Damm's: his example 572 ends with 4")
    func dammExample() throws {
        // The digit covers the year too. A year that leaves the interim digit at 0 shows the published example: after
        // it and leading zeros, the digit 1 alone gives 3, the first row's second entry.
        let year = try #require(
            (1000...9999).first { CaseNumber(prefix: "AA", year: $0, sequence: 1)?.text.last == "3" })
        let number = try #require(CaseNumber(prefix: "AA", year: year, sequence: 572))
        #expect(number.text.last == "4")
    }

    @Test("every single wrong digit and every exchange of two neighbours is found")
    func errors() throws {
        var single = 0
        var swapped = 0
        for sequence in stride(from: UInt64(1), to: 1_000_000, by: 6_151) {
            let good = Array(try #require(CaseNumber(prefix: "ADU", year: 2026, sequence: sequence)).text)
            let digits = good.indices.filter { good[$0].isNumber }
            for position in digits {
                for other in "0123456789" where other != good[position] {
                    var bad = good
                    bad[position] = other
                    #expect(CaseNumber(parsing: String(bad)) == nil)
                    single += 1
                }
            }
            for (a, b) in zip(digits, digits.dropFirst()) where good[a] != good[b] {
                var bad = good
                bad.swapAt(a, b)
                #expect(CaseNumber(parsing: String(bad)) == nil)
                swapped += 1
            }
        }
        #expect(single > 10_000 && swapped > 1_000)
    }

    @Test("small letters, blanks and missing hyphens are forgiven")
    func tolerant() throws {
        let number = try #require(CaseNumber(prefix: "IZIN", year: 2026, sequence: 42))
        let digits = number.text.filter { $0 != "-" }
        for written in [
            number.text.lowercased(), "  \(number.text) ", digits, digits.lowercased(),
            "izin " + number.text.dropFirst(4),
        ] {
            #expect(CaseNumber(parsing: written) == number)
        }
    }

    @Test(
        "what is no case number is refused",
        arguments: ["", "-", "ADU", "2026", "ADU-2026-000000-0", "A-2026-000001-1"])
    func refused(text: String) {
        #expect(CaseNumber(parsing: text) == nil)
    }

    @Test("only the pattern's own spelling of a sequence is accepted")
    func canonical() throws {
        let number = try #require(CaseNumber(prefix: "ADU", year: 2026, sequence: 7))
        for check in 0...9 {
            #expect(CaseNumber(parsing: "ADU-2026-0000007-\(check)") == nil)
            #expect(CaseNumber(parsing: "ADU-2026-00007-\(check)") == nil)
            #expect(CaseNumber(parsing: "ADÜ-2026-000007-\(check)") == nil)
            #expect(CaseNumber(parsing: "ADU-2026-99999999999999999999999-\(check)") == nil)
        }
        #expect(CaseNumber(parsing: number.text + String(repeating: "9", count: 1_000)) == nil)
        #expect(CaseNumber(prefix: "adu", year: 2026, sequence: 1) == nil)
        #expect(CaseNumber(prefix: "ABCDEF", year: 2026, sequence: 1) == nil)
        #expect(CaseNumber(prefix: "ADU", year: 999, sequence: 1) == nil)
        #expect(CaseNumber(prefix: "ADU", year: 2026, sequence: 0) == nil)
    }

    @Test("an id is a UUID of version 7 that keeps its time and sorts by it")
    func ids() throws {
        // Time and layout of the example in RFC 9562 appendix A.6.
        let example = CaseID.make(millis: 0x017F_22E2_79B0, random: (0xCC3, 0x18C4_DC0C_0C07_398F))
        #expect(example.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(CaseID(text: example.text.uppercased()) == example)
        #expect(CaseID(bytes: example.bytes) == example)
        #expect(example.bytes.count == 16)
        let later = CaseID.make(millis: 0x017F_22E2_79B1, random: (0, 0))
        #expect(example < later && example.text < later.text)
        #expect(example.bytes.lexicographicallyPrecedes(later.bytes))
    }

    @Test("random bits fill all their places and no others, whatever the time")
    func idBits() {
        let full = CaseID.make(millis: .max, random: (.max, .max))
        #expect(full.text == "ffffffff-ffff-7fff-bfff-ffffffffffff")
        #expect(CaseID.make(millis: .min, random: (0, 0)).text == "00000000-0000-7000-8000-000000000000")
    }

    @Test(
        "what is no UUID is refused",
        arguments: [
            "", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
            "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
            "017f22e2079b0-7cc3-98c4-dc0c0c07398f", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        ])
    func noID(text: String) {
        #expect(CaseID(text: text) == nil)
        #expect(CaseID(bytes: Array(text.utf8)) == nil)
    }
}
