// After the organisation has changed: every case that was escalated, once, to whoever answers for its rung now.

import HubDomain
import HubProto
import Logging

/// Asks those whom the ladder leads to now. A case whose officer is asked already has nothing to change.
struct AskingRound: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let follower: RuleFollower
    let absences: AbsenceBoard
    let clock: any HubClock
    let logger: Logger

    /// How often a case that changes meanwhile is read anew.
    private static let attempts = 5

    /// Cheap when the organisation has not changed since the last round.
    func run() async throws(HubError) {
        try await follower.once("ladder-looked", \.organisationState) { catalogue throws(HubError) in
            var count = 0
            try await RunningCases(ledger: ledger, nowMillis: clock.nowMillis()).each { state throws(HubError) in
                if state.escalation > 0, try await ask(state, catalogue) { count += 1 }
            }
            if count > 0 { logger.notice("the organisation asks others now", metadata: ["cases": "\(count)"]) }
        }
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
