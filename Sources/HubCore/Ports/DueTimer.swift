// What wakes the hub for a case: its running deadlines, papers that wait for their signature, bills that are covered,
// inquiries that an adapter or an authority leaves unanswered, appointments that nobody keeps, the end of what is personal.

package import HubProto

/// A moment at which something is to be done for a case. The ledger keeps an index of them all.
package struct DueTimer: Sendable, Hashable {
    /// Name of the deadline, `paper/<template>`, `bill/<number>`, `inquiry/<name>`, `appointment/<kind>`, `flag/<name>` or
    /// `retention/end`. Only names of deadlines have no slash.
    package var name: String
    /// Milliseconds since 1970 UTC.
    package var dueMillis: Int64

    package init(name: String, dueMillis: Int64) {
        self.name = name
        self.dueMillis = dueMillis
    }

    /// It belongs to a deadline of the definition, not to what the hub does by itself.
    package static func isDeadline(_ name: String) -> Bool { !name.utf8.contains(UInt8(ascii: "/")) }
}

extension HubCase {
    /// Each name once.
    package var timers: [DueTimer] {
        let running = deadlines.filter { $0.state == .running }.map { DueTimer(name: $0.name, dueMillis: $0.dueMs) }
        var seen: Set<String> = []
        return running
            + (papers.compactMap(\.timer) + bills.compactMap(\.timer) + inquiries.compactMap(\.timer)
            + appointments.compactMap(\.timer) + flaggings.compactMap(\.timer) + [retentionTimer].compactMap(\.self))
            .filter { seen.insert($0.name).inserted }
    }
}
