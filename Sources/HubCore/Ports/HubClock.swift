// The port for time of day. Nothing below the programs reads a clock of its own.

/// Milliseconds since 1970 UTC.
package protocol HubClock: Sendable {
    func nowMillis() -> Int64
}
