// What waits to be sent: streams take turns, by pieces, within what the peer has granted.

/// Messages of all streams of a connection, on their way out.
///
/// A stream gets ``WireLimits/quantum`` bytes, then the next one has its turn; a stream without credit does not hold up
/// the others. `Message` is whatever the driver keeps bytes in.
@frozen
public struct SendQueue<Message: RandomAccessCollection<UInt8> & Sendable>: Sendable
where Message.Index == Int, Message.SubSequence: Sendable {
    /// What leaves next.
    public enum Outgoing: Sendable {
        /// A DATA frame. `isWhole`: the last piece of its message.
        case data(stream: UInt32, Message.SubSequence, FrameFlags, isWhole: Bool)
        /// Every message of the stream has left; END may follow.
        case end(stream: UInt32)
    }

    @usableFromInline
    struct Pending: Sendable {
        @usableFromInline let message: Message
        /// Bytes that have left.
        @usableFromInline var sent = 0
        @usableFromInline let isLast: Bool
        @usableFromInline let isCompressed: Bool

        @inlinable
        init(message: Message, isLast: Bool, isCompressed: Bool) {
            self.message = message
            self.isLast = isLast
            self.isCompressed = isCompressed
        }
    }

    @usableFromInline
    struct Stream: Sendable {
        @usableFromInline var messages: [Pending] = []
        /// Index of the first message that has not left.
        @usableFromInline var head = 0
        @usableFromInline var sent: UInt64 = 0
        @usableFromInline var granted: UInt64
        @usableFromInline var isClosing = false
        @usableFromInline var isInTurn = false
        @usableFromInline var unsent = 0

        @inlinable
        init(granted: UInt64) { self.granted = granted }

        @inlinable var hasWork: Bool { head < messages.count || isClosing }

        /// The first message has left.
        @inlinable
        mutating func advance() {
            head += 1
            // In large steps: cutting one from the front of an array at each message would copy it each time.
            if head == messages.count || head > 64 && head * 2 > messages.count {
                messages.removeFirst(head)
                head = 0
            }
        }
    }

    @usableFromInline var streams = StreamTable<Stream>()
    @usableFromInline var turns: [UInt32] = []
    @usableFromInline var firstTurn = 0
    @usableFromInline var streamCredit: UInt64
    @usableFromInline var sent: UInt64 = 0
    @usableFromInline var granted: UInt64
    @usableFromInline var pieceMax: Int
    /// Bytes of all streams that wait.
    @inlinable public var waiting: Int { held }
    @usableFromInline var held = 0

    /// - Parameter peer: What the receiver accepts.
    @inlinable
    public init(peer: WireLimits) {
        streamCredit = UInt64(peer.streamCredit)
        granted = UInt64(peer.connectionCredit)
        pieceMax = min(WireLimits.quantum, Int(peer.frameBytesMax))
    }

    /// The receiver's hello has come; until then its defaults held.
    @inlinable
    public mutating func adopt(_ peer: WireLimits, insteadOf assumed: WireLimits) {
        let more = Int64(peer.streamCredit) - Int64(assumed.streamCredit)
        for (stream, _) in streams.all { streams.update(stream) { $0.granted.add(more) } }
        streamCredit = UInt64(peer.streamCredit)
        granted.add(Int64(peer.connectionCredit) - Int64(assumed.connectionCredit))
        pieceMax = min(WireLimits.quantum, Int(peer.frameBytesMax))
    }

    /// Nothing waits.
    @inlinable
    public var isEmpty: Bool { firstTurn == turns.count && streams.all.allSatisfy { !$0.value.hasWork } }

    /// Gives the memory of streams back, if there is none.
    @inlinable
    public mutating func shrink() {
        streams.shrink()
        if firstTurn == turns.count { (turns, firstTurn) = ([], 0) }
    }

    /// Something of this stream waits.
    @inlinable
    public func isWaiting(_ stream: UInt32) -> Bool { streams[stream]?.hasWork ?? false }

    /// Bytes of this stream that wait.
    @inlinable
    public func unsent(_ stream: UInt32) -> Int { streams[stream]?.unsent ?? 0 }

    // MARK: In

    /// Whether a whole message may leave at once, before anything that waits; if so it counts as sent.
    @inlinable
    public mutating func pass(_ stream: UInt32, bytes: Int) -> Bool {
        guard firstTurn == turns.count, bytes <= pieceMax, sent + UInt64(bytes) <= granted else { return false }
        let passes =
            streams.update(stream) { known in
                guard !known.hasWork, known.sent + UInt64(bytes) <= known.granted else { return false }
                known.sent += UInt64(bytes)
                return true
            } ?? (UInt64(bytes) <= streamCredit)
        if passes { sent += UInt64(bytes) }
        return passes
    }

    /// A message to be sent. `isLast`: its last frame carries END. `isCompressed`: each of its frames says so.
    @inlinable
    public mutating func add(_ message: Message, to stream: UInt32, isLast: Bool, isCompressed: Bool = false) {
        var entry = take(stream)
        entry.messages.append(Pending(message: message, isLast: isLast, isCompressed: isCompressed))
        entry.unsent += message.count
        held += message.count
        put(entry, stream)
    }

    /// Nothing more is added to this stream; ``Outgoing/end(stream:)`` comes when all has left.
    ///
    /// - Returns: False when nothing waits: END may be sent now.
    @inlinable
    public mutating func close(_ stream: UInt32) -> Bool {
        guard isWaiting(stream) else {
            drop(stream)
            return false
        }
        var entry = take(stream)
        entry.isClosing = true
        put(entry, stream)
        return true
    }

    /// Forgets a stream and what waits on it.
    @inlinable
    public mutating func drop(_ stream: UInt32) {
        if let dropped = streams.remove(stream) { held -= dropped.unsent }
    }

    /// The receiver of an open stream allows so many bytes in all. Lower than before says nothing.
    @inlinable
    public mutating func grant(_ stream: UInt32, offset: UInt64) {
        var entry = take(stream)
        entry.granted = max(entry.granted, offset)
        put(entry, stream)
    }

    /// The receiver allows so many bytes in all on the connection.
    @inlinable
    public mutating func grantConnection(offset: UInt64) { granted = max(granted, offset) }

    // MARK: Out

    /// The next piece; nil when nothing may leave.
    @inlinable
    public mutating func next() -> Outgoing? {
        for _ in firstTurn..<turns.count {
            let stream = popTurn()
            guard var entry = streams.remove(stream), entry.hasWork else { continue }
            entry.isInTurn = false
            guard entry.head < entry.messages.count else { return .end(stream: stream) }
            var pending = entry.messages[entry.head]
            let left = pending.message.count - pending.sent
            let count = min(left, pieceMax, room(entry.granted, entry.sent), room(granted, sent))
            if count == 0, left > 0 {
                // Without credit of its own it waits for CREDIT; without the connection's it keeps its turn.
                let isConnection = room(granted, sent) == 0
                if isConnection { put(entry, stream) } else { streams.set(stream, entry) }
                continue
            }
            let start = pending.message.startIndex + pending.sent
            let piece = pending.message[start..<(start + count)]
            pending.sent += count
            entry.sent += UInt64(count)
            entry.unsent -= count
            held -= count
            sent += UInt64(count)
            let isWhole = pending.sent == pending.message.count
            var flags: FrameFlags = isWhole ? (pending.isLast ? .end : []) : .more
            if pending.isCompressed { flags.insert(.compressed) }
            if isWhole { entry.advance() } else { entry.messages[entry.head] = pending }
            // END follows its last message at once.
            put(entry, stream, first: isWhole && entry.head == entry.messages.count && entry.isClosing)
            return .data(stream: stream, piece, flags, isWhole: isWhole)
        }
        return nil
    }

    // MARK: Parts

    @inlinable
    func room(_ granted: UInt64, _ sent: UInt64) -> Int { granted > sent ? Int(clamping: granted - sent) : 0 }

    @inlinable
    mutating func take(_ stream: UInt32) -> Stream {
        streams.remove(stream) ?? Stream(granted: streamCredit)
    }

    @inlinable
    mutating func put(_ entry: Stream, _ stream: UInt32, first: Bool = false) {
        var entry = entry
        if entry.hasWork, !entry.isInTurn {
            entry.isInTurn = true
            if first, firstTurn > 0 {
                firstTurn -= 1
                turns[firstTurn] = stream
            } else {
                turns.append(stream)
            }
        }
        streams.set(stream, entry)
    }

    @inlinable
    mutating func popTurn() -> UInt32 {
        let stream = turns[firstTurn]
        firstTurn += 1
        if firstTurn == turns.count {
            turns.removeAll(keepingCapacity: true)
            firstTurn = 0
        } else if firstTurn > 256, firstTurn * 2 > turns.count {
            turns.removeFirst(firstTurn)
            firstTurn = 0
        }
        return stream
    }
}

extension UInt64 {
    /// Adds a difference, never below zero.
    @inlinable
    mutating func add(_ difference: Int64) {
        self = difference >= 0 ? self + UInt64(difference) : self - Swift.min(self, UInt64(-difference))
    }
}
