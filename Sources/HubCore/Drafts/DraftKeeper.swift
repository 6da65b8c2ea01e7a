// Removes drafts whose days are over: what nobody finished is personal and has no reason to stay (UU 27/2022).

package import HubDomain
import HubProto
package import Logging

/// Goes through the days on which drafts end.
package struct DraftKeeper: HourlySweep {
    let ledger: any Ledger
    let journal: Journal
    let book: DraftBook
    let clock: any HubClock
    package let logger: Logger

    package static let subject = "drafts that have ended"
    /// Days that a look goes back: a hub that was off for longer than a draft lives finds all of them.
    private static let daysBack: Int64 = 400

    package func look(isFirst: Bool) async throws(HubError) -> Int {
        try await sweep(daysBack: isFirst ? Self.daysBack : 1)
    }

    /// Removes drafts that have ended by now.
    ///
    /// - Returns: How many.
    @discardableResult
    package func sweep(daysBack: Int64) async throws(HubError) -> Int {
        let now = clock.nowMillis()
        let today = DraftBook.day(now)
        var removed = 0
        for day in (today - daysBack)...today {
            for (mark, id) in try await book.ended(on: day) where try await remove(id, mark, now) { removed += 1 }
        }
        return removed
    }

    private func remove(_ id: String, _ mark: String, _ now: Int64) async throws(HubError) -> Bool {
        guard let kept = try await book.kept(id, marked: mark), kept.draft.expiresMs <= now else { return false }
        var commit = Commit(key: nil, atMillis: now)
        commit.records = try book.writes(id, marked: mark, nil, before: kept)
        // One that is saved at this moment stays.
        if case .committed = try await journal.commit(commit) { return true }
        return false
    }
}
