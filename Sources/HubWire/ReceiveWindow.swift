// How much a peer may still send, on one stream or on the connection: absolute offsets, as QUIC has them (RFC 9000, 4.1).

/// What was received, what was given back, and what the peer was told. All in bytes since the beginning.
public struct ReceiveWindow: Sendable {
    private let size: UInt64
    private var received: UInt64 = 0
    private var returned: UInt64 = 0
    private var announced: UInt64

    /// - Parameter size: Bytes that may be on their way or in use at once.
    public init(size: UInt32) {
        self.size = UInt64(size)
        announced = UInt64(size)
    }

    /// Bytes came. False when they are more than the peer was allowed.
    public mutating func receive(_ count: Int) -> Bool {
        received += UInt64(count)
        return received <= announced
    }

    /// Bytes are no longer in use.
    public mutating func giveBack(_ count: Int) { returned += UInt64(count) }

    /// Bytes that were given back early are in use after all.
    mutating func take(_ count: Int) { returned -= min(returned, UInt64(count)) }

    /// The offset to announce now; nil while less than half of the window could be announced.
    public mutating func due() -> UInt64? {
        let target = min(returned + size, WireLimits.creditMax)
        guard target > announced, target - announced >= (size + 1) / 2 else { return nil }
        announced = target
        return target
    }
}
