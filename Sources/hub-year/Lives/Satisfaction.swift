// What citizens say when a case has ended: answers that follow from what they went through, given through the hub.

import HubDomain
import HubProto

/// What people were asked and said, service by service; the hub's sums are compared with it.
struct SurveyCount: Sendable {
    /// By place of the service; none for one that asks nothing.
    var questionnaires: [Int: HubQuestionnaire] = [:]
    /// As people remember it.
    var tallies: [Int: SatisfactionTally] = [:]
    /// Who came when the survey had closed.
    var late = 0
    /// By place of the service: what the hub says at the end.
    var results: [Int: LayananSurveyResult] = [:]
}

extension HubYear {
    /// Who is going to answer, and when.
    mutating func planSurvey(_ life: Int, at ended: Int64) {
        var chance = chance.stream("survey", life)
        guard chance.happens(scenario.survey.share.value) else { return }
        agenda.add(
            .survey(case: life),
            at: max(ended, inside.clock.nowMillis()) + Int64(scenario.survey.delay.draw(&chance) * 86_400_000))
    }

    mutating func answer(_ life: Int, at now: Int64) async throws {
        let service = lives[life].service
        guard lives[life].isEnded, let asked = try await questionnaire(of: service) else { return }
        let marks = marks(life, asked.elements.count)
        let request = LayananSurveyAnswerRequest.with {
            ($0.case, $0.version) = (lives[life].number, asked.version)
            $0.marks = zip(asked.elements, marks).map { element, mark in
                .with { ($0.element, $0.mark) = (element.name, UInt32(mark)) }
            }
        }
        do {
            _ = try await call(.answerSurvey, request, as: LayananSurveyAnswerReply.self, by: .portal, life: life)
        } catch let error as HubError where error.violations.map(\.rule) == ["late"] {
            survey.late += 1
            return
        }
        try survey.tallies[service, default: SatisfactionTally(elements: asked.elements.count)].add(marks)
    }

    private mutating func questionnaire(of service: Int) async throws -> HubQuestionnaire? {
        if let known = survey.questionnaires[service] { return known }
        let request = LayananQuestionnaireRequest.with { $0.service = services[service].plan.code }
        let reply = try await inside.call(.questionnaire, request, as: LayananQuestionnaireReply.self, by: .portal)
        survey.questionnaires[service] = reply.hasQuestionnaire ? reply.questionnaire : nil
        return survey.questionnaires[service]
    }

    /// Nine elements, or fewer that are each like one of the nine. Time weighs twice for what came late.
    private func marks(_ life: Int, _ count: Int) -> [Int] {
        let plan = scenario.survey
        var chance = chance.stream("answers", life)
        let clocks = lives[life].clocks
        let isLate = services[lives[life].service].promises.contains {
            clocks.indices.contains($0) && clocks[$0] == .passed
        }
        let mood = plan.sigma.value * chance.normal()
        let elements = count == plan.short.count ? plan.short : Array(0..<count)
        return elements.map { element in
            let usual = plan.means.indices.contains(element) ? plan.means[element] : 3
            var mean = usual + mood - plan.repair.value * Double(min(lives[life].repairs, 2))
            if isLate { mean -= plan.late.value * (element == Self.timeElement ? 2 : 1) }
            return min(max(Int((mean + plan.sigma.value * chance.normal()).rounded()), 1), 4)
        }
    }

    /// U3 of the nine.
    private static let timeElement = 2

    /// What the hub makes of the answers, service by service.
    mutating func readIndices() async throws {
        let last = CalendarDate(dayNumber: hours.day(of: endMillis))
        for service in survey.questionnaires.keys.sorted() {
            let request = LayananSurveyIndexRequest.with {
                $0.service = services[service].plan.code
                ($0.firstMonth, $0.lastMonth) = (String(scenario.start.iso.prefix(7)), String(last.iso.prefix(7)))
            }
            let reply = try await inside.call(.surveyIndex, request, as: LayananSurveyIndexReply.self, by: .admin)
            survey.results[service] = reply.questionnaires.first
        }
    }
}

extension SurveyCount {
    /// Every index is that of the answers that people gave, to the last digit, or is told to nobody for want of answers.
    var isExact: Bool {
        tallies.allSatisfy { service, tally in
            guard let result = results[service], let told = result.versions.first, result.versions.count == 1,
                let own = SatisfactionIndex(tally), let asked = questionnaires[service]
            else { return false }
            let isTold = tally.respondents >= Int64(asked.answersMin)
            return Int64(result.answers) == tally.respondents && told.withheld != isTold
                && (!isTold
                    || (Int64(told.numerator) == own.numerator && Int64(told.denominator) == own.denominator
                        && Int(told.hundredths) == own.hundredths && Int(told.share) == own.satisfied
                        && told.elements.map { Int($0.hundredths) } == own.elements))
        }
    }
}
