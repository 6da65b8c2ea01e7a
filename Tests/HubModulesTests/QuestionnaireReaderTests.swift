// Questionnaires as people write them.

import Foundation
import HubCore
import HubModules
import HubProto
import Testing

@Suite("Questionnaires")
struct QuestionnaireReaderTests {
    private func read(_ name: String, _ change: (inout String) -> Void = { _ in }) throws -> (
        HubQuestionnaire?, [String]
    ) {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Plugins/Reference/bundle/questionnaires")
        var text = try String(contentsOf: folder.appendingPathComponent("\(name).yaml"), encoding: .utf8)
        change(&text)
        let (rules, findings) = RuleFileReader().read([
            .with { ($0.path, $0.content) = ("questionnaires/\(name).yaml", Data(text.utf8)) }
        ])
        return (rules.all(HubQuestionnaire.self).first?.rule, findings.map { "\($0.line) \($0.rule)" })
    }

    @Test("the nine elements of the regulation weigh a ninth each, and its bands leave no gap")
    func regulation() throws {
        let (questionnaire, found) = try read("skm")
        #expect(found == [])
        let skm = try #require(questionnaire)
        #expect(skm.elements.map(\.name) == (1...9).map { "U\($0)" })
        #expect(skm.elements.allSatisfy { $0.answers.count == 4 && !$0.title.id.isEmpty && !$0.title.en.isEmpty })
        let scale = try skm.scale()
        // Row 15: an index of 85 is not the best grade.
        #expect(
            [6_499, 6_500, 7_660, 7_661, 8_500, 8_830, 8_831].map(scale.grade) == ["D", "C", "C", "B", "B", "B", "A"])
    }

    @Test("a complaint is judged by three questions of the same kind")
    func short() throws {
        let (questionnaire, found) = try read("penilaian-aduan")
        #expect(found == [] && questionnaire?.elements.count == 3)
    }

    @Test(
        "a weight that is no ninth, a band that leaves a gap and a question with three answers are told by their lines",
        arguments: [
            ("weight: 1/9", "weight: 0.111", "weight"), ("weight: 1/9", "weight: 1/10", "weight"),
            ("from: 88.31", "from: 88.32", "bands"), ("through: 76.60", "through: 76.6", "hundredths"),
            ("      - { id: \"Gratis\", en: \"Free\" }\n", "", "answers"), ("name: U2", "name: U1", "unique"),
            ("open_days: 30", "open_days: 0", "type"), ("name: U9", "name: u9", "name"),
        ])
    func wrong(_ old: String, _ new: String, _ rule: String) throws {
        let found = try read("skm") { $0 = $0.replacingOccurrences(of: old, with: new) }.1
        #expect(found.contains { $0.hasSuffix(" \(rule)") && !$0.hasPrefix("0 ") }, "\(found)")
    }
}
