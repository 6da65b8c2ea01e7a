// Programs of others that a test runs to their end.

package import Foundation

extension Process {
    /// Waits until the program has ended, a minute at most; with its output read before, that is at once. Asks again and
    /// again, because Foundation's own waiting spins or sleeps for ever on some threads.
    ///
    /// - Returns: Its exit status.
    /// - Throws: ``NotEnded`` when it still runs.
    @discardableResult
    package func waitForEnd() throws -> Int32 {
        for _ in 0..<12_000 where isRunning { usleep(5_000) }
        guard !isRunning else { throw NotEnded() }
        return terminationStatus
    }

    /// A program that does not come to its end.
    package struct NotEnded: Error {}
}
