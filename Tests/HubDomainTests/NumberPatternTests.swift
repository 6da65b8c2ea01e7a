// Numbers of documents by a pattern. Row 6 of the domain's facts: their layout is unverified, so it is data.

import HubDomain
import Testing

@Suite("number patterns (row 6)")
struct NumberPatternTests {
    static func day(_ iso: String) throws -> CalendarDate { try #require(CalendarDate(iso: iso)) }

    /// `place rule` of each.
    static func faults(_ pattern: String) -> [String] {
        do throws(HubError) {
            _ = try NumberPattern(pattern)
            return []
        } catch {
            return error.code == .definitionInvalid
                ? error.violations.map { "\($0.field) \($0.rule)" } : ["\(error)"]
        }
    }

    @Test("row 6: 3273-LU-12082015-0042 comes from area, kind, date and a serial of four digits")
    func certificate() throws {
        let pattern = try NumberPattern("{kode}-{jenis}-{ddmmyyyy}-{urut:4}")
        #expect(pattern.names == ["kode", "jenis"])
        let number = try pattern.number(
            date: Self.day("2015-08-12"), serial: 42, values: ["kode": "3273", "jenis": "LU", "other": "x"])
        #expect(number == "3273-LU-12082015-0042")
    }

    @Test(
        "dates are written as the pattern says, the month in Roman numerals, too",
        arguments: [
            ("{urut:3}/PBG/{rom}/{yyyy}", "007/PBG/VIII/2026"), ("{yyyymmdd}{urut:1}", "202608057"),
            ("{yy}{mm}-{urut:2}", "2608-07"), ("No. {urut:3} tgl. {dd}.{mm}", "No. 007 tgl. 05.08"),
            ("{urut:18}", "000000000000000007"), ("№ {urut:1} – {yyyyyy}", "№ 7 – 202626"),
            ("{romyyyy}{urut:1:tetap}", "VIII20267"),
        ])
    func dates(pattern: String, number: String) throws {
        #expect(try NumberPattern(pattern).number(date: Self.day("2026-08-05"), serial: 7) == number)
    }

    @Test("each month has its own Roman numeral")
    func roman() throws {
        let pattern = try NumberPattern("{rom} {urut:1}")
        let numbers = try (1...12).map { month in
            try pattern.number(date: #require(CalendarDate(year: 2026, month: month, day: 1)), serial: 1)
        }
        #expect(
            numbers == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"].map { "\($0) 1" })
    }

    @Test(
        "the serial begins anew when the pattern says so; if it says nothing, with each year that it shows",
        arguments: [
            ("{urut:3}/{rom}/{yyyy}", .year, "2026"), ("{urut:3}/{yy}", .year, "2026"), ("{urut:3}", .never, ""),
            ("{urut:3}/{dd}/{mm}", .never, ""), ("{urut:3:tetap}/{yyyy}", .never, ""),
            ("{urut:3:bulan}/{rom}/{yyyy}", .month, "2026-08"), ("{ddmmyyyy}-{urut:4:hari}", .day, "2026-08-05"),
            ("{ddmmyyyy}-{urut:4:tahun}", .year, "2026"),
        ] as [(String, NumberPattern.Reset, String)])
    func resets(pattern: String, reset: NumberPattern.Reset, period: String) throws {
        let pattern = try NumberPattern(pattern)
        #expect(pattern.reset == reset)
        #expect(pattern.period(of: try Self.day("2026-08-05")) == period)
    }

    @Test("a serial with more digits than the pattern has is written whole, up to the largest")
    func long() throws {
        let pattern = try NumberPattern("{urut:2}")
        #expect(try pattern.number(date: .latest, serial: 12_345) == "12345")
        #expect(try pattern.number(date: .latest, serial: .max) == "18446744073709551615")
    }

    @Test(
        "what is wrong with a pattern is found, and named by place and rule",
        arguments: [
            ("", [" length"]), (String(repeating: "x", count: 201), [" length"]), ("{urut:4", [" brace"]),
            ("urut:4}", [" brace"]), ("{a{urut:4}", [" brace"]), ("}{", [" brace"]), ("{", [" brace"]),
            ("x", [" serial"]), ("{urut:4}{urut:4}", [" serial"]), ("{}{urut:1}", [" name"]),
            ("{Kode}{a-b}{urut:1}", ["Kode name", "a-b name"]), ("{9a}{kode:3}{urut:1}", ["9a name", "kode:3 name"]),
            ("{urut}", ["urut width"]), ("{urut:0}", ["urut:0 width"]), ("{urut:19}", ["urut:19 width"]),
            ("{urut:-1}", ["urut:-1 width"]), ("{urut:99999999999999999999}", ["urut:99999999999999999999 width"]),
            ("{urut:3:minggu}", ["urut:3:minggu reset"]), ("{urut:3:tahun:x}{yyyy}", ["urut:3:tahun:x reset"]),
            ("{urut:3:tahun}", ["urut:3:tahun reset"]), ("{urut:3:bulan}{mm}", ["urut:3:bulan reset"]),
            ("{urut:3:hari}{mmyyyy}", ["urut:3:hari reset"]), ("{ddd}{urut:1}", []),
        ])
    func findings(pattern: String, found: [String]) {
        #expect(Self.faults(pattern) == found)
    }

    @Test("a number with a value that is missing, too long or not of one line is not made")
    func values() throws {
        let pattern = try NumberPattern("{a}{b}{c}{a}{urut:1}")
        let error = #expect(throws: HubError(.refusedByRule, "")) {
            try pattern.number(
                date: .latest, serial: 0, values: ["a": "1\n2", "b": String(repeating: "x", count: 201)])
        }
        #expect(
            error?.violations.map { "\($0.field) \($0.rule)" }
                == ["serial min", "a characters", "b length", "c required"])
    }
}
