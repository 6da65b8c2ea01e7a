// Joins the DATA frames of one call into whole messages, and splits messages into frames.

/// Collects a message that may come in several DATA frames. Holds at most `limit` bytes.
public struct MessageJoiner: Sendable {
    /// What a DATA frame led to.
    public enum Outcome: Equatable, Sendable {
        /// More frames of this message are to come.
        case incomplete
        /// A whole message: the payload of this frame alone, or what was joined.
        case whole(joined: [UInt8]?)
        /// The message is longer than the limit; nothing of it is kept, up to its last frame.
        case tooLarge
    }

    /// Bytes of a whole message.
    public let limit: Int
    private var pending: [UInt8] = []
    private var joining = false
    private var overflown = false

    /// - Parameter limit: Bytes of a whole message.
    public init(limit: UInt32) { self.limit = Int(limit) }

    /// Takes the payload of one DATA frame.
    public mutating func append(_ payload: UnsafeRawBufferPointer, more: Bool) -> Outcome {
        let isTooLong = overflown || WireRule.messageLength.forbids(pending.count + payload.count > limit)
        guard !isTooLong else {
            pending = []
            joining = more
            overflown = more
            return .tooLarge
        }
        if !joining, !more { return .whole(joined: nil) }
        pending += payload
        joining = more
        guard !more else { return .incomplete }
        defer { pending = [] }
        return .whole(joined: pending)
    }

    /// Bytes that it holds now.
    public var held: Int { pending.count }

    /// A message was begun and has not ended.
    public var isJoining: Bool { joining }
}

/// How a message is cut into DATA frames.
public enum MessageSplitter {
    /// Calls `emit` with each piece's range and flags; an empty message is one empty frame.
    ///
    /// - Parameters:
    ///   - count: Bytes of the message.
    ///   - frameBytesMax: The receiver's limit.
    ///   - last: No message follows on this side; the last frame carries ``FrameFlags/end``.
    public static func split(
        count: Int, frameBytesMax: UInt32, last: Bool, emit: (Range<Int>, FrameFlags) -> Void
    ) {
        let step = max(1, Int(frameBytesMax))
        var start = 0
        repeat {
            let stop = min(start + step, count)
            var flags: FrameFlags = []
            if stop < count { flags.insert(.more) } else if last { flags.insert(.end) }
            emit(start..<stop, flags)
            start = stop
        } while start < count
    }
}
