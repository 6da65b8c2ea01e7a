// What wakes the hub for a case: its running deadlines, papers that wait for their signature, bills that are covered,
// inquiries that an adapter or an authority leaves unanswered, appointments that nobody keeps.

package import HubProto

/// A moment at which something is to be done for a case. The ledger keeps an index of them all.
package struct DueTimer: Sendable, Hashable {
    /// Name of the deadline, `paper/<template>`, `bill/<number>`, `inquiry/<name>` or `appointment/<kind>`.
    package var name: String
    /// Milliseconds since 1970 UTC.
    package var dueMillis: Int64

    package init(name: String, dueMillis: Int64) {
        self.name = name
        self.dueMillis = dueMillis
    }
}

extension HubCase {
    /// Each name once.
    package var timers: [DueTimer] {
        let running = deadlines.filter { $0.state == .running }.map { DueTimer(name: $0.name, dueMillis: $0.dueMs) }
        var seen: Set<String> = []
        return running
            + (papers.compactMap(\.timer) + bills.compactMap(\.timer) + inquiries.compactMap(\.timer)
            + appointments.compactMap(\.timer) + flaggings.compactMap(\.timer)).filter { seen.insert($0.name).inserted }
    }
}
