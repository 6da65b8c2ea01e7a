// Questionnaires and indices, as hubctl shows them.

import HubProto

extension LayananQuestionnaireReply {
    /// `{"questionnaire","version","title","legal_basis","open_days","answers_min","comment","elements","bands"}`, and of a case
    /// `"open","last_day","reason","answered"`. Marks that were given are shown to nobody here: they are the applicant's.
    func detail(name: String, ofCase: Bool) -> Detail {
        let asked = questionnaire
        var lines = Detail.lines([
            ("Questionnaire", hasQuestionnaire ? "\(asked.name) \(asked.version)" : "none"),
            ("Title", asked.title.english), ("Answered", given.atMs == 0 ? "" : Moment.minute(given.atMs)),
            ("Open", ofCase ? (open ? "until \(lastDay)" : "no: \(reason.english)") : "\(asked.openDays) days"),
        ])
        for element in asked.elements {
            lines.append("\(element.name)  \(element.title.english)")
            lines += element.answers.enumerated().map { "      \($0 + 1)  \($1.english)" }
        }
        var members: [(String, JSON)] = [
            ("questionnaire", .text(asked.name)), ("version", .text(asked.version)), ("title", asked.title.json),
            ("legal_basis", .strings(asked.legalBasis)), ("open_days", .unsigned(UInt64(asked.openDays))),
            ("answers_min", .unsigned(UInt64(asked.answersMin))), ("comment", .bool(asked.hasComment)),
            (
                "elements",
                .array(
                    asked.elements.map { element in
                        .object(members: [
                            ("element", .string(element.name)), ("title", element.title.json),
                            ("answers", .array(element.answers.map(\.json))),
                        ])
                    })
            ),
            (
                "bands",
                .array(
                    asked.bands.map { band in
                        .object(members: [
                            ("grade", .string(band.grade)), ("title", band.title.json),
                            ("from", .string(Quantity.hundredths(band.from))),
                            ("through", .string(Quantity.hundredths(band.through))),
                        ])
                    })
            ),
        ]
        if ofCase {
            members += [
                ("open", .bool(open)), ("last_day", .text(lastDay)), ("reason", reason.json),
                ("answered", .moment(given.atMs)),
            ]
        }
        return Detail(kind: "questionnaire", name: name, text: lines, members: members)
    }
}

extension LayananSurveyIndex {
    static let columns: [Table.Column] = [
        .text("QUESTIONNAIRE", shrinks: true), .text("VERSION"), .count("ANSWERS"), .count("RATE"), .count("INDEX"),
        .text("GRADE"), .count("SATISFIED"), .wide("ELEMENTS"),
    ]

    func row(of result: LayananSurveyResult) -> [String] {
        [
            result.questionnaire, version, String(respondents),
            result.ended == 0 ? "" : "\(Quantity.hundredths(result.rate)) %",
            withheld ? "too few" : Quantity.hundredths(hundredths),
            withheld ? "" : "\(grade) \(gradeTitle.english)", withheld ? "" : "\(Quantity.hundredths(share)) %",
            elements.map { "\($0.element) \(Quantity.hundredths($0.hundredths))" }.joined(separator: ", "),
        ]
    }

    /// `{"questionnaire","version","answers","ended","rate","withheld","numerator","denominator","index","interval","grade",
    /// "grade_title","satisfied","marks","share","elements"}`; from `numerator` on null while withheld. Decimals are texts, so
    /// that nothing is rounded twice.
    func members(of result: LayananSurveyResult) -> [(String, JSON)] {
        func told(_ value: JSON) -> JSON { withheld ? .null : value }
        return [
            ("questionnaire", .string(result.questionnaire)), ("version", .string(version)),
            ("answers", .unsigned(respondents)), ("ended", .unsigned(result.ended)),
            ("rate", .string(Quantity.hundredths(result.rate))), ("withheld", .bool(withheld)),
            ("numerator", told(.unsigned(numerator))), ("denominator", told(.unsigned(denominator))),
            ("index", told(.string(Quantity.hundredths(hundredths)))), ("interval", told(.unsigned(UInt64(interval)))),
            ("grade", told(.string(grade))), ("grade_title", told(gradeTitle.json)),
            ("satisfied", told(.unsigned(satisfied))), ("marks", told(.unsigned(marks))),
            ("share", told(.string(Quantity.hundredths(share)))),
            (
                "elements",
                .array(
                    elements.map { element in
                        .object(members: [
                            ("element", .string(element.element)), ("title", element.title.json),
                            ("index", .string(Quantity.hundredths(element.hundredths))),
                            ("counts", .array(element.counts.map(JSON.unsigned))),
                        ])
                    })
            ),
        ]
    }
}

extension Quantity {
    /// 8831 as `88.31`.
    static func hundredths(_ value: UInt32) -> String {
        let part = value % 100
        return "\(value / 100).\(part < 10 ? "0" : "")\(part)"
    }
}
