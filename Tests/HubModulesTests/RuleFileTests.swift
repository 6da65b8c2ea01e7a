// Rules that come in a message instead of a bundle.

import Foundation
import HubCore
import HubModules
import HubProto
import Testing

@Suite("Rules in a message")
struct RuleFileTests {
    private func read(_ files: [(String, String)]) -> (rules: RuleSet, found: [String]) {
        let (rules, findings) = RuleFileReader().read(
            files.map { path, text in
                .with {
                    $0.path = path
                    $0.content = Data(text.utf8)
                }
            })
        return (rules, findings.map { "\($0.file):\($0.line) \($0.rule)" })
    }

    private let about = "{ version: \"2\", source: test, licence: free }"

    @Test("are read as they would be from a bundle, each with its file")
    func whole() throws {
        let bundle = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Plugins/Permits/bundle")
        let path = "services/izin-usaha.yaml"
        let text = try String(contentsOf: bundle.appendingPathComponent(path), encoding: .utf8)
        let (rules, found) = read([
            (path, text), ("tables/jalan.csv", "kode,nama\na,b\n"), ("tables/jalan.yaml", about),
        ])
        #expect(found == [])
        #expect(rules.definitions.map(\.file) == [path])
        #expect(rules.definitions.first?.rule.service == "izin-usaha")
        #expect(rules.all(HubTable.self).first?.rule.rows.map(\.values) == [["a", "b"]])
    }

    @Test("are told with file and line, all at once")
    func findings() {
        let (rules, found) = read([
            ("services/a.yaml", "service: a\nverison: x\n"), ("tables/b.csv", "kode\n"), ("tables/c.yaml", about),
        ])
        #expect(found.contains("services/a.yaml:2 unknown_key"))
        #expect(found.contains("services/a.yaml:1 required"))
        #expect(found.contains("tables/b.yaml:0 missing"))
        #expect(found.contains("tables/c.yaml:0 missing"))
        #expect(rules.all(HubTable.self).isEmpty)
    }

    @Test(
        "have the paths of a bundle and no others",
        arguments: [
            "izin.yaml", "/services/a.yaml", "../services/a.yaml", "services/../a.yaml", "services/a/b.yaml",
            "services/.a.yaml", "services/a\u{1B}[2J.yaml", "maps/a.yaml", "",
        ])
    func paths(_ path: String) {
        let (_, findings) = RuleFileReader().read([.with { $0.path = path }])
        #expect(findings.map(\.rule) == ["path"])
        #expect(findings.allSatisfy { !$0.file.contains("\u{1B}") })
    }

    @Test("that are nothing but mistakes are told up to a bound, and cost no more than that")
    func manyMistakes() {
        let csv = "a,b\n" + String(repeating: "x\n", count: 200_000)
        let (_, findings) = RuleFileReader().read([
            .with {
                $0.path = "tables/t.csv"
                $0.content = Data(csv.utf8)
            },
            .with {
                $0.path = "tables/t.yaml"
                $0.content = Data(about.utf8)
            },
        ])
        #expect(findings.count == 200)
    }

    @Test("are not read twice under one path, and no file that nobody would read")
    func twice() {
        let (_, found) = read([("calendars/a.csv", ""), ("tables/a.csv", "k\n1\n"), ("tables/a.csv", "k\n1\n")])
        #expect(found.contains("tables/a.csv:0 unique"))
        #expect(found.contains("calendars/a.csv:0 file"))
    }
}

@Suite("An organisation's file")
struct OrganisationFileTests {
    private let sound = """
        name: makmur
        version: "1"
        source: test
        units:
          - { code: kabupaten, title: { id: A, en: A } }
          - { code: dinas, title: { id: B, en: B }, parent: kabupaten, department: pupr, areas: ["34"] }
        positions:
          - { code: kepala, title: { id: C, en: C }, unit: dinas, rung: kepala-dinas }
          - { code: staf, title: { id: D, en: D }, unit: dinas }
        officers:
          - { principal: "urn:elayanan:pupr:k", positions: [kepala] }
          - { principal: "urn:elayanan:pupr:s", positions: [staf] }
          - { principal: "urn:elayanan:pupr:t", positions: [staf] }

        """

    private func found(_ text: String) -> [String] {
        RuleFileReader().read([
            .with {
                $0.path = "organisation/makmur.yaml"
                $0.content = Data(text.utf8)
            }
        ]).findings.map { "\($0.line) \($0.rule)" }
    }

    @Test("becomes the chart that it says")
    func whole() throws {
        let (rules, findings) = RuleFileReader().read([
            .with {
                $0.path = "organisation/makmur.yaml"
                $0.content = Data(sound.utf8)
            }
        ])
        #expect(findings == [])
        let organisation = try #require(rules.all(HubOrganisation.self).first?.rule)
        #expect(organisation.units.map(\.code) == ["kabupaten", "dinas"])
        #expect(organisation.units[1].areas == ["34"])
        #expect(organisation.positions.map(\.rung) == ["kepala-dinas", ""])
        #expect(organisation.officers.map(\.positions) == [["kepala"], ["staf"], ["staf"]])
    }

    @Test(
        "is refused with file, line and rule",
        arguments: [
            ("parent: kabupaten", "parent: nowhere", "6 parent"), ("code: dinas", "code: Dinas", "6 code"),
            ("parent: kabupaten,", "", "5 root"), ("unit: dinas, rung", "unit: nowhere, rung", "8 unit"),
            ("positions: [kepala]", "positions: [nobody]", "11 positions"),
            ("urn:elayanan:pupr:k", "pupr:k", "11 principal"),
            ("urn:elayanan:pupr:t", "urn:elayanan:pupr:s", "12 unique"),
            ("code: staf", "code: kepala", "8 unique"),
        ])
    func refused(_ old: String, _ new: String, _ expected: String) {
        let findings = found(sound.replacingOccurrences(of: old, with: new))
        #expect(findings.contains(expected), "\(findings)")
    }

    @Test("that is deeper than an organisation can be is refused, not counted for ever")
    func tooDeep() {
        let units = (1...3_000).map { "  - { code: u\($0), title: { id: A, en: A }, parent: u\($0 - 1) }" }
        let text = """
            name: m
            version: "1"
            source: s
            units:
              - { code: u0, title: { id: A, en: A } }
            \(units.joined(separator: "\n"))
            positions:
              - { code: p, title: { id: A, en: A }, unit: u0 }

            """
        #expect(found(text).contains { $0.hasSuffix("parent") })
    }

    @Test("of this regency is sound")
    func ours() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Plugins/Reference/bundle/organisation/makmur.yaml")
        #expect(found(try String(contentsOf: path, encoding: .utf8)) == [])
    }
}
