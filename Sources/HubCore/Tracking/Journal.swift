// The one door to the ledger's writer: what is committed here is also told to everyone who watches.

import HubDomain
import HubProto

/// Commits, then publishes. Every commit of the hub goes through it.
package struct Journal: Sendable {
    let ledger: any Ledger
    let feed: EventFeed
    /// Rung when a deadline may have become the earliest.
    let bell: DeadlineBell

    func commit(_ commit: Commit) async throws(HubError) -> CommitOutcome {
        let outcome = try await ledger.commit(commit)
        if case .committed(_, _, let events) = outcome {
            feed.publish(events)
            if let due = commit.cases.flatMap(\.state.timers).map(\.dueMillis).min() { bell.mayBeDue(due) }
        }
        return outcome
    }
}

extension HubCase {
    /// When the first running clock passes; nil = none runs.
    package var earliestRunningDueMillis: Int64? {
        deadlines.lazy.filter { $0.state == .running }.map(\.dueMs).min()
    }
}
