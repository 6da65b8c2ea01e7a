// What an authority said: checked by the form, written once, and what contradicts it is told.

import HubDomain
import HubProto
import SwiftProtobuf

extension InquiryDesk {
    /// `layanan.v1.Authority/Answer`
    func answer(_ context: CallContext, _ request: LayananAnswerInquiryRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let malformed = request.malformed
        guard malformed.isEmpty else { throw HubError(.formInvalid, "answer", violations: malformed) }
        let fingerprint = try request.fingerprint()
        for _ in 1...Self.attempts {
            let (found, _) = try await find([UInt8](request.id), context.actor)
            let before = try await deadlines.settle(found)
            guard let index = before.inquiries.firstIndex(where: { $0.id == request.id }) else { throw Self.unknown }
            let reply = try await rulebook.use { catalogue throws(HubError) in
                let step = InquiryStep(
                    context: context, request: request, fingerprint: fingerprint, index: index, before: before,
                    catalogue: catalogue, nowMillis: clock.nowMillis())
                return try await judge(step)
            }
            if let reply { return reply }
        }
        throw CaseCommands.stale(present: 0)
    }

    /// nil when the case changed meanwhile.
    private func judge(_ step: InquiryStep) async throws(HubError) -> CallAnswer? {
        let inquiry = step.before.inquiries[step.index]
        if [.answered, .refused].contains(inquiry.state), [UInt8](inquiry.answerSha256) == step.fingerprint {
            return try await journal.commit(try step.repeated()).callAnswer()
        }
        guard inquiry.isOpen, let rule = try step.rule() else { return try await contradict(step) }
        guard !step.request.hasRefusal else { return try await keep(step, try await refused(step, rule)) }
        let usable = try await intake.usable(step.request.documents, by: step.context.actor)
        var request = step.request
        request.documents = usable.documents
        let answer = InquiryAnswer(
            request: request, rule: rule,
            rules: FormRules(definition: try step.definition(), tables: step.catalogue.tables))
        let (outcome, wrong) = try answer.outcome(on: step.before, stored: usable.facts)
        guard let outcome else { return try await mistake(step, rule, wrong) }
        let marks = try await marks(of: outcome.received, rule, step)
        guard marks.wrong.isEmpty else { return try await mistake(step, rule, marks.wrong) }
        let word: LastWord
        do throws(HubError) { word = try await answered(step, rule, outcome) } catch
            where error.code == .refusedByRule
        {
            // Such as a number that a register has already: the next step says what is wrong with the answer.
            return try await mistake(step, rule, error.violations)
        }
        return try await keep(step, word, marks.records)
    }

    private func answered(
        _ step: InquiryStep, _ rule: HubInquiryRule, _ outcome: InquiryAnswer.Outcome
    ) async throws(HubError) -> LastWord {
        var state = step.before
        (state.data, state.documents) = (outcome.data, outcome.documents)
        state.inquiries[step.index].end(.answered, nowMillis: step.nowMillis)
        state.inquiries[step.index].keep(step)
        let records = try await goOn(&state, to: rule.answeredTo, step)
        return LastWord(state: state, records: records, changed: outcome.received)
    }

    private func refused(
        _ step: InquiryStep, _ rule: HubInquiryRule
    ) async throws(HubError) -> LastWord {
        var state = step.before
        state.inquiries[step.index].end(.refused, nowMillis: step.nowMillis)
        state.inquiries[step.index].refusal = step.request.refusal.code
        state.inquiries[step.index].keep(step)
        state.note = step.request.refusal.reason
        let records = try await goOn(&state, to: rule.refusedTo, step)
        return LastWord(state: state, records: records, note: step.request.refusal.reason)
    }

    private func goOn(
        _ state: inout HubCase, to stage: String, _ step: InquiryStep
    ) async throws(HubError) -> [RecordWrite] {
        let definition = try step.definition()
        try InquiryPlan(definition: definition, catalogue: step.catalogue, nowMillis: step.nowMillis)
            .move(&state, to: stage)
        return try await completion.complete(
            &state, after: step.before, by: nil, definition, step.catalogue, nowMillis: step.nowMillis)
    }

