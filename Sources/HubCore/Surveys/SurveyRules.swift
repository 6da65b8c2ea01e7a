// When a case can be judged, and what an answer must be. Pure.

package import HubDomain
package import HubProto

/// One case before its questionnaire.
struct SurveyRules: Sendable {
    let state: HubCase
    /// Nil = the service asks nothing.
    let questionnaire: HubQuestionnaire?
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// - Parameter catalogue: Says which questionnaire the case's definition names.
    init(_ state: HubCase, _ catalogue: ServiceCatalogue, nowMillis: Int64) {
        self.state = state
        self.catalogue = catalogue
        self.nowMillis = nowMillis
        questionnaire = catalogue.questionnaire(of: state)
    }

    /// When the case ended here, milliseconds since 1970 UTC; nil while it goes on. One that had ended in an older register is
    /// not the hub's to be judged.
    var endedMillis: Int64? { state.endedElsewhere ? nil : state.endedMillis }

    /// The last day on which it may be answered; nil while the case goes on, and for one that asks nothing.
    var lastDay: CalendarDate? {
        guard let questionnaire, let endedMillis else { return nil }
        return catalogue.today(endedMillis).adding(days: Int(questionnaire.openDays))
    }

    /// Why the case cannot be judged by anybody now; nil = it can.
    var obstacle: Violation? {
        guard questionnaire != nil else { return .nothingAsked }
        guard !state.hasSurvey else { return .judgedAlready }
        guard let lastDay else { return .notEnded }
        return catalogue.today(nowMillis) > lastDay ? .judgedTooLate(lastDay) : nil
    }
}

extension ServiceCatalogue {
    /// What the applicant of a case is asked once it has ended; nil = nothing.
    func questionnaire(of state: HubCase) -> HubQuestionnaire? {
        guard let definition = try? definition(of: state) else { return nil }
        return questionnaires[definition.questionnaire]
    }
}

extension HubCase {
    /// For everybody but its applicant.
    var withoutMarks: HubCase {
        guard hasSurvey, !survey.marks.isEmpty else { return self }
        var state = self
        state.survey.marks = []
        return state
    }
}

extension HubEvent {
    /// For everybody: the marks stand in the log alone, where the sums can be proved by them.
    var withoutMarks: HubEvent {
        guard hasSurvey else { return self }
        var event = self
        event.survey.marks = []
        return event
    }
}

extension HubQuestionnaire {
    /// Best and worst mark.
    package static let marks: ClosedRange<UInt32> = 1...4

    /// What is wrong with an answer; empty = it counts. Nothing is repeated of what was written.
    package func violations(marks given: [HubSurveyMark], comment text: String) -> [Violation] {
        let known = Set(elements.map(\.name))
        var wrong: [Violation] = []
        for element in elements {
            let own = given.filter { $0.element == element.name }
            if own.isEmpty {
                wrong.append(.unmarked(element.name))
            } else if own.count > 1 {
                wrong.append(.markedTwice(element.name))
            } else if !own.allSatisfy({ Self.marks.contains($0.mark) }) {
                wrong.append(.noMark(element.name))
            }
        }
        if given.contains(where: { !known.contains($0.element) }) { wrong.append(.unknownElement) }
        guard !text.isEmpty else { return wrong }
        guard hasComment else { return wrong + [.noComment] }
        return wrong
            + FormRules.violations(note: text, max: Int(comment.lengthMax), demanded: false).map { violation in
                Violation("comment", violation.rule, id: violation.indonesian, en: violation.english)
            }
    }

    /// An answer without fault, in the questionnaire's order.
    package func response(_ given: [HubSurveyMark], comment: String, atMillis: Int64) -> HubSurveyResponse {
        let marks = Dictionary(given.map { ($0.element, $0) }) { first, _ in first }
        return .with {
            ($0.questionnaire, $0.version, $0.comment, $0.atMs) = (name, version, comment, atMillis)
            $0.marks = elements.compactMap { marks[$0.name] }
        }
    }
}

// MARK: What citizens read

extension Violation {
    static let nothingAsked = Self(
        "case", "none", id: "Layanan ini tidak mempunyai survei.", en: "This service has no survey.")
    static let notEnded = Self(
        "case", "not_ended", id: "Berkas belum selesai; nilai setelah selesai.",
        en: "The case has not ended; judge it when it has.")
    static let notApplicant = Self(
        "case", "applicant", id: "Hanya pemohon yang menilai, lewat kanal warga.",
        en: "Only the applicant judges the case, through a citizens' channel.")
    static let judgedAlready = Self(
        "case", "answered", id: "Penilaian sudah diterima. Terima kasih.", en: "It was judged already. Thank you.")
    static func judgedTooLate(_ lastDay: CalendarDate) -> Self {
        Self(
            "case", "late", id: "Survei ditutup sejak \(lastDay.indonesian).",
            en: "The survey has been closed since \(lastDay).")
    }
    static let otherVersion = Self(
        "version", "version", id: "Pertanyaan telah diperbarui; buka survei sekali lagi.",
        en: "The questions are others now: open the survey once more.")

    fileprivate static func unmarked(_ element: String) -> Self {
        Self(element, "required", id: "Pilih satu jawaban.", en: "Choose an answer.")
    }
    fileprivate static func markedTwice(_ element: String) -> Self {
        Self(element, "unique", id: "Pilih satu jawaban saja.", en: "Choose one answer only.")
    }
    fileprivate static func noMark(_ element: String) -> Self {
        Self(element, "choices", id: "Pilih 1, 2, 3, atau 4.", en: "Choose 1, 2, 3 or 4.")
    }
    fileprivate static let unknownElement = Self(
        "marks", "unknown", id: "Jawab hanya pertanyaan survei ini.", en: "Answer only what this survey asks.")
    fileprivate static let noComment = Self(
        "comment", "not_asked", id: "Kosongkan: survei ini tidak meminta komentar.",
        en: "Leave it empty: this survey asks for no comment.")
}
