// When bytes that enter a bad line come out of it. A value: no socket and no clock.

/// One direction of one connection. Times are nanoseconds since the link was made.
struct LinkSchedule {
    /// Bytes of a segment on an ordinary path (1,500 less the headers of IP and TCP).
    static let segmentBytes = 1_448
    /// Headers of IP and TCP for each segment, bytes.
    static let headerBytes = 52
    /// Waits for a lost segment do not grow beyond this.
    private static let retransmitMillisMax: Int64 = 60_000

    private let conditions: LinkConditions
    /// The line has sent what entered before.
    private var freeAt: Int64
    /// The last segment's arrival; none overtakes it.
    private var lastArrival: Int64

    /// - Parameter openedAt: When the client connected.
    /// - Parameter isUp: The client's own bytes also wait for TCP's handshake, which a relay on loopback does not see.
    init(_ conditions: LinkConditions, openedAt: Int64, isUp: Bool) {
        self.conditions = conditions
        freeAt = openedAt + (isUp ? conditions.roundTripMillis * 1_000_000 : 0)
        lastArrival = openedAt
    }

    /// When a segment that enters now is handed over.
    mutating func arrival(
        of bytes: Int, at now: Int64, random: inout some RandomNumberGenerator, darkness: [LinkConditions.Blackout] = []
    ) -> Int64 {
        let start = max(now, freeAt)
        var sent = start
        if let rate = conditions.bitsPerSecond {
            sent += Int64(bytes + Self.headerBytes) * 8 * 1_000_000_000 / max(1, rate)
        }
        freeAt = sent
        var arrival = through(sent, &random, darkness) + conditions.latencyMillis * 1_000_000
        if conditions.jitterMillis > 0 {
            arrival += Int64.random(in: 0...conditions.jitterMillis * 1_000_000, using: &random)
        }
        lastArrival = max(lastArrival, arrival)
        return lastArrival
    }

    /// When the segment was sent for the time that got through.
    private func through(
        _ sent: Int64, _ random: inout some RandomNumberGenerator, _ darkness: [LinkConditions.Blackout]
    ) -> Int64 {
        var at = sent
        var wait = conditions.retransmitMillis ?? conditions.roundTripMillis + 200
        while true {
            let dark = (conditions.blackouts + darkness).contains {
                at >= $0.fromMillis * 1_000_000 && at < ($0.fromMillis + $0.lengthMillis) * 1_000_000
            }
            let isLost = conditions.loss > 0 && Double.random(in: 0..<1, using: &random) < conditions.loss
            guard dark || isLost else { return at }
            at += max(1, wait) * 1_000_000
            wait = min(wait * 2, Self.retransmitMillisMax)
        }
    }
}
