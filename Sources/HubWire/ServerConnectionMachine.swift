// A client's connection as the hub sees it: frames in, decisions out. Owns no socket, clock or timer.

public import HubDomain
public import HubProto
import SwiftProtobuf

/// One TLS connection, server side. What each frame means is in ServerConnectionMachine+Frames.swift.
///
/// Harmless and dropped: RESET and CREDIT of a stream that is closed, extension frames without
/// MUST_UNDERSTAND, DATA of a stream that the hub refused before its request was whole.
public struct ServerConnectionMachine: Sendable {
    /// What the driver does next; it decides nothing.
    public enum Action: Sendable {
        /// The peer said hello; its limits hold from now on.
        case ready(peer: WireLimits)
        /// A call was opened; its deadline begins. The driver says what it expects with ``expect(_:_:)``.
        case opened(stream: UInt32, CallHead)
        /// A request message is whole: the payload of this frame, or what was `joined`. `isLast`: none follows.
        case request(stream: UInt32, joined: [UInt8]?, isLast: Bool)
        /// As ``request(stream:joined:isLast:)``, but the message is a zstd frame: the driver makes at most `longest` bytes of
        /// it, and ends the call when that fails.
        case compressed(stream: UInt32, joined: [UInt8]?, isLast: Bool, longest: Int)
        /// The client sends no further request; there was no message in this frame.
        case requestsEnded(stream: UInt32)
        /// The caller gave up; nothing more is sent on this stream.
        case cancelled(stream: UInt32)
        /// The client takes more, on a stream or, with 0, on the connection.
        case credit(stream: UInt32, offset: UInt64)
        /// Send END with this error; the machine has closed the stream.
        indirect case refuse(stream: UInt32, HubError)
        /// Send RESET with this code.
        case reset(stream: UInt32, HubResetCode)
        /// Send PING with ACK and these bytes.
        case pong([UInt8])
        /// The client has read everything up to the hub's own PING of these bytes.
        case ponged([UInt8])
        /// Send GOAWAY, cancel every call, close.
        indirect case goaway(HubGoaway)
        /// The client is leaving; let open calls end.
        case peerLeaving
        /// Nothing to do.
        case ignore
    }

    /// A CREDIT frame that is due.
    public struct Grant: Sendable, Equatable {
        /// 0 = the connection.
        public let stream: UInt32
        /// Bytes in all; nil = only ``maxStream`` is told.
        public let offset: UInt64?
        /// Highest stream that may be opened; nil = not told.
        public let maxStream: UInt32?

        var isEmpty: Bool { offset == nil && maxStream == nil }
    }

    enum Phase { case awaitingHello, open, closed }

    /// A call, from its CALL until nobody works on it and nothing of it is still to come. Numbers alone, so that it is
    /// copied for nothing; what is joined of a request in parts lies beside it.
    struct Stream {
        /// What the client may still send.
        enum Side {
            /// Requests are still coming.
            case receiving
            /// No more DATA is expected, and the answer is due.
            case complete
            /// Refused early; the rest of the request is dropped.
            case draining
            /// Answered or given up.
            case over
        }

        var side = Side.receiving
        /// More than one request may come.
        var takesStream = false
        /// The hub works on it, whether anybody waits for the answer or not.
        var isWorking = false
        /// Bytes of the connection's window that its requests hold.
        var held = 0
        /// Memory of its whole requests that somebody works on or will, bytes.
        var workingBytes = 0
        /// Longest request, bytes.
        var longest: UInt32
        /// The beginning of a request is in ``joiners``.
        var isJoining = false
        /// That beginning is compressed.
        var isCompressed = false
        /// CALL said that requests may be compressed.
        var mayCompress = false
        var window: ReceiveWindow

        /// Can still be answered.
        var isOpen: Bool { side == .receiving || side == .complete }
    }

    let limits: WireLimits
    var phase = Phase.awaitingHello
    var streams = StreamTable<Stream>()
    /// Requests of which some parts have come.
    var joiners = StreamTable<MessageJoiner>()
    /// Requests hold as much as they may, of the connection or of its principal.
    static let tooMuch = HubError(
        .tooManyCalls, "too many bytes of requests are coming or worked on", retryAfterMillis: 1_000)
    /// Streams on which the client may still send, or expects an answer.
    var unfinished = 0
    /// Calls whose work has not ended.
    public internal(set) var working = 0
    /// Calls that can still be answered.
    var open = 0
    /// Bytes of requests that are still coming, of all streams together.
    var partialBytes = 0
    /// Memory of whole requests, until the work on them has ended, bytes.
    var workingBytes = 0
    var lateFrames = 0
    var isDraining = false
    /// The client said goodbye.
    var hasLeft = false
    /// Highest stream the client has used; above ``lastStream`` only after ``leave()``.
    var highestStream: UInt32 = 0
    /// Highest stream the client was allowed.
    var maxStream: UInt32
    var window: ReceiveWindow
    /// Streams whose window has something to announce.
    var grants: [Grant] = []
    /// Frames in a row that brought nothing.
    var idleFrames = 0
    var pings = PingPace()
    /// Calls in a row that the client gave up or that were refused at once.
    var vainCalls = 0

