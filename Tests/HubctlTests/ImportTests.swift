// An older register row by row: times, translations, refusals with reasons.

import HubDomain
import HubProto
import Testing

@testable import hubctl

@Suite("Times of an older register")
struct TimeFormatTests {
    private let format: TimeFormat

    init() throws { format = try TimeFormat("MM/dd/yyyy hh:mm:ss a") }

    @Test(
        "wall times are read to the second; midnight and noon are told apart",
        arguments: [
            ("03/01/2011 02:27:57 PM", "2011-03-01T14:27:57.000Z"),
            ("02/29/2012 12:00:00 AM", "2012-02-29T00:00:00.000Z"),
            ("12/31/1999 12:59:59 pm", "1999-12-31T12:59:59.000Z"),
        ])
    func walls(_ row: (String, String)) throws {
        #expect(Moment.iso(try #require(format.wallSeconds(row.0)) * 1_000) == row.1)
    }

    @Test(
        "what is not exactly of the format, or does not exist, is refused",
        arguments: [
            "", "03/01/2011", "03/01/2011 02:27:57", "3/1/2011 02:27:57 PM", "13/01/2011 02:27:57 PM",
            "02/30/2011 02:27:57 PM", "03/01/2011 00:27:57 PM", "03/01/2011 13:27:57 PM", "03/01/2011 02:60:57 PM",
            "03/01/2011 02:27:60 PM", "03/01/2011 02:27:57 XM", "03/01/2011 02:27:57 PM ", "03/01/0000 02:27:57 PM",
            "0٣/01/2011 02:27:57 PM", "2011-03-01T14:27:57Z",
        ])
    func noWalls(_ text: String) {
        #expect(format.wallSeconds(text) == nil)
    }

    @Test(
        "a format with an unknown letter or without a whole day is refused",
        arguments: ["yyyy-MM-dd Q", "HH:mm", "", "yyyy-MM"])
    func noFormats(_ pattern: String) {
        #expect(throws: HubError(.configurationInvalid, "")) { try TimeFormat(pattern) }
    }

    @Test("an offset holds from its wall time on, and before the first there is none")
    func offsets() throws {
        let iso = try TimeFormat("yyyy-MM-dd HH:mm")
        let wall = { (text: String) in try #require(iso.wallSeconds(text)) }
        let offsets = try WallOffsets([
            .init(fromWallSeconds: wall("2010-11-07 02:00"), minutes: -300),
            .init(fromWallSeconds: wall("2011-03-13 02:00"), minutes: -240),
        ])
        #expect(Moment.iso(try #require(offsets.millis(wall("2011-03-13 01:59")))) == "2011-03-13T06:59:00.000Z")
        #expect(Moment.iso(try #require(offsets.millis(wall("2011-03-13 03:00")))) == "2011-03-13T07:00:00.000Z")
        #expect(offsets.millis(try wall("2009-01-01 00:00")) == nil)
        #expect(throws: HubError.self) { try WallOffsets([]) }
        #expect(throws: HubError.self) { try WallOffsets([.init(fromWallSeconds: 0, minutes: 900)]) }
    }
}

@Suite("A map binds columns to a form")
struct ImportPlanTests {
    static let yaml = """
        version: 1
        source: older
        id: Key
        category: Type
        note: Answer
        created: Opened
        closed: { column: Closed, status: State, values: [Done] }
        time:
          format: yyyy-MM-dd HH:mm
          offsets: [{ from: "2000-01-01 00:00", minutes: 420 }]
        form:
          jenis: { constant: laporan }
          kategori: { column: Type, table: types }
          isi: { join: [Type, Text], with: ": ", length_max: 12 }
          lintang: { column: Lat }
        tables:
          types: { default: lain, values: { Noise: bising } }
        """
    static let header = ["Key", "Type", "Text", "Opened", "Closed", "State", "Answer", "Lat"]

    private func plan(_ yaml: String = yaml, header: [String] = header) throws(HubError) -> ImportPlan {
        try ImportPlan(ImportMap(yaml: yaml, file: "map.yaml"), header: header)
    }

    private func row(_ changes: [Int: String] = [:]) -> CSVRow {
        var cells = ["k1", "Noise", "Loud  music", "2011-03-01 07:00", "2011-03-02 07:00", "Done", " fixed ", "-6.5"]
        for (column, text) in changes { cells[column] = text }
        return .fields(cells, line: 9)
    }

    @Test("a whole row becomes a record with times in UTC and translated values")
    func wholeRow() throws {
        let record = try plan().record(row())
        #expect(record.sourceID == "k1" && record.category == "Noise" && record.note == "fixed" && record.line == 9)
        #expect(Moment.iso(record.createdMillis) == "2011-03-01T00:00:00.000Z")
        #expect(Moment.iso(record.closedMillis) == "2011-03-02T00:00:00.000Z")
        #expect(record.form.entries.map(\.name) == ["jenis", "kategori", "isi", "lintang"])
        #expect(record.form.entries.map(\.text) == ["laporan", "bising", "Noise: Loud ", "-6.5"])
        #expect(record.translations == [.init(field: "kategori", from: "Noise", to: "bising")])
    }

    @Test(
        "an open row has no closing time, whatever stands there; unknown types take the default; empty fields are left out"
    )
    func openRow() throws {
        let record = try plan().record(row([1: "Other", 5: "Pending", 7: ""]))
        #expect(record.closedMillis == 0 && record.form.entries.map(\.name) == ["jenis", "kategori", "isi"])
        #expect(record.form.entries[1].text == "lain")
    }

