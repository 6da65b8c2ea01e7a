// How often a client may ask whether the hub is still there.

/// PINGs of one client, by the time between them (PROTOCOL.md, W-83). All times in milliseconds of one steady clock.
struct PingPace: Sendable {
    /// A PING sooner than this after the one before is a strike.
    static let intervalMillis: UInt64 = 20_000
    /// Strikes that are let pass.
    static let strikesMax = 2

    private var last: UInt64?
    private var strikes = 0

    /// - Returns: False when the client has lost its patience with ours.
    mutating func takes(at now: UInt64) -> Bool {
        if let last, now &- last < Self.intervalMillis { strikes += 1 }
        last = now
        return strikes <= Self.strikesMax
    }

    /// Something else than PING went over the line: what came too soon is forgotten.
    mutating func rest() { strikes = 0 }
}
