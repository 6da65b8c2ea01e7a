// Comma-separated values, whole and byte by byte.

import HubDomain
import Testing

@Suite("CSV")
struct CSVReaderTests {
    /// Reads `bytes` in pieces of that many bytes; 0 = at once.
    func read(_ bytes: [UInt8], pieces: Int = 0, separator: UInt8 = UInt8(ascii: ",")) -> [CSVRow] {
        var reader = CSVReader(separator: separator)
        var rows: [CSVRow] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            rows += reader.feed(rest.prefix(pieces == 0 ? bytes.count : pieces))
            rest = rest.dropFirst(pieces == 0 ? bytes.count : pieces)
        }
        return rows + reader.finish()
    }

    func read(_ text: String) -> [CSVRow] { read(Array(text.utf8)) }

    static let cases: [(String, [CSVRow])] = [
        ("", []),
        ("\n\r\n\n", []),
        ("a,b\nc,d\n", [.fields(["a", "b"], line: 1), .fields(["c", "d"], line: 2)]),
        ("a,b\r\nc,d", [.fields(["a", "b"], line: 1), .fields(["c", "d"], line: 2)]),
        ("\u{FEFF}\"a\",b\n", [.fields(["a", "b"], line: 1)]),
        ("a,\u{FEFF}b\n", [.fields(["a", "\u{FEFF}b"], line: 1)]),
        (",\n", [.fields(["", ""], line: 1)]),
        ("\"\"\n", [.fields([""], line: 1)]),
        ("\n\na\n", [.fields(["a"], line: 3)]),
        ("\"a\"\"b\",\"c,d\"\n", [.fields(["a\"b", "c,d"], line: 1)]),
        ("\"a\nb\r\nc\",d\ne,f", [.fields(["a\nb\r\nc", "d"], line: 1), .fields(["e", "f"], line: 4)]),
        ("ä,☃\n", [.fields(["ä", "☃"], line: 1)]),
        ("a\"b,c\nd,e\n", [.refused(.strayQuote, line: 1), .fields(["d", "e"], line: 2)]),
        ("\"a\"b,\"c\nd\"\ne\n", [.refused(.afterQuote, line: 1), .fields(["e"], line: 3)]),
        ("a\rb\nc\n", [.refused(.strayReturn, line: 1), .fields(["c"], line: 2)]),
        ("a\r", [.refused(.strayReturn, line: 1)]),
        ("a\n\"b\nc", [.fields(["a"], line: 1), .refused(.openQuote, line: 2)]),
        ("\"a\"", [.fields(["a"], line: 1)]),
    ]

    @Test("quotes, line ends and marks are read the same in one piece and byte by byte", arguments: cases)
    func shapes(text: String, rows: [CSVRow]) {
        for pieces in [0, 1, 2, 3] { #expect(read(Array(text.utf8), pieces: pieces) == rows) }
    }

    @Test("a row that is not UTF-8 is refused alone")
    func encoding() {
        let bytes = Array("a,b\nc,".utf8) + [0xC3, 0x28] + Array("\ne,f\n".utf8)
        for pieces in [0, 1] {
            #expect(
                read(bytes, pieces: pieces) == [
                    .fields(["a", "b"], line: 1), .refused(.encoding, line: 2), .fields(["e", "f"], line: 3),
                ])
        }
        // A letter cut in two by a separator is no letter.
        #expect(read([0xC3, 0x2C, 0xA9, 0x0A]) == [.refused(.encoding, line: 1)])
    }

    @Test("a beginning that only looks like a byte order mark is kept")
    func almostMarked() {
        #expect(read([0xEF, 0xBB, 0x61, 0x0A]) == [.refused(.encoding, line: 1)])
        #expect(read([0xEF, 0xBC, 0xA1, 0x0A]) == [.fields(["Ａ"], line: 1)])
        #expect(read([0xEF]) == [.refused(.encoding, line: 1)])
        #expect(read([0xEF, 0xBB, 0xBF]) == [])
        #expect(read([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, 0x0A]) == [.fields(["\u{FEFF}"], line: 1)])
    }

    @Test("a field may have 64 KiB and not a byte more")
    func fieldLimit() {
        let full = String(repeating: "x", count: CSVReader.fieldLimit)
        #expect(read("\(full),\(full)\n") == [.fields([full, full], line: 1)])
        #expect(read("a,\(full)y,b\nc\n") == [.refused(.fieldTooLong, line: 1), .fields(["c"], line: 2)])
        #expect(read("\"\(full)y\n\",b\nc\n") == [.refused(.fieldTooLong, line: 1), .fields(["c"], line: 3)])
    }

    @Test("a row may have 1,024 fields and 1 MiB")
    func rowLimits() {
        let columns = String(repeating: ",", count: CSVReader.columnLimit - 1)
        #expect(read("\(columns)\n") == [.fields(Array(repeating: "", count: CSVReader.columnLimit), line: 1)])
        #expect(read("\(columns),\na\n") == [.refused(.rowTooLong, line: 1), .fields(["a"], line: 2)])
        let wide = String(repeating: String(repeating: "x", count: 60_000) + ",", count: 18)
        #expect(read("\(wide)\na\n") == [.refused(.rowTooLong, line: 1), .fields(["a"], line: 2)])
    }

    @Test("office programs' semicolons can be asked for")
    func semicolons() {
        #expect(read(Array("a;b,c\n".utf8), separator: UInt8(ascii: ";")) == [.fields(["a", "b,c"], line: 1)])
    }

    @Test("no bytes whatever make the reader trap, and pieces never change what is read")
    func anyBytes() {
        var seed: UInt64 = 42
        let alphabet: [UInt8] = [0x22, 0x22, 0x2C, 0x0A, 0x0D, 0x61, 0xC3, 0xA9, 0xEF, 0xBB, 0xBF, 0x00]
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<(seed >> 33) % 40 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(seed >> 33) % alphabet.count])
            }
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            let whole = read(bytes)
            #expect(read(bytes, pieces: 1) == whole)
            #expect(read(bytes, pieces: 7) == whole)
            #expect(whole.map(\.line) == whole.map(\.line).sorted())
        }
    }

    @Test("the reader can be used again after the end")
    func again() {
        var reader = CSVReader()
        #expect(reader.feed(Array("a,\"b".utf8)).isEmpty)
        #expect(reader.finish() == [.refused(.openQuote, line: 1)])
        #expect(reader.feed("c\n".utf8) == [.fields(["c"], line: 1)])
        #expect(reader.finish().isEmpty)
    }

    @Test("every fault says what to do")
    func remedies() {
        #expect(Set(CSVFault.allCases.map(\.remedy)).count == CSVFault.allCases.count)
    }
}
