// PROTOCOL.md against the kit: every rule is proved, and nothing proves a rule that is not there.

import Foundation
import HubConformance
import Testing

@Suite("rules and their proofs")
struct RuleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private let text: String
    private let cases: [ConformanceCase]

    init() throws {
        text = try String(contentsOf: Self.root.appending(path: "Protos/PROTOCOL.md"), encoding: .utf8)
        cases = try CaseLibrary.load()
    }

    /// Rules as the text numbers them.
    private var rules: [String] { text.matches(of: /\n- \*\*(W-\d+)\*\*/).map { String($0.1) } }

    /// Rule to what section 16 names: ids of cases, and sentences of tests.
    private var table: [String: (cases: [String], tests: [String])] {
        var table: [String: (cases: [String], tests: [String])] = [:]
        for row in text.matches(of: /\n\| (W-\d+) \| ([^\n]*) \|/) {
            let tests = row.2.matches(of: /“([^”]+)”/).map { String($0.1) }
            let ids = row.2.replacing(/“[^”]+”/, with: "").matches(of: /[a-z0-9_]+/).map { String($0.0) }
            table[String(row.1)] = (ids, tests)
        }
        return table
    }

    @Test("rules are numbered for life: each number once, none left out")
    func numbers() {
        let numbers = rules.compactMap { Int($0.dropFirst(2)) }
        #expect(numbers.sorted() == Array(1...numbers.count))
        #expect(numbers.count > 60)
    }

    @Test("every rule names a case or a test that proves it")
    func proved() {
        let table = table
        for rule in rules {
            let proofs = table[rule]
            #expect(
                !(proofs?.cases.isEmpty ?? true) || !(proofs?.tests.isEmpty ?? true), "\(rule) is proved by nothing")
        }
        #expect(Set(table.keys) == Set(rules))
    }

    @Test("section 16 names the cases that say they prove a rule, and no others; Scripts/rules.py writes it")
    func sameCases() {
        let table = table
        let limits = text.matches(of: /\*\*(L-\d+)\*\*/).map { String($0.1) }
        for (rule, ids) in CaseLibrary.proofs(cases) where rule.hasPrefix("W-") {
            #expect(table[rule]?.cases == ids.sorted(), "\(rule)")
        }
        for found in cases {
            for rule in found.rules { #expect(rules.contains(rule) || limits.contains(rule), "\(found.id): \(rule)") }
        }
        let known = Set(cases.map(\.id))
        for (rule, proofs) in table { #expect(known.isSuperset(of: proofs.cases), "\(rule)") }
    }

    @Test("a test that proves a rule exists, word for word")
    func testsExist() throws {
        var sentences: Set<String> = []
        let tests = Self.root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(of: /@Test\(\s*"([^"]+)"/) { sentences.insert(String(match.1)) }
        }
        for (rule, proofs) in table {
            for test in proofs.tests { #expect(sentences.contains(test), "\(rule): no test “\(test)”") }
        }
    }
}
