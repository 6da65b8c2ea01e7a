// Wakes the deadline loop when a commit brings an earlier deadline than the one it sleeps for.

import Synchronization

/// Shared by the journal, which rings, and the loop, which sleeps.
package final class DeadlineBell: Sendable {
    private let sleepsUntil = Mutex<Int64>(.max)
    private let continuation: AsyncStream<Void>.Continuation
    let stream: AsyncStream<Void>

    package init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// A commit holds a deadline at this time.
    func mayBeDue(_ millis: Int64) {
        if sleepsUntil.withLock({ millis < $0 }) { ring() }
    }

    /// The loop is about to sleep until then.
    func sleeping(until millis: Int64) { sleepsUntil.withLock { $0 = millis } }

    func ring() { continuation.yield() }
}