    private func keep(
        _ step: InquiryStep, _ end: LastWord, _ marks: [RecordWrite] = []
    ) async throws(HubError) -> CallAnswer? {
        var state = end.state
        state.follow(step.before, step.nowMillis)
        var commit = try step.commit(state) { event in
            (event.changed, event.note) = (end.changed, end.note)
        }
        commit.key = step.context.commitKey
        commit.records += end.records + marks
        commit.answer = try LayananAnswerInquiryReply.with {
            ($0.state, $0.stage) = (state.inquiries[step.index].state, state.stage)
        }.ledgerBytes()
        let answer = try await journal.commit(commit).callAnswer()
        if answer != nil {
            try await board.answered(step.context.actor.department, nowMillis: step.nowMillis, ledger)
        }
        return answer
    }

    // MARK: Answers that are not taken

    /// A wrong answer is counted, and never written into the case. The same one again is not counted again.
    private func mistake(
        _ step: InquiryStep, _ rule: HubInquiryRule, _ wrong: [Violation]
    ) async throws(HubError) -> CallAnswer? {
        board.failed(step.context.actor.department, .wrong, nowMillis: step.nowMillis)
        let inquiry = step.before.inquiries[step.index]
        if [UInt8](inquiry.wrongSha256) != step.fingerprint || inquiry.state == .taken {
            var state = step.before
            let details = wrong.prefix(InquiryStep.detailsMax).map { "\($0.field)/\($0.rule)" }
            state.inquiries[step.index].mistake(details, rule, nowMillis: step.nowMillis)
            state.inquiries[step.index].wrongSha256 = .init(step.fingerprint)
            guard try await report(state, step) else { return nil }
        }
        throw HubError(.inquiryAnswerRefused, "the answer is not what was asked for", violations: wrong)
    }

    /// What comes after the end and says something else is told to whoever works on the case; its proof stands in the log.
    private func contradict(_ step: InquiryStep) async throws(HubError) -> CallAnswer? {
        let inquiry = step.before.inquiries[step.index]
        if [UInt8](inquiry.wrongSha256) != step.fingerprint, inquiry.contradictions < InquiryStep.contradictionsMax {
            var state = step.before
            state.inquiries[step.index].contradictions += 1
            state.inquiries[step.index].problem = .contradicted
            state.inquiries[step.index].wrongSha256 = .init(step.fingerprint)
            guard try await report(state, step) else { return nil }
        }
        throw HubError(
            .inquiryAnswerRefused,
            inquiry.state == .dropped
                ? "the case asks this no more; the answer is kept in its history alone"
                : "another answer was taken; officers see that this one differs")
    }

    /// Remembers what is then refused: without the caller's key, so that a later right answer can have it.
    private func report(_ changed: HubCase, _ step: InquiryStep) async throws(HubError) -> Bool {
        var state = changed
        state.follow(step.before, step.nowMillis)
        let commit = try step.commit(state) { event in
            for index in event.inquiries.indices { event.inquiries[index].proof = step.request.proof }
        }
        guard case .committed = try await journal.commit(commit) else { return false }
        return true
    }

    // MARK: Parts

    /// Records that say which case got a value that no other may get.
    private func marks(
        of received: [HubFieldValue], _ rule: HubInquiryRule, _ step: InquiryStep
    ) async throws(HubError) -> (records: [RecordWrite], wrong: [Violation]) {
        var records: [RecordWrite] = []
        var wrong: [Violation] = []
        for value in received where rule.receives.contains(where: { $0.field == value.name && $0.unique }) {
            let key = try value.markKey(of: rule.authority)
            guard let present = try await ledger.record(key) else {
                records.append(RecordWrite(key: key, expectedVersion: 0, body: [UInt8](step.before.id)))
                continue
            }
            if present.body != [UInt8](step.before.id) {
                wrong.append(
                    Violation(
                        value.name, "unique", id: "Nomor ini sudah diberikan untuk berkas lain.",
                        en: "This was given to another case."))
            }
        }
        return (records, wrong)
    }
}

/// What an authority's last word makes of a case, before its version is counted.
private struct LastWord {
    var state: HubCase
    /// What the step brought beside the case (``StepCompletion``).
    var records: [RecordWrite]
    var changed: [HubFieldValue] = []
    var note = ""
}
