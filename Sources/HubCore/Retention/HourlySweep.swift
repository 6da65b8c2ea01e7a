// What removes things that have no reason to stay, hour by hour.

package import HubDomain
package import Logging

/// Looks once an hour, and when the hub starts; what could not be removed then is removed at the next look.
package protocol HourlySweep: Sendable {
    /// What is removed, as logs call it.
    static var subject: String { get }
    var logger: Logger { get }

    /// - Parameter isFirst: No look of this hub has succeeded yet: it may have been off for long.
    /// - Returns: How many were removed.
    func look(isFirst: Bool) async throws(HubError) -> Int
}

extension HourlySweep {
    /// Runs until its task is cancelled.
    ///
    /// - Parameter sleep: Waits for so many milliseconds; passed in, as all time is.
    package func run(sleep: @Sendable (Int64) async -> Void) async {
        var isFirst = true
        while !Task.isCancelled {
            do throws(HubError) {
                let removed = try await look(isFirst: isFirst)
                isFirst = false
                if removed > 0 { logger.info("\(Self.subject) were removed", metadata: ["count": "\(removed)"]) }
            } catch {
                logger.error("\(Self.subject) cannot be removed", metadata: ["error": "\(error)"])
            }
            await sleep(3_600_000)
        }
    }
}
