// Threads for couriers: what blocks runs on them, never on an event loop or a thread of Swift's tasks.

import NIOPosix

/// A few threads, shared by all channels.
package final class CourierThreads: Sendable {
    private let pool: NIOThreadPool

    /// - Parameter count: Of threads, and so of attempts at the same time.
    package init(count: Int) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    /// Does blocking work; nil when the threads have been stopped.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        try? await pool.runIfActive { work() }
    }

    /// Ends the threads when they have done what they do.
    package func stop() async { try? await pool.shutdownGracefully() }
}
