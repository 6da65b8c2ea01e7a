// The numbers of bills.

import HubDomain
import Testing

@Suite("bill numbers")
struct BillNumberTests {
    @Test("a number has 13 digits and reads back as itself, with blanks and hyphens forgiven")
    func roundTrip() throws {
        for (year, sequence) in [(2026, UInt64(1)), (2026, 99_999_999), (1000, 7), (9999, 12_345_678)] {
            let number = try #require(BillNumber(year: year, sequence: sequence))
            #expect(number.text.utf8.count == 13)
            #expect(BillNumber(parsing: number.text) == number)
            let spaced = "\(number.text.prefix(4)) \(number.text.dropFirst(4).prefix(4))-\(number.text.dropFirst(8))"
            #expect(BillNumber(parsing: spaced) == number)
        }
    }

    @Test("one wrong digit, or two that changed places, is another's bill never")
    func misread() throws {
        let text = Array(try #require(BillNumber(year: 2026, sequence: 4_711)).text.utf8)
        for index in text.indices {
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != text[index] {
                var wrong = text
                wrong[index] = digit
                #expect(BillNumber(parsing: String(decoding: wrong, as: UTF8.self)) == nil)
            }
            guard index + 1 < text.count, text[index] != text[index + 1] else { continue }
            var swapped = text
            swapped.swapAt(index, index + 1)
            #expect(BillNumber(parsing: String(decoding: swapped, as: UTF8.self)) == nil)
        }
    }

    @Test("what is no number is none", arguments: ["", "2026", "20260000000171234", "202600000001x", "２０２６０００００００１７"])
    func garbage(_ text: String) { #expect(BillNumber(parsing: text) == nil) }

    @Test("years and sequences beyond their digits have no number")
    func bounds() {
        #expect(BillNumber(year: 999, sequence: 1) == nil)
        #expect(BillNumber(year: 10_000, sequence: 1) == nil)
        #expect(BillNumber(year: 2026, sequence: 0) == nil)
        #expect(BillNumber(year: 2026, sequence: 100_000_000) == nil)
    }
}
