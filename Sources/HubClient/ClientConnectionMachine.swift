// A connection as the client sees it: bytes in, decisions out. Owns no socket, clock or timer.

import HubCompression
import HubDomain
import HubProto
import HubWire
import NIOCore
import SwiftProtobuf

/// One TLS connection, client side. `Call` is whatever the driver knows a call by; the machine only hands it back.
///
/// Harmless and dropped: frames of streams that have ended or were cancelled (they cross on the way), extension frames
/// without MUST_UNDERSTAND, the answer to a PING beyond the sign of life it is.
struct ClientConnectionMachine<Call> {
    /// What the driver does next; it decides nothing.
    enum Event {
        /// The hub said hello; its limits hold from now on.
        case greeted(HubHello)
        /// A unary call has ended well with its one message.
        case answered(Call, ByteBuffer, HubEnd)
        /// A whole message of a stream.
        case message(Call, ByteBuffer)
        /// A stream has ended, or a unary call has failed at the hub.
        case ended(Call, HubEnd)
        /// The hub ended a call without a status.
        case reset(Call, HubReset)
        /// The hub's frames of this call make no sense; send RESET PROTOCOL_ERROR for the stream.
        case failed(Call, stream: UInt32, HubError)
        /// The hub takes more, on a stream or, with 0, on the connection; it may also take further calls.
        case credit(stream: UInt32, offset: UInt64)
        /// Send PING with ACK and these bytes.
        case pong(ByteBuffer)
        /// The hub leaves: no new calls here; `refused` were not started.
        case leaving(HubGoaway, refused: [Call])
        /// The hub broke the protocol: send GOAWAY with this code, close.
        case broken(HubGoawayCode, HubError)
    }

    /// Whether a call may be opened.
    enum Opening: Equatable {
        /// Yes, on this stream.
        case stream(UInt32)
        /// Not before another one has ended.
        case full
        /// Not on this connection.
        case closing
        /// Never: the request is too long for the hub.
        case refused(HubError)
    }

    enum Phase { case awaitingHello, open, leaving, closed }

    struct OpenCall {
        let call: Call
        let shape: HubMethod.Shape
        /// CALL said that answers may be compressed.
        let acceptsCompressed: Bool
        /// A message that goes on in the next frame.
        var partial: ByteBuffer?
        /// A unary call's message, until END.
        var message: ByteBuffer?
        /// The message that is coming is compressed.
        var isCompressed = false
        /// So was one before it.
        var wasCompressed = false
        /// Bytes of whole messages, before compression.
        var receivedBytes: UInt64 = 0
        var window: ReceiveWindow
        /// Bytes of the window that were not given back.
        var held = 0
        /// Bytes of whole messages that the consumer has not taken.
        var untaken = 0

        /// The consumer is not behind, or has taken so many bytes: the hub may send more.
        mutating func giveBack(taken: Int = 0) {
            // The consumer counts messages, the window what came of them: the same share of both is free.
            let share = wasCompressed && untaken > taken ? Int(Double(held) * Double(taken) / Double(untaken)) : taken
            untaken -= min(untaken, taken)
            // While much waits to be taken, the next message may only begin. A little does not count: the consumer tells of
            // it later.
            let free = untaken < WireLimits.quantum ? held : min(held, share)
            held -= free
            window.giveBack(free)
        }
    }

    /// A CREDIT frame that is due; stream 0 is the connection.
    struct Grant: Equatable {
        let stream: UInt32
        let offset: UInt64
    }

    /// What this side accepts.
    let limits: WireLimits
    /// What the hub accepts; before its HELLO what every hub accepts.
    var peer: WireLimits
    /// The hub has said hello.
    var isGreeted = false
    /// It takes compressed requests.
    var takesCompressed = false
    var phase = Phase.awaitingHello
    var nextStream: UInt32 = 1
    var open: [UInt32: OpenCall] = [:]
    /// Highest stream that the hub allows.
    var maxStream: UInt32
    var window: ReceiveWindow
    var grants: [Grant] = []

    /// - Parameter limits: What the client says in its own HELLO.
    init(limits: WireLimits) {
        self.limits = limits
        peer = WireLimits(frameBytesMax: WireLimits.frameBytesBounds.lowerBound)
        maxStream = peer.openCallsMax * 2 - 1
        window = ReceiveWindow(size: limits.connectionCredit)
    }

    /// Calls without an answer.
    var openCalls: Int { open.count }

    /// Takes a stream for a call; its CALL and DATA are sent next.
    ///
    /// - Parameter requestBytes: Of the request before compression: the hub's limits count those.
    mutating func openCall(
        _ call: Call, shape: HubMethod.Shape, requestBytes: Int, acceptsCompressed: Bool = false
    ) -> Opening {
        guard phase == .awaitingHello || phase == .open, nextStream <= UInt32(Int32.max) else { return .closing }
        guard requestBytes <= Int(peer.messageBytesMax) else {
            return .refused(
                HubError(
                    .messageTooLarge, "request of \(requestBytes) bytes, the hub takes \(peer.messageBytesMax)"))
        }
        guard nextStream <= maxStream else { return .full }
        let stream = nextStream
        nextStream += 2
        open[stream] = OpenCall(
            call: call, shape: shape, acceptsCompressed: acceptsCompressed,
            window: ReceiveWindow(size: limits.streamCredit))
        return .stream(stream)
    }

    /// Forgets a call that the caller gave up; RESET is sent next. False when it had ended already.
    mutating func cancel(stream: UInt32) -> Bool { open.removeValue(forKey: stream) != nil }

    /// The consumer of a stream took so many bytes of its messages.
    mutating func taken(stream: UInt32, bytes: Int) {
        guard var entry = open.removeValue(forKey: stream) else { return }
        entry.giveBack(taken: bytes)
        put(entry, stream)
    }

    /// The CREDIT frames that are due.
    mutating func takeGrants() -> [Grant] {
        var due = grants
        grants = []
        if let offset = window.due() { due.append(Grant(stream: 0, offset: offset)) }
        return due
    }

    /// The connection is gone; calls without an answer are handed back, oldest first.
    mutating func close() -> [Call] {
        phase = .closed
        defer { open = [:] }
        return open.sorted { $0.key < $1.key }.map(\.value.call)
    }

    /// Takes frames from `inbound` until one needs the driver; nil when no whole frame is left.
    mutating func next(from inbound: inout ByteBuffer) -> Event? {
        while phase != .closed, let header = inbound.peekFrameHeader() {
            if let fault = fault(in: header) { return fault }
            guard inbound.readableBytes >= FrameHeader.size + Int(header.length) else { return nil }
            inbound.moveReaderIndex(forwardBy: FrameHeader.size)
            guard let payload = inbound.readSlice(length: Int(header.length)) else { return nil }
            if let event = receive(header, payload) { return event }
        }
        return nil
    }
}

extension Message {
    /// Decodes a frame's payload, no deeper than a peer may nest; nil when it is malformed.
    init?(frame payload: ByteBuffer) {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = CallLimits.messageDepthMax
        guard let message = try? Self(serializedBytes: [UInt8](payload.readableBytesView), options: options) else {
            return nil
        }
        self = message
    }
}
