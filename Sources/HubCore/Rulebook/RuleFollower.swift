// What is to be done once after rules have changed, whatever happens meanwhile.

import HubDomain
import HubProto

/// Remembers in the ledger up to which rules something was done, so that a hub that dies in the middle goes on when it is up
/// again. Whoever is called must find nothing to do in what was done already.
struct RuleFollower: Sendable {
    let ledger: any Ledger
    let rulebook: Rulebook
    let clock: any HubClock

    /// Cheap when nothing has changed since the last time.
    ///
    /// - Parameters:
    ///   - key: Of the record that remembers.
    ///   - rules: What the work follows from, for comparing; empty = there is nothing to follow.
    ///   - work: Is given the rules of now, when no command that saw those of before is under way any more.
    func once(
        _ key: String, _ rules: (ServiceCatalogue) -> String,
        _ work: (ServiceCatalogue) async throws(HubError) -> Void
    ) async throws(HubError) {
        let mark = try await ledger.record(key)
        guard mark?.body ?? [] != Array(rules(rulebook.catalogue).utf8) else { return }
        let catalogue = await rulebook.settled()
        try await work(catalogue)
        var commit = Commit(key: nil, atMillis: clock.nowMillis())
        commit.records = [
            RecordWrite(key: key, expectedVersion: mark?.version ?? 0, body: Array(rules(catalogue).utf8))
        ]
        _ = try await ledger.commit(commit)
    }
}
