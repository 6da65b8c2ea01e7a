// JSON, tables, moments and spans: what is printed, letter by letter.

import HubProto
import Testing

@testable import hubctl

@Suite("JSON is written as RFC 8259 wants it")
struct JSONTests {
    @Test("quotes, control characters and other scripts survive")
    func stringsAreEscaped() {
        #expect(JSON.string("a\"\\\n\t\u{01}é‑").written() == #""a\"\\\n\t\u0001é‑""#)
    }

    @Test("keys keep their order, and schema and kind come last")
    func documentNamesItsSchema() {
        let document = JSON.document(
            "import", [("stored", 3), ("ok", true), ("none", .null), ("list", .strings(["a"]))])
        #expect(
            document.written()
                == #"{"stored":3,"ok":true,"none":null,"list":["a"],"schema":"elayanan.hubctl/1","kind":"import"}"#)
    }

    @Test("people get indented lines")
    func indented() {
        let value = JSON.object(members: [("a", .array([1, 2])), ("b", .object(members: []))])
        #expect(value.written(indented: true) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
    }

    @Test("numbers that JSON cannot say become null")
    func infinityIsNull() {
        #expect(
            JSON.array([.number(.infinity), .number(.nan), .number(0.5), .unsigned(.max)]).written()
                == "[null,null,0.5,18446744073709551615]")
    }
}

@Suite("Tables fit a terminal")
struct TableTests {
    @Test("a long cell gives way so that the line has 80 characters; wide shows all of it")
    func longCellsShrink() {
        var table = Table([.text("NAME"), .text("TITLE", shrinks: true), .wide("MORE"), .count("AGE")])
        table.add(["a", String(repeating: "x", count: 200), "m", "3d"])
        table.add(["b", "", "", ""])
        let lines = table.lines()
        #expect(lines.allSatisfy { $0.count <= Table.lineWidth })
        #expect(lines[1].contains("…") && !lines[0].contains("MORE"))
        #expect(lines[2].hasPrefix("b     -") && lines[2].hasSuffix("  -"))
        #expect(table.lines(wide: true)[1].contains(String(repeating: "x", count: 200)))
    }

    @Test("every table of the program keeps to 80 characters with ordinary values, NAME first and AGE last")
    func headingsAreShort() {
        for columns in [HubModuleInfo.columns, LayananCaseSummary.columns] {
            let shown = columns.filter { $0.place == .always }
            #expect(shown.first?.title == "NAME" && shown.last?.title == "AGE")
            #expect(shown.allSatisfy { !$0.title.contains(" ") })
        }
    }

    @Test("a row with too few cells shows dashes instead of trapping")
    func shortRow() {
        var table = Table([.text("A"), .text("B")])
        table.add(["1"])
        #expect(table.lines() == ["A  B", "1  -"])
    }
}

@Suite("Formats of a listing")
struct ListingTests {
    private var listing: Listing {
        var listing = Listing("module", [.text("NAME"), .text("STATE")])
        listing.add(name: "a", row: ["a", "serving"], item: [("id", "a")])
        listing.add(name: "b", row: ["b", "stopped"], item: [("id", "b")])
        listing.extra = [("next_page_token", .null)]
        return listing
    }

    @Test("one document, a document a line, or names alone")
    func formats() {
        #expect(
            listing.lines(.json) == [
                #"{"items":[{"id":"a"},{"id":"b"}],"next_page_token":null,"#
                    + ##""schema":"elayanan.hubctl/1","kind":"module_list"}"##
            ])
        #expect(listing.lines(.ndjson).last == #"{"id":"b","schema":"elayanan.hubctl/1","kind":"module"}"#)
        #expect(listing.lines(.name) == ["a", "b"])
        #expect(listing.lines(.table) == ["NAME  STATE", "a     serving", "b     stopped"])
    }
}

@Suite("Moments, ages and spans")
struct MomentTests {
    @Test("moments are ISO 8601 in UTC, also before 1970")
    func iso() {
        #expect(Moment.iso(1_299_004_077_123) == "2011-03-01T18:27:57.123Z")
        #expect(Moment.iso(-1) == "1969-12-31T23:59:59.999Z")
        #expect(Moment.minute(0) == "-")
        #expect(!Moment.iso(.max).isEmpty && !Moment.iso(.min).isEmpty)
    }

