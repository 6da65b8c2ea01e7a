// A hub whose one service asks its applicants three questions when a case has ended.

import HubDomain
import HubProto
import HubTestKit

@testable import HubCore

/// `SmallHub` with a questionnaire.
struct SurveyHub {
    let small: SmallHub

    static func open(
        ledger: any Ledger = InMemoryLedger(), answersMin: UInt32 = 1,
        _ change: (inout HubQuestionnaire) -> Void = { _ in }
    ) async throws -> SurveyHub {
        var definition = SmallHub.definition
        definition.questionnaire = "skm"
        definition.actions[0].to.append("selesai")
        definition.actions.append(
            .with {
                ($0.name, $0.kind, $0.from, $0.to) = ("buka", .reopen, ["selesai"], ["ditangani"])
                $0.roles = ["applicant"]
            })
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition],
            standing: [questionnaire(answersMin: answersMin, change), ConsultingHub.organisation()])
        let answer: @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance = { question, usual in
            if question.command.action == "buka" { return .with { $0.stage = "ditangani" } }
            return question.command.origin.closedMs > 0 ? .with { $0.stage = "selesai" } : usual
        }
        return SurveyHub(small: try await SmallHub.open(ledger: ledger, bundle: bundle, answer: answer))
    }

    static func questionnaire(
        version: String = "1", answersMin: UInt32 = 1, _ change: (inout HubQuestionnaire) -> Void = { _ in }
    ) -> HubQuestionnaire {
        var questionnaire = HubQuestionnaire.with {
            ($0.name, $0.version, $0.openDays, $0.answersMin) = ("skm", version, 30, answersMin)
            $0.elements = ["U1", "U2", "U3"].map { name in
                .with { ($0.name, $0.title.id, $0.title.en) = (name, "Unsur \(name)", "Element \(name)") }
            }
            $0.bands = [("D", 2_500, 6_499), ("C", 6_500, 7_660), ("B", 7_661, 8_830), ("A", 8_831, 10_000)].map {
                band in .with { ($0.grade, $0.from, $0.through) = band }
            }
            $0.comment.lengthMax = 20
        }
        change(&questionnaire)
        return questionnaire
    }

    // MARK: What people do

    static func citizen(_ serial: Int) -> String { "nik:33180101019\(Digits.text(serial, width: 5))" }

    /// Files and withdraws: the case has ended.
    func ended(for citizen: String = SmallHub.anna) async throws -> HubCase {
        let state = try await small.submit(for: citizen)
        return try await small.act("tarik", .withdrawComplaint, on: state, by: .portal, for: citizen)
    }

    /// Of an older register, where it had ended a day before.
    func brought(for citizen: String = SmallHub.anna) async throws -> HubCase {
        let request = LayananImportRequest.with {
            $0.service = SmallHub.service
            ($0.origin.source, $0.origin.sourceID) = ("buku-lama", "1")
            ($0.createdMs, $0.origin.closedMs) = (Sample.now - 2 * 86_400_000, Sample.now - 86_400_000)
            $0.form = [.with { ($0.name, $0.text) = ("isi", "Lampu mati") }]
        }
        return try await small.call(
            .importComplaint, request, as: LayananCaseReply.self, by: .importer, for: citizen
        ).case
    }

    @discardableResult
    func judge(
        _ state: HubCase, _ marks: [UInt32] = [4, 3, 2], by caller: Caller = .portal,
        for citizen: String = SmallHub.anna,
        version: String = "1", comment: String = "", key: [UInt8]? = nil
    ) async throws -> LayananSurveyAnswerReply {
        let names = ["U1", "U2", "U3", "U4"]
        let request = LayananSurveyAnswerRequest.with {
            ($0.case, $0.version, $0.comment) = (state.number, version, comment)
            $0.marks = zip(names, marks).map { name, mark in .with { ($0.element, $0.mark) = (name, mark) } }
        }
        return try await small.call(
            .answerSurvey, request, as: LayananSurveyAnswerReply.self, by: caller, for: citizen, key: key)
    }

    /// Rules that a refused judgement breaks, as `field rule`.
    func faults(_ body: () async throws -> some Any) async throws -> [String] {
        do {
            _ = try await body()
            return []
        } catch let error as HubError {
            guard error.code == .surveyRefused else { throw error }
            return error.violations.map { "\($0.field) \($0.rule)" }
        }
    }

    func asked(_ state: HubCase, by caller: Caller = .portal, for citizen: String = SmallHub.anna) async throws
        -> LayananQuestionnaireReply
    {
        try await small.call(
            .questionnaire, LayananQuestionnaireRequest.with { $0.case = state.number },
            as: LayananQuestionnaireReply.self, by: caller, for: citizen)
    }

    func results(
        _ change: (inout LayananSurveyIndexRequest) -> Void = { _ in }
    ) async throws -> [LayananSurveyResult] {
        let month = String(CalendarDate(epochMillis: small.clock.nowMillis(), utcOffsetMinutes: 0).iso.prefix(7))
        var request = LayananSurveyIndexRequest.with { ($0.firstMonth, $0.lastMonth) = (month, month) }
        change(&request)
        return try await small.call(.surveyIndex, request, as: LayananSurveyIndexReply.self, by: .kioskOfAll)
            .questionnaires
    }

    func publish(_ questionnaire: HubQuestionnaire) async throws {
        let request = HubPublishRulesRequest.with {
            $0.note = "Uji"
            if let file = try? MessageRules.file("questionnaires/skm", questionnaire) { $0.files = [file] }
        }
        _ = try await small.call(.publishRules, request, as: HubPublishRulesReply.self, by: .admin)
    }
}

extension Caller {
    /// A channel that speaks for nobody: the index is everybody's.
    static var kioskOfAll: Caller { .portal }
}
