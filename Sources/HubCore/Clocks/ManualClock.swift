// Time that moves only when it is told to: for demos and tests.

import Synchronization

/// A clock that never moves backwards and never by itself.
package final class ManualClock: HubClock {
    private let millis: Atomic<Int64>

    /// - Parameter startMillis: Milliseconds since 1970 UTC.
    package init(startMillis: Int64) { millis = Atomic(startMillis) }

    package func nowMillis() -> Int64 { millis.load(ordering: .acquiring) }

    /// Moves forward to `target`; an earlier one is ignored.
    package func advance(toMillis target: Int64) {
        millis.max(target, ordering: .acquiringAndReleasing)
    }
}