    @Test(
        "ages use two units at most and never trap",
        arguments: [
            (59_000, "59s"), (330_000, "5m30s"), (3_600_000, "1h"), (11_400_000, "3h10m"), (187_200_000, "2d4h"),
            (40 * 86_400_000, "40d"),
        ] as [(Int64, String)])
    func ages(_ row: (Int64, String)) {
        #expect(Moment.age(of: 1_000, at: 1_000 + row.0) == row.1)
        #expect(Moment.age(of: .min, at: .max) == "-")
        #expect(Moment.age(of: 5_000, at: 1_000) == "0s")
    }

    @Test(
        "a span is units from large to small, each once",
        arguments: [
            ("3d", 259_200_000), ("72h", 259_200_000), ("90m", 5_400_000), ("1d12h", 129_600_000),
            ("500ms", 500),
            ("1m500ms", 60_500),
        ] as [(String, Int64)])
    func spans(_ row: (String, Int64)) {
        #expect(Span(argument: row.0)?.millis == row.1)
    }

    @Test(
        "what is no span is refused",
        arguments: ["", "3", "d", "3x", "-3d", "0d", "3h1d", "1d1d", "3 d", "99999999999999d", "٣d"])
    func noSpans(_ text: String) {
        #expect(Span(argument: text) == nil)
    }
}

@Suite("Amounts for people")
struct QuantityTests {
    @Test(
        "numbers have their decimals, and one that does not fit is a dash instead of a trap",
        arguments: [
            (1.005, 1, "1.0"), (-0.04, 1, "0.0"), (-6.917464, 6, "-6.917464"), (99.96, 1, "100.0"), (7, 0, "7"),
            (.infinity, 1, "-"), (.nan, 0, "-"), (9.3e18, 0, "-"), (1e13, 6, "-"), (0.5, 400, "0.500000000"),
        ] as [(Double, Int, String)])
    func fixed(_ row: (Double, Int, String)) {
        #expect(Quantity.fixed(row.0, decimals: row.1) == row.2)
    }

    @Test(
        "bytes get a unit",
        arguments: [(0, ""), (1_023, "1023B"), (1_536, "1.5K"), (6_500_000, "6.2M"), (.max, "16777216T")]
            as [(UInt64, String)])
    func bytes(_ row: (UInt64, String)) {
        #expect(Quantity.bytes(row.0) == row.1)
    }
}

@Suite("A hub is healthy when all that runs code serves")
struct HealthTests {
    @Test(
        "only a bundle without services may be stopped",
        arguments: [
            (.serving, ["a"], true), (.stopped, [], true), (.stopped, ["a"], false), (.refused, [], false),
            (.quarantined, ["a"], false), (.waiting, ["a"], false), (.starting, ["a"], false),
        ] as [(HubModuleState, [String], Bool)])
    func health(_ row: (HubModuleState, [String], Bool)) {
        let info = HubModuleInfo.with {
            $0.state = row.0
            $0.services = row.1
        }
        #expect(info.isHealthy == row.2)
        let status = HubStatusReply.with { $0.modules = [info] }
        #expect(status.detail.lines(.json)[0].contains("\"healthy\":\(row.2)"))
    }
}

@Suite("Bytes as text")
struct HexTests {
    @Test("bytes go to digits and back; anything else is refused")
    func roundTrip() {
        let bytes: [UInt8] = (0...255).map { $0 }
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Hex.decode("AbcD") == [0xAB, 0xCD])
        #expect(Hex.decode("abc") == nil && Hex.decode("zz") == nil && Hex.decode("é") == nil)
        #expect(Hex.uuid((0..<16).map { UInt8($0) }) == "00010203-0405-0607-0809-0a0b0c0d0e0f")
        #expect(Hex.uuid([1, 2]) == "0102")
    }

    @Test(
        "base64 pads as RFC 4648 section 10 shows",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(_ row: (String, String)) {
        #expect(PEM.base64(Array(row.0.utf8)) == row.1)
    }
}
