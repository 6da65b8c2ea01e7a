// After the organisation has changed: every case that was escalated, once, to whoever answers for its rung now.

import HubDomain
import HubProto
import Logging

/// Asks those whom the ladder leads to now. What is finished stands in the ledger, so that a hub that dies in the middle goes
/// on when it is up again; a case whose officer is asked already has nothing to change.
struct AskingRound: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let absences: AbsenceBoard
    let clock: any HubClock
    let logger: Logger

    private static let recordKey = "ladder-looked"
    /// How often a case that changes meanwhile is read anew.
    private static let attempts = 5

    /// Cheap when the organisation has not changed since the last round.
    func run() async throws(HubError) {
        let mark = try await ledger.record(Self.recordKey)
        guard mark?.body ?? [] != Array(rulebook.catalogue.organisationState.utf8) else { return }
        // A deadline that passes by the chart of before is waited for.
        let catalogue = await rulebook.settled()
        var count = 0
        try await RunningCases(ledger: ledger, nowMillis: clock.nowMillis()).each { state throws(HubError) in
            if state.escalation > 0, try await ask(state, catalogue) { count += 1 }
        }
        if count > 0 { logger.notice("the organisation asks others now", metadata: ["cases": "\(count)"]) }
        var commit = Commit(key: nil, atMillis: clock.nowMillis())
        commit.records = [
            RecordWrite(
                key: Self.recordKey, expectedVersion: mark?.version ?? 0,
                body: Array(catalogue.organisationState.utf8))
        ]
        _ = try await ledger.commit(commit)
    }

    private func ask(_ found: HubCase, _ catalogue: ServiceCatalogue) async throws(HubError) -> Bool {
        var before = found
        for _ in 1...Self.attempts {
            let now = clock.nowMillis()
            let asked = catalogue.chart?.asked(before, absences, on: catalogue.today(now)) ?? ""
            // Of a service whose module is not here nothing is changed.
            guard !before.ended, asked != before.asked, let definition = try? catalogue.definition(of: before) else {
                return false
            }
            var state = before
            state.asked = asked
            state.follow(before, now)
            if case .committed = try await journal.commit(Commit(state, after: before, .asked, definition) { _ in }) {
                return true
            }
            guard let present = try await ledger.caseState(id: [UInt8](before.id)) else { return false }
            before = present
        }
        throw HubError(.versionStale, "an escalated case changes all the time")
    }
}

extension ServiceCatalogue {
    /// What says who answers for which rung, for comparing; empty without an organisation.
    fileprivate var organisationState: String {
        inForce.values.filter { $0.kind == .organisation }.map { "\($0.name)/\($0.version)" }.sorted()
            .joined(separator: ",")
    }
}