    @Test(
        "a broken row is refused with its line, its rule and no value",
        arguments: [
            ([0: ""], "id"), ([0: String(repeating: "k", count: 65)], "id"), ([3: "RAHASIA"], "time_format"),
            ([3: ""], "time_format"), ([4: "2011-02-30 00:00"], "time_format"), ([4: ""], "closed_time"),
            ([4: "2011-01-01 00:00"], "closed_before_created"), ([3: "1999-12-31 00:00"], "time_range"),
        ] as [([Int: String], String)])
    func brokenRows(_ case: ([Int: String], String)) throws {
        let plan = try plan()
        do throws(RowRefusal) {
            _ = try plan.record(row(`case`.0))
            Issue.record("accepted")
        } catch {
            #expect(error.rule == `case`.1 && error.line == 9 && !error.told.contains("RAHASIA"))
        }
    }

    @Test("a wrong number of columns and a row that is no CSV are refused alone")
    func brokenLines() throws {
        let plan = try plan()
        #expect(throws: RowRefusal(line: 3, rule: "columns", reason: "expected 8 columns, found 1")) {
            try plan.record(.fields(["x"], line: 3))
        }
        #expect(throws: RowRefusal.self) { try plan.record(.refused(.encoding, line: 4)) }
    }

    @Test("values that the table does not list are refused when it has no default")
    func strictTable() throws {
        let strict = try plan(Self.yaml.replacing("default: lain, ", with: ""))
        #expect(throws: RowRefusal.self) { try strict.record(row([1: "RAHASIA"])) }
        #expect(throws: Never.self) { try strict.record(row()) }
    }

    @Test("a file without the map's columns is refused with all their names")
    func missingColumns() {
        do throws(HubError) {
            _ = try plan(header: ["Key", "Type", "Text", "Opened", "State", "Answer"])
            Issue.record("accepted")
        } catch {
            #expect(error.detail.hasSuffix("no column Closed, Lat"))
        }
    }

    @Test(
        "a map with a wrong key, table, source or version is refused with its line",
        arguments: [
            ("note: Answer", "notes: Answer"), ("source: older", "source: Old One"), ("version: 1", "version: 2"),
            ("table: types", "table: tipes"), ("id: Key", "id: [Key]"), ("minutes: 420", "minutes: 4200"),
            ("format: yyyy-MM-dd HH:mm", "format: later"), ("length_max: 12", "length_max: 0"),
            ("kategori: { column: Type, table: types }", "kategori: { table: types }"), ("version: 1", "]["),
        ])
    func brokenMaps(_ change: (String, String)) {
        #expect(throws: HubError(.configurationInvalid, "")) {
            try ImportMap(yaml: Self.yaml.replacing(change.0, with: change.1), file: "map.yaml")
        }
    }

    private static let held = yaml + "\napplicant: { register: nik, column: Key }"

    @Test("a row belongs to the citizen whose key it has, and to nobody without one; a key that is none is refused")
    func holders() throws {
        let plan = try plan(Self.held)
        #expect(try plan.record(row()).applicant == "nik:k1")
        #expect(try self.plan().record(row()).applicant == nil)
        #expect { try plan.record(row([0: "k:1"])) } throws: { ($0 as? RowRefusal)?.rule == "applicant" }
    }

    @Test(
        "programs are no citizens: a register that the hub would refuse is refused in the map",
        arguments: ["urn", "n", "registers", "NIK"])
    func strangeRegisters(name: String) {
        #expect(throws: HubError(.configurationInvalid, "")) {
            try ImportMap(yaml: Self.held.replacing("register: nik", with: "register: \(name)"), file: "map.yaml")
        }
    }

    @Test("the key of a row depends on register and row, and nothing else")
    func keys() {
        #expect(ImportPlan.key(source: "a", sourceID: "1") == ImportPlan.key(source: "a", sourceID: "1"))
        #expect(ImportPlan.key(source: "a", sourceID: "1") != ImportPlan.key(source: "b", sourceID: "1"))
        #expect(ImportPlan.key(source: "a", sourceID: "1").count == 32)
    }
}

@Suite("What became of an import")
struct ImportSummaryTests {
    private let record = ImportRecord(
        line: 2, sourceID: "k", category: "c", createdMillis: 1, closedMillis: 0, note: "", form: FormInput(),
        translations: [.init(field: "f", from: "x", to: "y")])

    @Test("the JSON begins with the three counts, and lists refusals by line and translations by frequency")
    func document() {
        var summary = ImportSummary()
        summary.add(.refused(RowRefusal(line: 9, sourceID: "b", rule: "id", reason: "r")))
        summary.add(.refused(RowRefusal(line: 3, rule: "columns", reason: "r")))
        summary.add(.stored(record))
        summary.add(.already(record))
        let text = summary.detail.lines(.json)[0]
        #expect(text.hasPrefix(#"{"stored":1,"already":1,"refused":2,"rows":4,"#))
        #expect(text.contains(#""refusals":[{"line":3,"source_id":null,"rule":"columns","reason":"r"},{"line":9,"#))
        #expect(text.contains(#""translations":[{"field":"f","from":"x","to":"y","rows":2}]"#))
    }

    @Test("a file of broken rows costs no more memory than a thousand of them")
    func boundedRefusals() {
        var summary = ImportSummary()
        for line in 0..<5_000 { summary.add(.refused(RowRefusal(line: line, rule: "id", reason: "r"))) }
        #expect(summary.refused == 5_000 && summary.refusals.count == ImportSummary.refusalsListedMax)
        #expect(summary.detail.lines(.json)[0].contains(#""refusals_left_out":4000"#))
    }
}
