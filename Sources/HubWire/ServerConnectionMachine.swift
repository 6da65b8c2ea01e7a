// A client's connection as the hub sees it: frames in, decisions out. Owns no socket, clock or timer.

public import HubDomain
public import HubProto
import SwiftProtobuf

/// One TLS connection, server side.
///
/// Harmless and dropped: RESET of a stream that is closed, PING with ACK, extension frames without MUST_UNDERSTAND,
/// DATA of a stream that the hub refused before its request was whole.
public struct ServerConnectionMachine: Sendable {
    /// What the driver does next; it decides nothing.
    public enum Action: Sendable {
        /// The peer said hello; its limits hold from now on.
        case ready(peer: WireLimits)
        /// A call was opened; its deadline begins.
        case opened(stream: UInt32, call: HubCall)
        /// The call's one request message is whole.
        case request(stream: UInt32, message: [UInt8])
        /// The caller gave up; nothing more is sent on this stream.
        case cancelled(stream: UInt32)
        /// Send END with this error; the machine has closed the stream.
        case refuse(stream: UInt32, HubError)
        /// Send RESET with this code.
        case reset(stream: UInt32, HubResetCode)
        /// Send PING with ACK and these bytes.
        case pong([UInt8])
        /// Send GOAWAY, cancel every call, close.
        case goaway(HubGoaway)
        /// The client is leaving; let open calls end.
        case peerLeaving
        /// Nothing to do.
        case ignore
    }

    enum Phase { case awaitingHello, open, closed }
    enum Stream {
        /// The request is still coming.
        case receiving(MessageJoiner)
        /// Handed over; no more DATA is expected.
        case running
        /// Refused early; the rest of the request is dropped.
        case draining
    }

    let limits: WireLimits
    var phase = Phase.awaitingHello
    var streams: [UInt32: Stream] = [:]
    var running = 0
    /// Bytes of requests that are still coming, of all streams together.
    var joined = 0
    var lateFrames = 0
    var isLeaving = false
    /// Highest stream the client has used; above ``lastStream`` only after ``leave()``.
    var highestStream: UInt32 = 0

    /// DATA frames in a row that brought neither a byte nor an end.
    var emptyFrames = 0

    /// Highest stream that was or will be answered; goes into GOAWAY.
    public internal(set) var lastStream: UInt32 = 0
    /// Requests in parts may together hold so many bytes: two of the longest.
    var joinedMax: Int { 2 * Int(limits.messageBytesMax) }
    /// Frames for closed streams that are answered with RESET before the connection is closed.
    public static let lateFramesMax = 10
    /// DATA frames in a row without a byte and without an end before the connection is closed.
    public static let emptyFramesMax = 1_000

    /// - Parameter limits: What the hub said in its own HELLO.
    public init(limits: WireLimits) { self.limits = limits }

    /// Calls that have not been answered.
    public var openCalls: Int { running }

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
            case .reset, .goaway: min(WireLimits.controlBytesMax, limits.frameBytesMax)
            default: limits.frameBytesMax
            }
        if WireRule.frameLength.forbids(header.length > limit) {
            // HELLO and PING have a fixed form; a longer one is a broken peer, not a big message.
            let code: HubGoawayCode = header.type == .hello || header.type == .ping ? .protocolError : .frameSize
            return fail(code, "frame type \(header.type.rawValue) of \(header.length) bytes, at most \(limit)")
        }
        return nil
    }

    /// Takes one whole frame that ``check(_:)`` let pass.
    public mutating func receive(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        switch phase {
        case .closed: return .ignore
        case .awaitingHello:
            if header.type == .hello { return hello(header, payload) }
        case .open: break
        }
        if header.type.isExtension {
            return WireRule.mustUnderstand.forbids(header.flags.contains(.mustUnderstand))
                ? fail(.protocolError, "unknown extension frame that must be understood") : .ignore
        }
        switch header.type {
        case .hello: return WireRule.helloOnce.forbids(true) ? fail(.protocolError, "second HELLO") : .ignore
        case .ping: return ping(header, payload)
        case .goaway: return goaway(header)
        case .call: return call(header, payload)
        case .data: return data(header, payload)
        case .reset: return reset(header)
        default:
            guard WireRule.definedTypes.forbids(true) else { return .ignore }
            return fail(.protocolError, "frame type \(header.type.rawValue) is not one that a client sends in 1.0")
        }
    }

    /// Whether the stream has not been answered yet, and still can be.
    public func isOpen(_ stream: UInt32) -> Bool {
        guard phase != .closed else { return false }
        return switch streams[stream] {
        case .receiving, .running: true
        case .draining, nil: false
        }
    }

    /// The driver knows the method: its requests may be at most so long.
    public mutating func limitRequest(_ stream: UInt32, to bytes: UInt32) {
        guard WireRule.requestLength.forbids(true), case .receiving(var joiner) = streams[stream] else { return }
        joiner.lower(limit: bytes)
        streams[stream] = .receiving(joiner)
    }

    /// The driver sent END or RESET for this stream.
    public mutating func answered(_ stream: UInt32) {
        switch take(stream) {
        case .running: running -= 1
        case .receiving:
            streams[stream] = .draining
            running -= 1
        case .draining: streams[stream] = .draining
        case nil: break
        }
    }

    /// The driver announces the end with GOAWAY and ``lastStream``: calls that come later are not started.
    public mutating func leave() { isLeaving = true }

    /// The driver closes the connection; nothing more is accepted.
    public mutating func close() { phase = .closed }
}
