// questionnaires/*.yaml → hub.v1.Questionnaire, with every rule that must hold within one.

import HubCore
import HubDomain
import HubProto

/// Reads what applicants are asked, and checks that an index follows from it: every element weighs the same, and every index
/// has its grade.
enum QuestionnaireReader {
    private static let elementsMax = 50
    private static let daysMax = 366
    private static let answersMax = 10_000
    private static let commentMax = 4_000
    /// Characters of an element's name, [A-Z][A-Z0-9]*.
    private static let nameMax = 8

    static func read(_ top: YAMLObject) -> HubQuestionnaire {
        var questionnaire = HubQuestionnaire()
        questionnaire.name = top.text("questionnaire", required: true)
        questionnaire.version = top.text("version", required: true)
        questionnaire.title = top.title()
        questionnaire.legalBasis = top.texts("legal_basis", required: true)
        questionnaire.openDays = UInt32(top.integer("open_days", 1...daysMax, required: true) ?? 1)
        questionnaire.answersMin = UInt32(top.integer("answers_min", 1...answersMax, required: true) ?? 1)
        questionnaire.elements = elements(top)
        questionnaire.bands = bands(top)
        if let comment = top.object("comment") {
            questionnaire.comment = .with {
                $0.title = comment.title()
                $0.lengthMax = UInt32(comment.integer("length_max", 1...commentMax, required: true) ?? 1)
            }
            comment.finish()
        }
        let weight = top.text("weight", required: true)
        if !weight.isEmpty, weight != "1/\(questionnaire.elements.count)" {
            top.find(
                "weight", "weight",
                "every element weighs the same: 1/\(questionnaire.elements.count), exactly and not as a decimal")
        }
        if !questionnaire.name.isEmpty, !Name.isIdentifier(questionnaire.name) {
            top.find("questionnaire", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        top.finish()
        return questionnaire
    }

    private static func elements(_ top: YAMLObject) -> [HubSurveyElement] {
        let blocks = top.objects("elements", required: true)
        if top.has("elements"), !(1...elementsMax).contains(blocks.count) {
            top.find("elements", "length", "1 to \(elementsMax) elements")
        }
        var seen: Set<String> = []
        return blocks.prefix(elementsMax).map { block in
            let element = element(block)
            if !element.name.isEmpty, !seen.insert(element.name).inserted {
                block.find("name", "unique", "another element is called \(element.name.prefix(nameMax))")
            }
            return element
        }
    }

    private static func element(_ block: YAMLObject) -> HubSurveyElement {
        defer { block.finish() }
        let name = block.text("name", required: true)
        if !name.isEmpty, !isName(name) {
            block.find("name", "name", "a capital letter, then up to 7 capitals or digits")
        }
        let answers = block.objects("answers", required: true).map { answer in
            defer { answer.finish() }
            return HubText.with {
                $0.id = answer.text("id", required: true)
                $0.en = answer.text("en", required: true)
            }
        }
        if block.has("answers"), answers.count != HubQuestionnaire.marks.count {
            block.find("answers", "answers", "four answers, the worst first")
        }
        return .with {
            ($0.name, $0.answers) = (name, Array(answers.prefix(HubQuestionnaire.marks.count)))
            $0.title = block.title()
        }
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
        return bytes.count <= nameMax && bytes.first.map(isCapital) == true
            && bytes.allSatisfy { isCapital($0) || (0x30...0x39).contains($0) }
    }

    private static func bands(_ top: YAMLObject) -> [HubSurveyBand] {
        var isReadable = true
        let bands = top.objects("bands", required: true).prefix(100).map { block in
            defer { block.finish() }
            let (from, through) = (hundredths("from", block), hundredths("through", block))
            if from == nil || through == nil { isReadable = false }
            return HubSurveyBand.with {
                $0.grade = block.text("grade", required: true)
                $0.title = block.title()
                ($0.from, $0.through) = (UInt32(from ?? 0), UInt32(through ?? 0))
            }
        }
        guard top.has("bands"), isReadable else { return bands }
        do throws(HubError) { _ = try HubQuestionnaire.with({ $0.bands = bands }).scale() } catch {
            let violation = error.violations.first
            top.find("bands", "bands", "\(violation?.field ?? "bands"): \(violation?.english ?? error.detail)")
        }
        return bands
    }

    /// `88.31` as 8831.
    private static func hundredths(_ key: String, _ block: YAMLObject) -> Int? {
        let text = block.text(key, required: true)
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count <= 3, parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let whole = Int(parts[0]),
            let part = Int(parts[1])
        else {
            block.find(key, "hundredths", "an index with two decimals, such as 88.31")
            return nil
        }
        return whole * 100 + part
    }
}
