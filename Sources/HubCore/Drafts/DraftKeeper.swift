// Removes drafts whose days are over: what nobody finished is personal and has no reason to stay (UU 27/2022).

package import HubDomain
import HubProto
import Logging

/// Looks once an hour, and when the hub starts; what could not be removed then is removed at the next look.
package struct DraftKeeper: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let book: DraftBook
    let clock: any HubClock
    let logger: Logger

    /// Between two looks.
    private static let lookMillis: Int64 = 3_600_000
    /// Days that a look goes back: a hub that was off for longer than a draft lives finds all of them.
    private static let daysBack: Int64 = 400

    /// Runs until its task is cancelled.
    ///
    /// - Parameter sleep: Waits for so many milliseconds; passed in, as all time is.
    package func run(sleep: @Sendable (Int64) async -> Void) async {
        var isFirst = true
        while !Task.isCancelled {
            do throws(HubError) {
                try await sweep(daysBack: isFirst ? Self.daysBack : 1)
                isFirst = false
            } catch {
                logger.error("drafts that have ended cannot be removed", metadata: ["error": "\(error)"])
            }
            await sleep(Self.lookMillis)
        }
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
