// Cases change hands: claim, release, assign, hand over. The hub's own business; no module is asked.

import HubDomain
import HubProto
import SwiftProtobuf

/// The changes of `layanan.v1.Desk`.
struct DeskCommands: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let principals: PrincipalRegister
    let absences: AbsenceBoard
    let access: CaseAccess
    let clock: any HubClock

    /// How often a change is made anew after the case changed meanwhile.
    private static let attempts = 3

    // MARK: Methods

    func claim(_ context: CallContext, _ request: LayananHoldRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion, "claim") {
            (state, rights) throws(HubError) in
            try rights.require(rights.worksInUnit, "only officers of the case's unit may take it")
            guard state.holder.isEmpty else { throw Self.held }
            state.hold(by: context.actor.principal, clock.nowMillis())
        }
    }

    func release(_ context: CallContext, _ request: LayananHoldRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion, "release") {
            (state, rights) throws(HubError) in
            guard !state.holder.isEmpty else { throw HubError(.actionNotAllowed, "nobody holds the case") }
            try rights.require(rights.holds || rights.leads, "only who holds the case or leads its unit gives it back")
            state.hold(by: "", clock.nowMillis())
        }
    }

    func assign(_ context: CallContext, _ request: LayananAssignRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion, "assign") {
            (state, rights) throws(HubError) in
            try rights.require(rights.holds || rights.leads, "only who holds the case or leads its unit assigns it")
            guard request.officer != state.holder else {
                throw HubError(.actionNotAllowed, "this officer holds the case already")
            }
            guard let officer = principals.principal(request.officer), rights.mayHold(officer) else {
                throw HubError(
                    .formInvalid, "assignment",
                    violations: [
                        Violation(
                            "officer", "unit", id: "Pilih petugas dari unit yang memegang berkas.",
                            en: "Choose an officer of the unit that holds the case.")
                    ])
            }
            state.hold(by: officer.urn, clock.nowMillis())
        }
    }

    func handOver(_ context: CallContext, _ request: LayananHandOverRequest) async throws(HubError) -> CallAnswer {
        let wrong = FormRules.violations(note: request.note, demanded: true)
        guard wrong.isEmpty else { throw HubError(.formInvalid, "hand-over", violations: wrong) }
        return try await change(
            context, request.case, request.expectedVersion, "hand_over", kind: .handedOver, note: request.note
        ) { (state, rights) throws(HubError) in
            try rights.require(
                rights.holds || rights.leads || (state.holder.isEmpty && rights.worksInUnit),
                "only who holds the case or leads its unit hands it over")
            guard let chart = rights.chart, chart.department(of: request.unit) == state.department,
                request.unit != rights.unit, chart.isStaffed(request.unit)
            else {
                throw HubError(
                    .formInvalid, "hand-over",
                    violations: [
                        Violation(
                            "unit", "department", id: "Pilih unit lain dari dinas yang sama yang mempunyai petugas.",
                            en: "Choose another unit of the same department, in which somebody works.")
                    ])
            }
            state.unit = request.unit
            state.hold(by: "", clock.nowMillis())
            state.asked = chart.asked(state, absences, on: rights.catalogue.today(clock.nowMillis()))
        }
    }

    // MARK: Steps

    private func change(
        _ context: CallContext, _ name: String, _ expectedVersion: UInt64, _ action: String,
        kind: HubEventKind = .assigned, note: String = "",
        _ body: (inout HubCase, DeskRights) throws(HubError) -> Void
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        for attempt in 1...Self.attempts {
            let before = try await CaseReads(ledger: ledger, access: access).find(name, context.actor)
            guard expectedVersion == 0 || expectedVersion == before.version else {
                throw CaseCommands.stale(present: before.version)
            }
            guard !before.ended else { throw HubError(.actionNotAllowed, "the case has ended") }
            let now = clock.nowMillis()
            let catalogue = rulebook.catalogue
            let rights = DeskRights(
                actor: context.actor, state: before, catalogue: catalogue, access: access, nowMillis: now)
            try rights.require(rights.worksInDepartment, "cases are in the hands of their department's officers")
            var state = before
            try body(&state, rights)
            state.follow(before, now)
            var commit = Commit(
                state, after: before, kind, key: context.commitKey, try catalogue.definition(of: before)
            ) { event in
                event.action = action
                event.actor = context.actor
                event.note = note
            }
            commit.answer = try LayananCaseReply.with {
                $0.case = access.view(of: state, for: context.actor)
            }.ledgerBytes()
            let outcome = try await journal.commit(commit)
            if let answer = try outcome.callAnswer() { return answer }
            if case .conflict(_, let present) = outcome, expectedVersion != 0 || attempt == Self.attempts {
                throw CaseCommands.stale(present: present)
            }
        }
        throw CaseCommands.stale(present: 0)  // Not reached: the last attempt returns or throws.
    }

    private static let held = HubError(
        .actionNotAllowed, "another officer holds the case: who leads the unit assigns it")
}

extension HubCase {
    /// Puts the case into an officer's hands, or into nobody's.
    mutating func hold(by officer: String, _ nowMillis: Int64) {
        holder = officer
        heldSinceMs = officer.isEmpty ? 0 : nowMillis
    }
}
