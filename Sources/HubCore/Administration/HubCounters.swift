// What the hub counts of itself; no personal data can be in a number.

package import Synchronization

/// Written where it happens, read by `Admin/Status`.
package final class HubCounters: Sendable {
    /// Open connections.
    package let connections = Atomic<Int>(0)
    /// Calls that were opened, and those that ended with another status than OK.
    package let calls = Atomic<Int>(0)
    package let callsFailed = Atomic<Int>(0)
    /// Deadlines that became events.
    package let deadlinesPassed = Atomic<Int>(0)

    package init() {}
}
