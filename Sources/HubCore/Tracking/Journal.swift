// The one door to the ledger's writer: what is committed here leaves its notices, and is told to everyone who watches.

import HubDomain
import HubProto

/// Adds the notices, commits, then publishes. Every commit of the hub goes through it, so that no change forgets whom it
/// is to be told.
package struct Journal: Sendable {
    let ledger: any Ledger
    let feed: EventFeed
    /// Rung when a deadline may have become the earliest.
    let bell: DeadlineBell
    /// Says whom a change is told; nil = this hub has no way to tell anybody.
    var notices: NoticeWriter?
    let outbox = OutboxBells()

    func commit(_ commit: Commit) async throws(HubError) -> CommitOutcome {
        var commit = commit
        if let notices {
            let followers = await FollowBook(ledger: ledger).followers(of: commit, notices.rulebook.catalogue)
            commit.notices += notices.notices(of: commit, followers: followers).map { NoticeWrite($0) }
        }
        let outcome = try await ledger.commit(commit)
        if case .committed(_, _, let events) = outcome {
            feed.publish(events)
            outbox.mayBeDue(commit.notices)
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
