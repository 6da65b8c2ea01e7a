// What a caller may say about one call, and what it gets back.

public import HubProto
public import NIOCore

/// How one call shall be made.
public struct CallOptions: Sendable {
    /// Milliseconds the caller is willing to wait, over all attempts. Absent: 30,000 for unary calls; streams do not end.
    public var timeoutMillis: UInt32?
    /// 16 to 64 bytes that stand for this one change, for ever. Made when the method changes something and none is
    /// given; the same key goes with every attempt.
    public var idempotencyKey: [UInt8]?
    /// The citizen for whom the caller speaks, as the hub's policy wants it (`nik:…`); personal.
    public var onBehalfOf: String?
    /// Further headers, limits as in `hub.v1.Call`.
    public var metadata: [HubMetadata] = []
    /// Where a stream goes on; from ``HubStream/cursor``.
    public var resumeFrom: [UInt8]?
    /// Requests of 1 KiB and more leave compressed where that makes them shorter, if the hub takes that. Never those of
    /// methods whose messages carry secrets.
    public var compressesRequests = true
    /// How often a call is sent at most; for a stream: attempts in a row that bring nothing. A first connection that
    /// fails costs an attempt too; while a hub that was there is away, unary calls wait for it without one.
    public var attempts = 5

    /// Unary: 30 seconds, 5 attempts, a key of its own.
    public init() {}

    /// For watchers: 60 attempts in a row, minutes of an absent hub.
    public static var watching: Self {
        var options = Self()
        options.attempts = 60
        return options
    }
}

/// The answer to a unary call.
public struct Answer<Reply: Sendable>: Sendable {
    /// The method's reply.
    public var message: Reply
    /// Headers that came with it.
    public var metadata: [HubMetadata]
    /// The hub had stored this answer when the same key came before.
    public var replayed: Bool
}

/// The answer to ``HubClient/raw(_:_:options:completion:)``: the serialised reply.
public typealias RawAnswer = Answer<ByteBuffer>
