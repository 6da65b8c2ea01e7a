// A bundle that is wrong is refused, with every reason, its file, its line and its rule.

import Foundation
import HubModules
import Testing

@Suite("A wrong bundle is refused with reasons")
struct BundleRefusalTests {
    /// One mistake: a piece of a file, what stands there instead, and the reason's beginning.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let file: String
        let old: String
        let new: String
        /// `file:line rule`
        let reason: String
        var testDescription: String { "\(reason) ← \(new.prefix(60))" }

        init(_ old: String, _ new: String, _ reason: String, in file: String = "services/bench.yaml") {
            (self.file, self.old, self.new, self.reason) = (file, old, new, "\(file)\(reason)")
        }
    }

    static let mistakes: [Mistake] = [
        // Names and the head.
        Mistake("number_prefix: BN", "number_prefix: bench", ":8 number_prefix"),
        Mistake("number_prefix: BN", "", ":1 required"),
        Mistake("valid_from: 2026-01-01", "valid_from: 2026-02-30", ":3 valid_from"),
        Mistake("department: gardens", "department: roads", ":4 department"),
        Mistake("interface: applications", "interface: letters", ":5 type"),
        Mistake("title: { id: Bangku taman, en: Park bench }", "title: { id: Bangku taman, en: }", ":6 type"),
        Mistake("legal_basis: [Test]", "legal_basis: Test", ":7 type"),
        Mistake("legal_basis: [Test]", "legal_bases: [Test]", ":7 unknown_key"),
        Mistake("- name: seats", "- name: Seats", ":28 name"),
        Mistake("- name: seats", "- name: born", ":18 unique"),
        // Fields.
        Mistake("    personal: true\n", "", ":10 personal"),
        Mistake("type: integer", "type: number", ":29 type"),
        Mistake("min: 1", "min: 9", ":28 min"),
        Mistake("min: 1", "min: some", ":30 type"),
        Mistake("type: date", "type: choice", ":18 choices"),
        Mistake("value: m,", "value: f,", ":21 choices"),
        Mistake("type: date", "type: code", ":18 table"),
        Mistake("index: exact", "index: name", ":10 index"),
        Mistake("birth_date: born", "birth_date: seats", ":10 compare_with"),
        Mistake("female: f", "female: x", ":10 compare_with"),
        Mistake("decided: true", "decided: true\n    required: true", ":33 decided"),
        // Documents, stages, actions.
        Mistake("required_for: [submit]", "required_for: [sit]", ":38 required_for"),
        Mistake("to: [waiting]", "to: [filed]", ":43 unreachable"),
        Mistake("    move_to: built\n", "    move_to: waiting\n", ":43 dead_end"),
        Mistake("to: [waiting]", "to: [waitng]", ":52 stage"),
        Mistake("    kind: submit\n", "", ":45 submit"),
        Mistake("name: built, ended: true,", "name: built,", ":44 dead_end"),
        Mistake("fields: [seats]", "fields: [chairs]", ":58 field"),
        Mistake("fields: [seats]", "fields: [verdict]", ":58 field"),
        Mistake("roles: [applicant]", "roles: []", ":46 roles"),
        Mistake("    kind: submit\n", "    kind: submit\n    from: [filed]\n", ":46 from"),
        // Clocks, lookups, the ladder.
        Mistake("runs_in: [filed]", "runs_in: [filed, built]", ":65 ended"),
        Mistake("paused_in: [waiting]", "paused_in: [filed]", ":65 paused_in"),
        Mistake("    calendar: days\n", "", ":65 calendar"),
        Mistake("amount: 5", "amount: 0", ":67 type"),
        Mistake("amounts: { f: 3 }", "amounts: { q: 3 }", ":65 amount_by"),
        Mistake("only: { field: sex, value: f }", "only: { field: sex, value: q }", ":65 only"),
        Mistake("    move_to: built\n", "", ":75 move_to"),
        Mistake("- { table: limit }", "- { table: limit, field: nobody }", ":83 field"),
        Mistake("escalation:\n  - { name: chief, title: { id: Kepala, en: Chief } }", "", ":65 escalation"),
        // YAML that is none, or that could grow without end.
        Mistake("legal_basis: [Test]", "legal_basis: [Test", ":8 syntax"),
        Mistake("legal_basis: [Test]", "legal_basis: &basis [Test]", ":7 anchor"),
        Mistake("version: 2026.10", "version: 2026.10\nversion: 2026.11", ":2 syntax"),
        // The other files.
        Mistake("abi_major: 1", "abi_major: 2", ":5 abi_major", in: "manifest.yaml"),
        Mistake("services: [bench]", "services: [bench, swing]", ":6 services", in: "manifest.yaml"),
        Mistake("id: parks", "id: Parks!", ":1 id", in: "manifest.yaml"),
        Mistake("libParks.so", "../libParks.so", " library", in: "manifest.yaml"),
        Mistake("bench,14", "bench,14\nbench,15", ":3 unique", in: "tables/limit.csv"),
        Mistake("bench,14", "bench", ":2 columns", in: "tables/limit.csv"),
        Mistake("bench,14", "\"bench,14", ":2 csv", in: "tables/limit.csv"),
        Mistake("licence: public\n", "", ":1 required", in: "tables/limit.yaml"),
        Mistake("last_day: 2026-12-31", "last_day: 2025-12-31", ":5 last_day", in: "calendars/days.yaml"),
        Mistake("day: 2026-01-01,", "day: 2027-01-01,", ":9 closed", in: "calendars/days.yaml"),
        Mistake("friday]", "freitag]", ":7 open_weekdays", in: "calendars/days.yaml"),
    ]

    @Test("each mistake is told with file, line and rule", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        var fixture = BundleFixture()
        fixture.change(mistake.file, mistake.old, to: mistake.new)
        let refusals = try fixture.read().refusals
        #expect(refusals.contains { $0.hasPrefix("\(mistake.reason): ") }, "\(refusals)")
    }

    @Test("ten mistakes in three files are ten reasons")
    func allAtOnce() throws {
        var fixture = BundleFixture()
        let ten = [
            Mistake("number_prefix: BN", "number_prefix: bench", ":8 number_prefix"),
            Mistake("type: integer", "type: number", ":29 type"),
            Mistake("    personal: true\n    required: true\n", "    required: true\n", ":10 personal"),
            Mistake("required_for: [submit]", "required_for: [sit]", ":37 required_for"),
            Mistake("fields: [seats]", "fields: [chairs]", ":57 field"),
            Mistake("amounts: { f: 3 }", "amounts: { q: 3 }", ":64 amount_by"),
            Mistake("abi_major: 1", "abi_major: 2", ":5 abi_major", in: "manifest.yaml"),
            Mistake("contact: Gardens department", "contract: Gardens", ":1 required", in: "manifest.yaml"),
            Mistake("bench,14", "bench,14\nbench,15", ":3 unique", in: "tables/limit.csv"),
        ]
        for mistake in ten { fixture.change(mistake.file, mistake.old, to: mistake.new) }
        let refusals = try fixture.read().refusals
        for mistake in ten {
            #expect(refusals.contains { $0.hasPrefix("\(mistake.reason): ") }, "\(mistake.reason) in \(refusals)")
        }
        // The tenth follows from the eighth: `contract` is a key nobody knows. Bounds of a field without type make one more.
        #expect(refusals.contains { $0.hasPrefix("manifest.yaml:7 unknown_key: ") })
        #expect(refusals.count == 11, "\(refusals)")
    }

    @Test("a folder with nothing in it is refused under its own name")
    func emptyFolder() throws {
        let specification = try withTemporaryDirectory { BundleReader.read(folder: $0.path + "/nothing") }
        #expect(specification.id == "nothing")
        #expect(specification.refusals.map { String($0.prefix(21)) } == ["manifest.yaml missing"])
    }

    @Test("files that anybody may change, links and files nobody would read are refused")
    func files() throws {
        let manager = FileManager.default
        let writable = try BundleFixture().read { root in
            try manager.setAttributes(
                [.posixPermissions: 0o666], ofItemAtPath: root.appendingPathComponent("services/bench.yaml").path)
        }
        #expect(writable.refusals.map { String($0.prefix(24)) } == ["services/bench.yaml mode"])

        let link = try BundleFixture().read { root in
            try manager.removeItem(at: root.appendingPathComponent("libParks.so"))
            try manager.createSymbolicLink(
                atPath: root.appendingPathComponent("libParks.so").path, withDestinationPath: "/dev/zero")
        }
        #expect(link.refusals.map { String($0.prefix(16)) } == ["libParks.so kind"])
        #expect(link.libraryPath == nil)

        var misnamed = BundleFixture()
        misnamed.files["services/swing.yml"] = BundleFixture.definition
        #expect(try misnamed.read().refusals.map { String($0.prefix(23)) } == ["services/swing.yml file"])
    }

    @Test("a file above the limit, a nest a thousand deep and bytes that are no text end in a reason, not in a trap")
    func hostile() throws {
        var large = BundleFixture()
        large.files["services/bench.yaml"] = String(repeating: "# filler\n", count: 30_000)
        #expect(try large.read().refusals.contains { $0.hasPrefix("services/bench.yaml size: ") })

        var deep = BundleFixture()
        deep.files["services/bench.yaml"] = "a: " + String(repeating: "[", count: 100_000)
        #expect(try deep.read().refusals.contains { $0.hasPrefix("services/bench.yaml:1 syntax: ") })

        var laughs = BundleFixture()
        laughs.files["services/bench.yaml"] =
            (0..<40).map { "l\($0): &l\($0) [\($0 == 0 ? "x" : "*l\($0 - 1), *l\($0 - 1)")]\n" }.joined()
        #expect(try laughs.read().refusals.contains { $0.hasPrefix("services/bench.yaml:1 anchor: ") })

        let noText = try BundleFixture().read { root in
            try Data([0x61, 0x3A, 0xFF, 0xFE]).write(to: root.appendingPathComponent("services/bench.yaml"))
        }
        #expect(noText.refusals.contains { $0.hasPrefix("services/bench.yaml:1 utf8: ") })
    }
}
