// Units give the advice for which they are asked; with the last one the hub sends the case on. No module is asked.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Desk/Advise`
struct AdviceDesk: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let access: CaseAccess
    let deadlines: DeadlinePassage
    let completion: StepCompletion
    let clock: any HubClock

    /// How often advice is given anew after the case changed meanwhile: others advise at the same time.
    private static let attempts = 5

    func advise(_ context: CallContext, _ request: LayananAdviseRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let wrong = FormRules.violations(note: request.note, demanded: true)
        guard wrong.isEmpty else { throw HubError(.formInvalid, "advice", violations: wrong) }
        for attempt in 1...Self.attempts {
            let found = try await CaseReads(ledger: ledger, access: access).find(request.case, context.actor)
            let before = try await deadlines.settle(found)
            guard request.expectedVersion == 0 || request.expectedVersion == before.version else {
                throw CaseCommands.stale(present: before.version)
            }
            let index = try asked(request.consultation, in: before, context.actor)
            let outcome = try await rulebook.use { catalogue throws(HubError) in
                try await give(index, request, before, catalogue, context)
            }
            if let answer = try outcome.callAnswer() { return answer }
            if case .conflict(_, let present) = outcome, request.expectedVersion != 0 || attempt == Self.attempts {
                throw CaseCommands.stale(present: present)
            }
        }
        throw CaseCommands.stale(present: 0)  // Not reached: the last attempt returns or throws.
    }

    /// The open consultation of a name that the actor may answer.
    private func asked(_ name: String, in state: HubCase, _ actor: HubActor) throws(HubError) -> Int {
        guard let newest = state.consultations.lastIndex(where: { $0.name == name }) else {
            throw HubError(
                .formInvalid, "advice",
                violations: [
                    Violation(
                        "consultation", "unknown", id: "Pilih pertimbangan yang diminta untuk berkas ini.",
                        en: "Choose advice that this case asks for.")
                ])
        }
        guard access.advises(actor, for: state.consultations[newest].unit) else {
            throw HubError(.permissionDenied, "advice is given by officers of the unit that is asked")
        }
        guard state.consultations[newest].state == .open else {
            throw HubError(.actionNotAllowed, "this advice is not asked for any more", facts: ["stage": state.stage])
        }
        return newest
    }

    private func give(
        _ index: Int, _ request: LayananAdviseRequest, _ before: HubCase, _ catalogue: ServiceCatalogue,
        _ context: CallContext
    ) async throws(HubError) -> CommitOutcome {
        let definition = try catalogue.definition(of: before)
        let now = clock.nowMillis()
        let plan = ConsultationPlan(definition: definition, catalogue: catalogue, nowMillis: now)
        var state = before
        var records: [RecordWrite] = []
        if try plan.give(index, request, by: context.actor.principal, &state) {
            records = try await completion.complete(
                &state, after: before, by: nil, definition, catalogue, nowMillis: now)
        }
        state.follow(before, now)
        var commit = Commit(state, after: before, .consulted, key: context.commitKey, definition, records: records) {
            event in
            event.action = request.consultation
            event.actor = context.actor
            event.note = request.note
        }
        commit.answer = try LayananCaseReply.with { $0.case = access.view(of: state, for: context.actor) }.ledgerBytes()
        return try await journal.commit(commit)
    }
}
