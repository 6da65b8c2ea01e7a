// Applicants read what they are asked and judge their cases: an answer and the sums that it changes are one commit.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Survey`, without Index.
struct SurveyDesk: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let access: CaseAccess
    let clock: any HubClock

    /// How often an answer is counted anew after others changed the same sums. Of those that meet at least one comes through.
    private static let attempts = 64

    // MARK: Reading

    func questionnaire(
        _ context: CallContext, _ request: LayananQuestionnaireRequest
    ) async throws(HubError) -> LayananQuestionnaireReply {
        let (catalogue, now) = (rulebook.catalogue, clock.nowMillis())
        guard request.case.isEmpty else {
            return try await questionnaire(
                for: CaseReads(ledger: ledger, access: access).find(request.case, context.actor), context.actor,
                catalogue, now)
        }
        guard let definition = catalogue.current(request.service, today: catalogue.today(now)) else {
            throw HubError(.serviceUnknown, "no such service; see Catalogue/List")
        }
        return .with {
            if let found = catalogue.questionnaires[definition.questionnaire] { $0.questionnaire = found }
        }
    }

    private func questionnaire(
        for state: HubCase, _ actor: HubActor, _ catalogue: ServiceCatalogue, _ now: Int64
    ) async throws(HubError) -> LayananQuestionnaireReply {
        let rules = SurveyRules(state, catalogue, nowMillis: now)
        let obstacle = rules.obstacle ?? (judges(actor, state) ? nil : .notApplicant)
        return .with {
            if let questionnaire = rules.questionnaire { $0.questionnaire = questionnaire }
            $0.open = obstacle == nil
            $0.lastDay = rules.lastDay?.iso ?? ""
            if let obstacle { $0.reason = .with { ($0.id, $0.en) = (obstacle.indonesian, obstacle.english) } }
            if state.hasSurvey { $0.given = access.view(of: state, for: actor).survey }
        }
    }

    /// Applicants do, through a citizens' channel; no office does, of its own cases either.
    private func judges(_ actor: HubActor, _ state: HubCase) -> Bool {
        access.isApplicant(actor, of: state) && access.policy.applicants.contains(actor.role)
    }

    // MARK: Answering

    func answer(_ context: CallContext, _ request: LayananSurveyAnswerRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        for _ in 1...Self.attempts {
            let before = try await CaseReads(ledger: ledger, access: access).find(request.case, context.actor)
            let outcome = try await rulebook.use { catalogue throws(HubError) in
                try await take(request, before, catalogue, context)
            }
            if let answer = try outcome.callAnswer() { return answer }
        }
        throw HubError(.versionStale, "many answers came at the same time; try again", retryAfterMillis: 500)
    }

    private func take(
        _ request: LayananSurveyAnswerRequest, _ before: HubCase, _ catalogue: ServiceCatalogue, _ context: CallContext
    ) async throws(HubError) -> CommitOutcome {
        let now = clock.nowMillis()
        let rules = SurveyRules(before, catalogue, nowMillis: now)
        var wrong = [judges(context.actor, before) ? nil : .notApplicant, rules.obstacle].compactMap(\.self)
        let asked = try await asked(request.version, rules)
        if let asked {
            wrong += asked.violations(marks: request.marks, comment: request.comment)
        } else if rules.questionnaire != nil {
            wrong.append(.otherVersion)
        }
        guard let asked, wrong.isEmpty else {
            throw HubError(.surveyRefused, "the case cannot be judged like this", violations: wrong)
        }
        var state = before
        state.survey = asked.response(request.marks, comment: request.comment, atMillis: now)
        state.follow(before, now)
        let tally = try await SurveyTallies(ledger: ledger).adding(
            state.survey, of: state, month: catalogue.today(now).monthText)
        var commit = Commit(
            state, after: before, .surveyed, key: context.commitKey, try catalogue.definition(of: before),
            records: [tally]
        ) { event in
            event.actor = context.actor
            event.survey = state.survey
            event.survey.comment = ""
        }
        commit.answer = try LayananSurveyAnswerReply.with {
            ($0.number, $0.caseVersion) = (state.number, state.version)
        }.ledgerBytes()
        return try await journal.commit(commit)
    }

    /// The version that was read: the one in force, or one that still was when the case ended. Nil = neither.
    private func asked(_ version: String, _ rules: SurveyRules) async throws(HubError) -> HubQuestionnaire? {
        guard let present = rules.questionnaire, present.version != version else { return rules.questionnaire }
        guard let ended = rules.endedMillis else { return nil }
        for record in try await ledger.records(prefix: HubPublication.recordPrefix).reversed() {
            let publication: HubPublication = try decoded(record.body, record.key)
            guard publication.atMs >= ended else { return nil }
            if publication.changes.contains(where: {
                $0.rule.kind == .questionnaire && $0.rule.name == present.name && $0.replaces == version
            }) {
                return try await SurveyTexts(ledger: ledger, catalogue: rules.catalogue).text(present.name, version)
            }
        }
        return nil
    }
}

/// Questionnaires of every version that was ever in force.
struct SurveyTexts: Sendable {
    let ledger: any Ledger
    let catalogue: ServiceCatalogue

    func text(_ name: String, _ version: String) async throws(HubError) -> HubQuestionnaire? {
        if let present = catalogue.questionnaires[name], present.version == version { return present }
        let key = "\(HubRuleKind.questionnaire.word)/\(name)/\(version)"
        guard let record = try await ledger.record(key) else { return nil }
        return try decoded(record.body, key)
    }
}

extension CalendarDate {
    /// `YYYY-MM`
    var monthText: String { String(iso.prefix(7)) }
}
