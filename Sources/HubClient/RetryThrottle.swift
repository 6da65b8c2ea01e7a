// When a client stops sending failed calls again, so that it does not add to a hub's trouble.

/// Tokens as in gRPC's proposal A6: a failure costs one, a success brings a tenth back; with half of them or fewer no
/// call is tried again.
///
/// Only answers that say UNAVAILABLE, or that ask to come again later, are failures here. Lost connections are not:
/// what is sent again after them is held back by the waits between connections, and its key makes it safe.
struct RetryThrottle {
    /// In tenths of a token.
    private static let most = 100
    private static let cost = 10
    private var tenths = most

    /// A failed call may be sent again.
    var allowsRetry: Bool { tenths > Self.most / 2 }

    /// A call ended well.
    mutating func succeeded() { tenths = min(Self.most, tenths + 1) }

    /// The hub could not answer.
    mutating func failed() { tenths = max(0, tenths - Self.cost) }
}
