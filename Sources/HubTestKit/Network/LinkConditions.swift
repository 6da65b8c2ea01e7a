// What a bad line does to a connection, as numbers.

/// The same for both directions, each by itself.
public struct LinkConditions: Sendable, Hashable {
    /// A time in which nothing gets through.
    public struct Blackout: Sendable, Hashable {
        /// Milliseconds since the link was made.
        public var fromMillis: Int64
        /// Milliseconds.
        public var lengthMillis: Int64

        /// Nothing gets through for a while.
        public init(fromMillis: Int64, lengthMillis: Int64) {
            self.fromMillis = fromMillis
            self.lengthMillis = lengthMillis
        }
    }

    /// Milliseconds on the way, one way.
    public var latencyMillis: Int64 = 0
    /// Milliseconds that may be added, evenly spread. TCP hands bytes over in order, so a late segment delays those after it.
    public var jitterMillis: Int64 = 0
    /// Share of segments that are lost, 0 to 1. A loss is seen as a wait: the sender sends the segment again after
    /// ``retransmitMillis``, after twice that when it is lost again, and so on.
    public var loss = 0.0
    /// Milliseconds before a lost segment is sent again. Nil: a round trip and 200.
    public var retransmitMillis: Int64?
    /// Bits a second; nil for no limit.
    public var bitsPerSecond: Int64?
    /// Times in which nothing gets through.
    public var blackouts: [Blackout] = []

    /// A line without fault.
    public init() {}

    /// A village behind a hill: 600 ms there and back on average, one segment of twenty lost, 64 kbit/s.
    public static var village: Self {
        var conditions = Self()
        conditions.latencyMillis = 290
        conditions.jitterMillis = 20
        conditions.loss = 0.05
        conditions.bitsPerSecond = 64_000
        return conditions
    }

    /// Milliseconds there and back, on average.
    public var roundTripMillis: Int64 { 2 * latencyMillis + jitterMillis }
}

/// Which way bytes go.
public enum LinkDirection: Sendable, Hashable, CaseIterable {
    /// From the client to the hub.
    case up
    /// From the hub to the client.
    case down
}

/// Where a connection breaks.
public struct LinkCut: Sendable, Hashable {
    /// Whose bytes are counted.
    public var direction: LinkDirection
    /// So many are handed over, then no more.
    public var afterBytes: Int
    /// With RST to both ends; else both are closed in order.
    public var isReset: Bool

    /// Breaks after exactly so many bytes.
    public init(_ direction: LinkDirection, afterBytes: Int, isReset: Bool) {
        self.direction = direction
        self.afterBytes = afterBytes
        self.isReset = isReset
    }
}
