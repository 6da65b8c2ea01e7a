// What follows when money of a bill has moved: the case goes on or comes back, and all of it is one commit.

import HubDomain
import HubProto

/// Makes the commit of a bill whose money moved.
struct BillSettlement: Sendable {
    let completion: StepCompletion

    /// - Parameters:
    ///   - account: After it moved.
    ///   - index: Of the bill in the case.
    ///   - actor: Who moved it; nil = the hub itself.
    /// - Throws: What the step throws to which the money sends the case, or from which it calls it back.
    func commit(
        _ account: BillAccount, bill index: Int, of before: HubCase, key: CommitKey? = nil, by actor: HubActor? = nil,
        _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> (commit: Commit, state: HubCase) {
        let definition = try catalogue.definition(of: before)
        var state = before
        state.bills[index] = account.bill
        let plan = BillPlan(definition: definition, catalogue: catalogue, nowMillis: account.nowMillis)
        var records: [RecordWrite] = []
        let goesTo: String? =
            switch (before.bills[index].state, account.bill.state) {
            case (.open, .settled): account.bill.settledTo
            case (.settled, .open): account.bill.stage
            default: nil
            }
        if let goesTo {
            try plan.move(&state, to: goesTo)
            records = try await completion.complete(
                &state, after: before, by: nil, definition, catalogue, nowMillis: account.nowMillis)
        }
        state.follow(before, account.nowMillis)
        var commit = Commit(state, after: before, .paid, key: key, definition, records: records) { event in
            event.action = account.bill.number
            event.postings = account.moved
            if let actor { event.actor = actor }
        }
        commit.records += try account.moved.map { posting throws(HubError) in
            try posting.entry(of: state, account.bill, catalogue.today(account.nowMillis))
        }
        return (commit, state)
    }
}

extension HubBill {
    /// How the clock's row of a bill begins that is covered and could not be settled.
    static let timerPrefix = "bill/"

    /// nil = it waits for nothing.
    package var timer: DueTimer? {
        state == .open && retryMs > 0 ? DueTimer(name: Self.timerPrefix + number, dueMillis: retryMs) : nil
    }

    /// When the present settlement was written, milliseconds since 1970 UTC; 0 = it is not settled.
    var settledMillis: Int64 { postings.last { $0.kind == .settled && $0.reference == receipt }?.atMs ?? 0 }
}

extension HubCase {
    /// The case still stands where the settlement of a bill sent it: nothing was done since, no paper is in the world.
    func standsAtSettlement(of bill: HubBill) -> Bool {
        stage == bill.settledTo && stageSinceMs == bill.settledMillis && !papers.contains(where: \.isStanding)
    }
}
