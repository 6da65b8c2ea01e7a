// Questionnaires that a regency wrote, and what citizens answer to them.

import HubDomain
import HubProto
import SwiftProtobuf

@testable import HubCore
@testable import HubModules

extension FuzzTarget {
    static let surveys = [questionnaire, judgement]

    /// What is sound gives an index between 25 and 100 with a grade, whatever is answered.
    private static let questionnaire = FuzzTarget(
        "questionnaire", bytesMax: 8_192,
        verdicts: anyFile.union(["name", "length", "unique", "weight", "answers", "bands", "hundredths"])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let questionnaire = QuestionnaireReader.read(top)
            try roundTrip(questionnaire)
            guard top.findings.all.isEmpty else { return }
            for mark in HubQuestionnaire.marks {
                let marks = questionnaire.elements.map { element in
                    HubSurveyMark.with { ($0.element, $0.mark) = (element.name, mark) }
                }
                try promise(
                    questionnaire.violations(marks: marks, comment: "").isEmpty, "a sound questionnaire takes no answer"
                )
                var tally = SatisfactionTally(elements: marks.count)
                guard (try? tally.add(marks.map { Int($0.mark) })) != nil, let index = SatisfactionIndex(tally),
                    let scale = try? questionnaire.scale()
                else { throw BrokenPromise(description: "a sound questionnaire gives no index") }
                try promise(index.hundredths == Int(mark) * 2_500, "all marks of \(mark) give \(index.hundredths)")
                try promise(!scale.grade(of: index.hundredths).isEmpty, "an index has no grade")
            }
        }
    }

    /// An answer that is taken has one mark from 1 to 4 for each element and no other.
    private static let judgement = FuzzTarget(
        "judgement", bytesMax: 1_024,
        verdicts: [.accepted, "E1005", "required", "unique", "choices", "unknown", "length_max", "control"]
    ) { (input) throws(BrokenPromise) in
        let questionnaire = HubQuestionnaire.with {
            $0.elements = ["U1", "U2"].map { name in .with { $0.name = name } }
            $0.comment.lengthMax = 40
        }
        var broken: Verdict?
        let verdict = try verdict { () throws(HubError) in
            let request = try LayananSurveyAnswerRequest(edge: [UInt8](input))
            let wrong = questionnaire.violations(marks: request.marks, comment: request.comment)
            if let first = wrong.first {
                broken = Verdict(first.rule)
                return .accepted
            }
            let response = questionnaire.response(request.marks, comment: request.comment, atMillis: 1)
            guard response.marks.map(\.element) == ["U1", "U2"],
                response.marks.allSatisfy({ (1...4).contains($0.mark) }), request.marks.count == 2
            else { throw HubError(.internalFault, "an answer is taken that is none") }
            return .accepted
        }
        return broken ?? verdict
    }
}
