// Citizens judge their cases: most once, some twice, some too early and some not whole; an office tries to judge itself.

import HubClient
import HubDomain
import HubProto

/// What citizens said of one service, as they remember it.
struct Judged: Sendable {
    let questionnaire: HubQuestionnaire
    /// By element: how often 1, 2, 3 and 4 were given.
    var counts: [[Int64]]
    var people: Int64 = 0
}

extension Day {
    /// Sixteen at a time, so that several change the same sums at once.
    mutating func judgeServices() async throws {
        let (town, cases) = (town, cases)
        let states = try await concurrently(cases, width: 16) { try await town.read($0.number, as: town.admin) }
        var asked: [String: HubQuestionnaire] = [:]
        for service in Set(states.map(\.service)).sorted() {
            let request = LayananQuestionnaireRequest.with { $0.service = service }
            asked[service] = try await town.channel.survey.questionnaire(request).message.questionnaire
        }
        var answers: [Answered] = []
        for (open, state) in zip(cases, states) where state.ended && people.chance.happens(percent: 70) {
            guard let questionnaire = asked[state.service] else { continue }
            let marks = questionnaire.elements.map { _ in people.chance.pick([4, 4, 3, 3, 3, 2, 1]) ?? 3 }
            answers.append(Answered(open: open, questionnaire: questionnaire, marks: marks, key: people.chance.key()))
        }
        try await refuseJudgements(answers, cases.filter { $0.petition.life.isIgnored })
        let taken = try await concurrently(answers, width: 16) { try await $0.give(town) }
        promises.check(
            "whoever judges a case that has ended is counted", taken.allSatisfy { $0 == nil } && !answers.isEmpty,
            broken: taken.compactMap { $0?.description }.first ?? "nobody judged")
        let again = try await concurrently(Array(answers.prefix(16)), width: 16) { try await $0.give(town, anew: true) }
        promises.check(
            "nobody judges a case twice", again.allSatisfy { $0?.violations.map(\.rule) == ["answered"] },
            broken: again.compactMap { $0?.description }.first ?? "counted twice")
        for answer in answers { count(answer) }
        onlooker.tell("\(answers.count) citizens judge how it was")
    }

    /// What is no judgement is refused with everything that is wrong.
    private func refuseJudgements(_ answers: [Answered], _ running: [OpenCase]) async throws {
        guard let first = answers.first else { return }
        var incomplete = first
        incomplete.marks[0] = 5
        incomplete.marks.removeLast()
        let wrong = try await incomplete.give(town, anew: true)?.violations.map { "\($0.field) \($0.rule)" }
        let last = first.questionnaire.elements.last?.name ?? ""
        promises.check(
            "a judgement that is not whole is refused, and every element that lacks a mark is named",
            wrong == ["\(first.questionnaire.elements[0].name) choices", "\(last) required"],
            broken: wrong?.joined(separator: ", ") ?? "counted")
        let office = try town.office(first.open.petition.service).officer
        let own = try await first.give(town, through: office, anew: true)?.violations.map(\.rule)
        promises.check("no office judges itself", own == ["applicant"], broken: own?.first ?? "counted")
        for open in running.prefix(1) {
            let early = Answered(open: open, questionnaire: first.questionnaire, marks: first.marks, key: first.key)
            let rules = try await early.give(town, anew: true)?.violations.map(\.rule) ?? []
            promises.check(
                "nobody judges a case that goes on", rules.contains("not_ended"), broken: rules.first ?? "counted")
        }
    }

    private mutating func count(_ answer: Answered) {
        let none = Judged(
            questionnaire: answer.questionnaire, counts: answer.marks.map { _ in [0, 0, 0, 0] })
        let service = answer.open.petition.service
        judged[service, default: none].people += 1
        for (element, mark) in answer.marks.enumerated() { judged[service]?.counts[element][mark - 1] += 1 }
    }
}

/// One citizen's judgement.
private struct Answered: Sendable {
    let open: OpenCase
    let questionnaire: HubQuestionnaire
    var marks: [Int]
    let key: [UInt8]

    /// Returns why it was refused; nil = it was counted.
    ///
    /// - Parameters:
    ///   - client: nil = the citizens' channel.
    ///   - anew: With another key.
    func give(_ town: Town, through client: HubClient? = nil, anew: Bool = false) async throws -> HubError? {
        var options = CallOptions()
        options.onBehalfOf = open.petition.citizen
        if !anew { options.idempotencyKey = key }
        let request = LayananSurveyAnswerRequest.with {
            ($0.case, $0.version) = (open.number, questionnaire.version)
            $0.marks = zip(questionnaire.elements, marks).map { element, mark in
                .with { ($0.element, $0.mark) = (element.name, UInt32(mark)) }
            }
            if questionnaire.hasComment { $0.comment = "Saya \(open.petition.citizen): mohon lebih cepat." }
        }
        do throws(HubError) {
            _ = try await (client ?? town.channel).survey.answer(request, options: options)
            return nil
        } catch {
            guard error.code == .surveyRefused else { throw error }
            return error
        }
    }
}
