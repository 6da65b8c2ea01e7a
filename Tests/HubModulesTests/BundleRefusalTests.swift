// A bundle that is wrong is refused, with every reason, its file, its line and its rule.

import Foundation
import HubModules
import Testing

@Suite("A wrong bundle is refused with reasons")
struct BundleRefusalTests {
    /// One mistake: a piece of a file, what stands there instead, and the reason it gets.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let file: String
        let old: String
        let new: String
        /// Text of the line that the reason names; nil = the file as a whole.
        let line: String?
        let rule: String
        var testDescription: String { "\(rule) ← \(new.isEmpty ? "without \(old.prefix(40))" : "\(new.prefix(60))")" }

        init(_ old: String, _ new: String, at line: String?, _ rule: String, in file: String = "services/bench.yaml") {
            (self.file, self.old, self.new, self.line, self.rule) = (file, old, new, line, rule)
        }

        /// `file:line rule: `, by the lines of the changed file.
        func reason(in fixture: BundleFixture) throws -> String {
            guard let line else { return "\(file) \(rule): " }
            let lines = fixture.files[file, default: ""].split(separator: "\n", omittingEmptySubsequences: false)
            return "\(file):\(try #require(lines.firstIndex { $0.contains(line) }) + 1) \(rule): "
        }
    }

    static let mistakes: [Mistake] = [
        // Names and the head.
        Mistake("number_prefix: BN", "number_prefix: bench", at: "number_prefix", "number_prefix"),
        Mistake("number_prefix: BN\n", "", at: "service: bench", "required"),
        Mistake("valid_from: 2026-01-01", "valid_from: 2026-02-30", at: "valid_from", "valid_from"),
        Mistake("department: gardens", "department: roads", at: "department", "department"),
        Mistake("    min: 1\n", "    when: { field: sex, values: [x] }\n", at: "name: seats", "when"),
        Mistake("    min: 1\n", "    when: { field: verdict, values: [x] }\n", at: "name: seats", "when"),
        Mistake("    min: 1\n", "    when: { field: sex }\n", at: "when: {", "required"),
        Mistake("interface: applications", "interface: letters", at: "interface", "type"),
        Mistake(
            "title: { id: Bangku taman, en: Park bench }", "title: { id: Bangku taman, en: }", at: "Bangku", "type"),
        Mistake("legal_basis: [Test]", "legal_basis: Test", at: "legal_basis", "type"),
        Mistake("legal_basis: [Test]", "legal_bases: [Test]", at: "legal_bases", "unknown_key"),
        Mistake("- name: seats", "- name: Seats", at: "- name: Seats", "name"),
        Mistake("- name: seats", "- name: born", at: "- name: born", "unique"),
        // Fields.
        Mistake("    personal: true\n", "", at: "- name: nik", "personal"),
        Mistake("type: integer", "type: number", at: "type: number", "type"),
        Mistake("min: 1", "min: 9", at: "- name: seats", "min"),
        Mistake("min: 1", "min: some", at: "min: some", "type"),
        Mistake("type: date", "type: choice", at: "- name: born", "choices"),
        Mistake("value: m,", "value: f,", at: "- name: sex", "choices"),
        Mistake("type: date", "type: code", at: "- name: born", "table"),
        Mistake("index: exact", "index: name", at: "- name: nik", "index"),
        Mistake("birth_date: born", "birth_date: seats", at: "- name: nik", "compare_with"),
        Mistake("female: f", "female: x", at: "- name: nik", "compare_with"),
        Mistake("decided: true", "decided: true\n    required: true", at: "- name: verdict", "decided"),
        // Documents, stages, actions.
        Mistake("required_for: [submit]", "required_for: [sit]", at: "- kind: sketch", "required_for"),
        Mistake("to: [waiting]", "to: [filed]", at: "name: waiting", "unreachable"),
        Mistake("    move_to: built\n", "    move_to: waiting\n", at: "name: waiting", "dead_end"),
        Mistake("to: [waiting]", "to: [waitng]", at: "- name: ask", "stage"),
        Mistake("    kind: submit\n", "", at: "- name: submit", "submit"),
        Mistake("name: built, ended: true,", "name: built,", at: "name: built", "dead_end"),
        Mistake("fields: [seats]", "fields: [chairs]", at: "- name: build", "field"),
        Mistake("fields: [seats]", "fields: [verdict]", at: "- name: build", "field"),
        Mistake("roles: [applicant]", "roles: []", at: "- name: submit", "roles"),
        Mistake("    kind: submit\n", "    kind: submit\n    from: [filed]\n", at: "- name: submit", "from"),
        // Clocks, lookups, the ladder.
        Mistake("runs_in: [filed]", "runs_in: [filed, built]", at: "- name: promise", "ended"),
        Mistake("paused_in: [waiting]", "paused_in: [filed]", at: "- name: promise", "paused_in"),
        Mistake("    calendar: days\n", "", at: "- name: promise", "calendar"),
        Mistake("amount: 5", "amount: 0", at: "amount: 0", "type"),
        Mistake("amounts: { f: 3 }", "amounts: { q: 3 }", at: "- name: promise", "amount_by"),
        Mistake("only: { field: sex, value: f }", "only: { field: sex, value: q }", at: "- name: promise", "only"),
        Mistake("    move_to: built\n", "", at: "- name: silence", "move_to"),
        Mistake("- { table: limit }", "- { table: limit, field: nobody }", at: "- { table: limit", "field"),
        Mistake(
            "escalation:\n  - { name: chief, title: { id: Kepala, en: Chief } }", "", at: "- name: promise",
            "escalation"),
        // YAML that is none, or that could grow without end.
        Mistake("legal_basis: [Test]", "legal_basis: [Test", at: "number_prefix", "syntax"),
        Mistake("legal_basis: [Test]", "legal_basis: &basis [Test]", at: "legal_basis", "anchor"),
        Mistake("version: 2026.10", "version: 2026.10\nversion: 2026.11", at: "version: 2026.10", "syntax"),
        // The other files.
        Mistake("abi_major: 1", "abi_major: 2", at: "abi_major", "abi_major", in: "manifest.yaml"),
        Mistake("services: [bench]", "services: [bench, swing]", at: "services", "services", in: "manifest.yaml"),
        Mistake("id: parks", "id: Parks!", at: "id: ", "id", in: "manifest.yaml"),
        Mistake("libParks.so", "../libParks.so", at: nil, "library", in: "manifest.yaml"),
        Mistake("bench,14", "bench,14\nbench,15", at: "bench,15", "unique", in: "tables/limit.csv"),
        Mistake("bench,14", "bench", at: "bench", "columns", in: "tables/limit.csv"),
        Mistake("bench,14", "\"bench,14", at: "bench", "csv", in: "tables/limit.csv"),
        Mistake("licence: public\n", "", at: "version", "required", in: "tables/limit.yaml"),
        Mistake("last_day: 2026-12-31", "last_day: 2025-12-31", at: "last_day", "last_day", in: "calendars/days.yaml"),
        Mistake("day: 2026-01-01,", "day: 2027-01-01,", at: "2027-01-01", "closed", in: "calendars/days.yaml"),
        Mistake("friday]", "freitag]", at: "open_weekdays", "open_weekdays", in: "calendars/days.yaml"),
    ]

    @Test("each mistake is told with file, line and rule", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        var fixture = BundleFixture()
        fixture.change(mistake.file, mistake.old, to: mistake.new)
        let refusals = try fixture.read().refusals
        let reason = try mistake.reason(in: fixture)
        #expect(refusals.contains { $0.hasPrefix(reason) }, "\(reason)not in \(refusals)")
    }

    @Test("ten mistakes in three files are ten reasons")
    func allAtOnce() throws {
        var fixture = BundleFixture()
        let nine = [
            Mistake("number_prefix: BN", "number_prefix: bench", at: "number_prefix", "number_prefix"),
            Mistake("type: integer", "type: number", at: "type: number", "type"),
            Mistake("    personal: true\n    required: true\n", "    required: true\n", at: "- name: nik", "personal"),
            Mistake("required_for: [submit]", "required_for: [sit]", at: "- kind: sketch", "required_for"),
            Mistake("fields: [seats]", "fields: [chairs]", at: "- name: build", "field"),
            Mistake("amounts: { f: 3 }", "amounts: { q: 3 }", at: "- name: promise", "amount_by"),
            Mistake("abi_major: 1", "abi_major: 2", at: "abi_major", "abi_major", in: "manifest.yaml"),
            Mistake(
                "contact: Gardens department", "contract: Gardens", at: "id: parks", "required", in: "manifest.yaml"),
            Mistake("bench,14", "bench,14\nbench,15", at: "bench,15", "unique", in: "tables/limit.csv"),
        ]
        for mistake in nine { fixture.change(mistake.file, mistake.old, to: mistake.new) }
        let refusals = try fixture.read().refusals
        for mistake in nine {
            let reason = try mistake.reason(in: fixture)
            #expect(refusals.contains { $0.hasPrefix(reason) }, "\(reason)not in \(refusals)")
        }
        // The eighth makes a tenth, because nobody knows the key `contract`; bounds of a field without a type make one more.
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