    /// What the driver's steady clock showed when the frames came that are received now, milliseconds.
    public var nowMillis: UInt64 = 0
    /// Requests may together hold so many bytes at the moment; more are refused. Told by the driver.
    public var requestRoom = Int.max
    /// Highest stream that was or will be answered; goes into GOAWAY.
    public internal(set) var lastStream: UInt32 = 0
    /// Requests in parts may together hold so many bytes: two of the longest.
    var joinedMax: Int { 2 * Int(limits.messageBytesMax) }
    /// Frames for closed streams that are answered with RESET before the connection is closed.
    public static let lateFramesMax = 10
    /// Frames in a row that bring nothing before the connection is closed.
    public static let idleFramesMax = 1_000
    /// Memory of a whole request beside its own bytes.
    static let requestCost = 64
    /// Calls in a row that come to nothing before the connection is closed.
    public static let vainCallsMax = 1_000

    /// - Parameter limits: What the hub said in its own HELLO.
    public init(limits: WireLimits) {
        self.limits = limits
        maxStream = UInt32(clamping: UInt64(max(1, limits.openCallsMax)) * 2 - 1)
        window = ReceiveWindow(size: limits.connectionCredit)
    }

    /// Calls that have not been answered.
    public var openCalls: Int { open }

    /// Memory of requests, whether they are still coming or worked on, bytes.
    public var requestBytes: Int { partialBytes + workingBytes }

    /// Nothing more is accepted; the driver may drop what still arrives.
    public var isClosed: Bool { phase == .closed }

    /// Whether a header may be followed by its payload: checked before memory is taken.
    ///
    /// - Returns: Nil when it may; else what to do instead of waiting for the payload.
    public mutating func check(_ header: FrameHeader) -> Action? {
        if phase == .closed { return .ignore }
        if WireRule.helloFirst.forbids(phase == .awaitingHello && header.type != .hello) {
            return fail(.protocolError, "first frame is not HELLO")
        }
        if WireRule.reservedBits.forbids(header.reserved != 0) {
            return fail(.protocolError, "reserved bits are not zero")
        }
        let limit =
            switch header.type {
            case .hello: WireLimits.helloBytesMax
            case .call: WireLimits.callBytesMax
            case .ping: WireLimits.pingBytes
            case .reset, .goaway, .credit: min(WireLimits.controlBytesMax, limits.frameBytesMax)
            default: limits.frameBytesMax
            }
        if WireRule.frameLength.forbids(header.length > limit) {
            // HELLO and PING have a fixed form; a longer one is a broken peer, not a big message.
            let code: HubGoawayCode = header.type == .hello || header.type == .ping ? .protocolError : .frameSize
            return fail(code, "frame type \(header.type.rawValue) of \(header.length) bytes, at most \(limit)")
        }
        return nil
    }

    /// Takes one whole frame that ``check(_:)`` let pass. The payload is only looked at, and kept where that is needed.
    public mutating func receive(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        switch phase {
        case .closed: return .ignore
        case .awaitingHello:
            if header.type == .hello { return hello(header, payload) }
        case .open: break
        }
        if header.type.isExtension {
            return WireRule.mustUnderstand.forbids(header.flags.contains(.mustUnderstand))
                ? fail(.protocolError, "unknown extension frame that must be understood") : idle() ?? .ignore
        }
        switch header.type {
        case .hello: return WireRule.helloOnce.forbids(true) ? fail(.protocolError, "second HELLO") : .ignore
        case .ping: return ping(header, payload)
        case .goaway: return goaway(header)
        case .credit: return credit(header, payload)
        case .call: return call(header, payload)
        case .data: return data(header, payload)
        case .reset: return reset(header)
        default:
            guard WireRule.definedTypes.forbids(true) else { return .ignore }
            return fail(.protocolError, "frame type \(header.type.rawValue) is not one that a client sends in 1.0")
        }
    }
}
