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

    private enum Phase { case awaitingHello, open, closed }
    private enum Stream {
        /// The request is still coming.
        case receiving(MessageJoiner)
        /// Handed over; no more DATA is expected.
        case running
        /// Refused early; the rest of the request is dropped.
        case draining
    }

    private let limits: WireLimits
    private var phase = Phase.awaitingHello
    private var streams: [UInt32: Stream] = [:]
    private var running = 0
    /// Bytes of requests that are still coming, of all streams together.
    private var joined = 0
    private var lateFrames = 0
    private var isLeaving = false
    /// Highest stream the client has used; above ``lastStream`` only after ``leave()``.
    private var highestStream: UInt32 = 0

    /// Highest stream that was or will be answered; goes into GOAWAY.
    public private(set) var lastStream: UInt32 = 0
    /// Requests in parts may together hold so many bytes: two of the longest.
    private var joinedMax: Int { 2 * Int(limits.messageBytesMax) }
    /// Frames for closed streams that are answered with RESET before the connection is closed.
    public static let lateFramesMax = 10

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
        if phase == .awaitingHello, header.type != .hello { return fail(.protocolError, "first frame is not HELLO") }
        if header.reserved != 0 { return fail(.protocolError, "reserved bits are not zero") }
        let limit =
            switch header.type {
            case .hello: WireLimits.helloBytesMax
            case .call: WireLimits.callBytesMax
            case .ping: WireLimits.pingBytes
            case .reset, .goaway: min(WireLimits.controlBytesMax, limits.frameBytesMax)
            default: limits.frameBytesMax
            }
        if header.length > limit {
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
            guard header.type == .hello else { return fail(.protocolError, "first frame is not HELLO") }
            return hello(header, payload)
        case .open: break
        }
        if header.type.isExtension {
            return header.flags.contains(.mustUnderstand)
                ? fail(.protocolError, "unknown extension frame that must be understood") : .ignore
        }
        switch header.type {
        case .hello: return fail(.protocolError, "second HELLO")
        case .ping: return ping(header, payload)
        case .goaway: return goaway(header)
        case .call: return call(header, payload)
        case .data: return data(header, payload)
        case .reset: return reset(header)
        case .end, .head: return fail(.protocolError, "frame type \(header.type.rawValue) comes from the hub only")
        default: return fail(.protocolError, "frame type \(header.type.rawValue) is not defined in 1.0")
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

    // MARK: Frames

    private mutating func hello(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        guard header.stream == 0, header.flags.isEmpty else { return fail(.protocolError, "HELLO on a stream") }
        guard let hello = try? HubHello(serializedBytes: payload) else {
            return fail(.protocolError, "HELLO cannot be decoded")
        }
        guard hello.versionMin <= hello.versionMax else {
            return fail(.protocolError, "HELLO version_min above version_max")
        }
        guard hello.versionMin <= ProtocolVersion.minorMax, hello.versionMax >= ProtocolVersion.minorMin else {
            return fail(.versionUnsupported, "no common protocol version")
        }
        var peer = WireLimits()
        if hello.limits.frameBytesMax != 0 {
            guard WireLimits.frameBytesBounds.contains(hello.limits.frameBytesMax) else {
                return fail(.protocolError, "HELLO frame_bytes_max out of bounds")
            }
            peer.frameBytesMax = hello.limits.frameBytesMax
        }
        if hello.limits.messageBytesMax != 0 { peer.messageBytesMax = hello.limits.messageBytesMax }
        phase = .open
        return .ready(peer: peer)
    }

    private mutating func ping(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        guard header.stream == 0, payload.count == Int(WireLimits.pingBytes) else {
            return fail(.protocolError, "PING of \(payload.count) bytes on stream \(header.stream)")
        }
        guard header.flags.isSubset(of: .ack) else {
            return fail(.protocolError, "PING with flags \(header.flags.rawValue)")
        }
        return header.flags.contains(.ack) ? .ignore : .pong(payload)
    }

    /// The code and the reason are for operators: the client leaves, whatever it says.
    private mutating func goaway(_ header: FrameHeader) -> Action {
        guard header.stream == 0, header.flags.isEmpty else {
            return fail(.protocolError, "GOAWAY on a stream or with flags")
        }
        return .peerLeaving
    }

    private mutating func call(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        guard header.stream % 2 == 1 else { return fail(.protocolError, "CALL on even stream \(header.stream)") }
        guard header.stream > highestStream else {
            return fail(.protocolError, "CALL on stream \(header.stream), not above \(highestStream)")
        }
        guard header.flags.isEmpty else { return fail(.protocolError, "CALL with flags") }
        guard streams.count < Int(limits.openCallsMax) * 2 else {
            return fail(.streamLimit, "more than \(limits.openCallsMax) open calls, not waiting for answers")
        }
        highestStream = header.stream
        if isLeaving {
            streams[header.stream] = .draining
            return .reset(stream: header.stream, .refused)
        }
        lastStream = header.stream
        guard let call = try? HubCall(serializedBytes: payload) else {
            return drain(header.stream, HubError(.messageMalformed, "CALL cannot be decoded"))
        }
        if running >= Int(limits.openCallsMax) {
            return drain(
                header.stream, HubError(.tooManyCalls, "\(limits.openCallsMax) calls are open", retryAfterMillis: 100))
        }
        if let error = CallMetadata.fault(in: call) { return drain(header.stream, error) }
        running += 1
        streams[header.stream] = .receiving(MessageJoiner(limit: limits.messageBytesMax))
        return .opened(stream: header.stream, call: call)
    }

    private mutating func data(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        guard header.stream % 2 == 1, header.stream <= highestStream else {
            return fail(.protocolError, "DATA on idle stream \(header.stream)")
        }
        guard header.flags.isSubset(of: [.end, .more, .compressed]), !header.flags.isSuperset(of: [.end, .more]) else {
            return fail(.protocolError, "DATA with flags \(header.flags.rawValue)")
        }
        let ends = header.flags.contains(.end)
        // Taken out, changed and put back, so that what was joined so far is never copied.
        switch take(header.stream) {
        case .draining:
            if !ends { streams[header.stream] = .draining }
            return .ignore
        case .running:
            running -= 1
            return late(header.stream)
        case nil: return late(header.stream)
        case .receiving(var joiner):
            guard !header.flags.contains(.compressed) else {
                return end(header.stream, HubError(.protocolViolation, "compressed DATA without an encoding"), ends)
            }
            switch joiner.append(payload, more: header.flags.contains(.more)) {
            case .tooLarge:
                return end(
                    header.stream, HubError(.messageTooLarge, "message above \(limits.messageBytesMax) bytes"), ends)
            case .incomplete:
                guard joined + joiner.held <= joinedMax else {
                    return end(
                        header.stream,
                        HubError(
                            .tooManyCalls, "more than \(joinedMax) bytes of requests wait for their end",
                            retryAfterMillis: 100),
                        ends)
                }
                joined += joiner.held
                streams[header.stream] = .receiving(joiner)
                return .ignore
            case .message(let message):
                guard ends else {
                    return end(
                        header.stream,
                        HubError(.methodUnknown, "client streams are not in 1.0: the request must carry END"), ends)
                }
                streams[header.stream] = .running
                return .request(stream: header.stream, message: message)
            }
        }
    }

    private mutating func reset(_ header: FrameHeader) -> Action {
        guard header.flags.isEmpty else { return fail(.protocolError, "RESET with flags \(header.flags.rawValue)") }
        guard header.stream % 2 == 1, header.stream <= highestStream else {
            return fail(.protocolError, "RESET on idle stream \(header.stream)")
        }
        switch take(header.stream) {
        case .running, .receiving:
            running -= 1
            return .cancelled(stream: header.stream)
        case .draining, nil: return .ignore
        }
    }

    /// Takes a stream out, with what it holds of its request.
    private mutating func take(_ stream: UInt32) -> Stream? {
        let taken = streams.removeValue(forKey: stream)
        if case .receiving(let joiner) = taken { joined -= joiner.held }
        return taken
    }

    // MARK: Refusals

    private mutating func late(_ stream: UInt32) -> Action {
        lateFrames += 1
        guard lateFrames <= Self.lateFramesMax else {
            return fail(.protocolError, "\(lateFrames) DATA frames for closed streams")
        }
        return .reset(stream: stream, .streamClosed)
    }

    /// Refuses a call whose request is still to come.
    private mutating func drain(_ stream: UInt32, _ error: HubError) -> Action {
        streams[stream] = .draining
        return .refuse(stream: stream, error)
    }

    /// Ends a call whose request was coming; what is left of the request is dropped, if this was not its `last` frame.
    private mutating func end(_ stream: UInt32, _ error: HubError, _ last: Bool) -> Action {
        running -= 1
        return last ? .refuse(stream: stream, error) : drain(stream, error)
    }

    private mutating func fail(_ code: HubGoawayCode, _ reason: String) -> Action {
        phase = .closed
        var goaway = HubGoaway()
        goaway.code = code
        goaway.lastStream = lastStream
        goaway.reason = reason
        if code == .versionUnsupported {
            goaway.versionMin = ProtocolVersion.minorMin
            goaway.versionMax = ProtocolVersion.minorMax
        }
        return .goaway(goaway)
    }
}
