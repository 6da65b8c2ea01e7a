// A connection as the client sees it: bytes in, decisions out. Owns no socket, clock or timer.

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

    private enum Phase { case awaitingHello, open, leaving, closed }

    private struct OpenCall {
        let call: Call
        let shape: HubMethod.Shape
        /// A message that goes on in the next frame.
        var partial: ByteBuffer?
        /// A unary call's message, until END.
        var message: ByteBuffer?
        var receivedBytes: UInt64 = 0
    }

    /// What this side accepts.
    let limits: WireLimits
    /// What the hub accepts; before its HELLO what every hub accepts.
    private(set) var peer: WireLimits
    /// The hub has said hello.
    private(set) var isGreeted = false
    private var phase = Phase.awaitingHello
    private var nextStream: UInt32 = 1
    private var open: [UInt32: OpenCall] = [:]

    /// - Parameter limits: What the client says in its own HELLO.
    init(limits: WireLimits) {
        self.limits = limits
        peer = WireLimits(frameBytesMax: WireLimits.frameBytesBounds.lowerBound)
    }

    /// Calls without an answer.
    var openCalls: Int { open.count }

    /// Takes a stream for a call; its CALL and DATA are sent next.
    mutating func openCall(_ call: Call, shape: HubMethod.Shape, requestBytes: Int) -> Opening {
        guard phase == .awaitingHello || phase == .open, nextStream <= UInt32(Int32.max) else { return .closing }
        guard requestBytes <= Int(peer.messageBytesMax) else {
            return .refused(
                HubError(
                    .messageTooLarge, "request of \(requestBytes) bytes, the hub takes \(peer.messageBytesMax)"))
        }
        guard open.count < Int(peer.openCallsMax) else { return .full }
        let stream = nextStream
        nextStream += 2
        open[stream] = OpenCall(call: call, shape: shape)
        return .stream(stream)
    }

    /// Forgets a call that the caller gave up; RESET is sent next. False when it had ended already.
    mutating func cancel(stream: UInt32) -> Bool { open.removeValue(forKey: stream) != nil }

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

    // MARK: Frames

    /// Checked before memory is taken for the payload.
    private mutating func fault(in header: FrameHeader) -> Event? {
        if header.reserved != 0 { return broken(.protocolError, .protocolViolation, "reserved bits are not zero") }
        let limit =
            switch header.type {
            case .hello: WireLimits.helloBytesMax
            case .ping: WireLimits.pingBytes
            default: limits.frameBytesMax
            }
        guard header.length > limit else { return nil }
        return broken(
            .frameSize, .frameTooLarge, "frame type \(header.type.rawValue) of \(header.length) bytes, at most \(limit)"
        )
    }

    private mutating func receive(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        if phase == .awaitingHello {
            // A hub that refuses this connection at once may say so without a hello.
            return header.type == .goaway ? goaway(header, payload) : hello(header, payload)
        }
        if header.type.isExtension {
            return header.flags.contains(.mustUnderstand) ? violation("unknown extension that must be understood") : nil
        }
        switch header.type {
        case .data: return data(header, payload)
        case .end: return end(header, payload)
        case .reset: return reset(header, payload)
        case .ping: return ping(header, payload)
        case .goaway: return goaway(header, payload)
        case .hello: return violation("second HELLO")
        case .call: return violation("CALL from the hub")
        default: return violation("frame type \(header.type.rawValue) is not defined in 1.0")
        }
    }

    private mutating func hello(_ header: FrameHeader, _ payload: ByteBuffer) -> Event {
        guard header.type == .hello, header.stream == 0, header.flags.isEmpty, let hello = HubHello(frame: payload)
        else { return violation("first frame is not HELLO") }
        guard hello.versionMin <= hello.versionMax else { return violation("HELLO version_min above version_max") }
        guard hello.versionMin <= ProtocolVersion.minorMax else {
            return broken(
                .versionUnsupported, .versionUnsupported,
                "hub speaks 1.\(hello.versionMin) to 1.\(hello.versionMax), this client 1.\(ProtocolVersion.minorMax)")
        }
        var announced = WireLimits()
        if hello.limits.frameBytesMax != 0 {
            guard WireLimits.frameBytesBounds.contains(hello.limits.frameBytesMax) else {
                return violation("HELLO frame_bytes_max out of bounds")
            }
            announced.frameBytesMax = hello.limits.frameBytesMax
        }
        if hello.limits.messageBytesMax != 0 { announced.messageBytesMax = hello.limits.messageBytesMax }
        if hello.limits.openCallsMax != 0 { announced.openCallsMax = hello.limits.openCallsMax }
        peer = announced
        isGreeted = true
        phase = .open
        return .greeted(hello)
    }

    private mutating func ping(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        guard header.stream == 0, payload.readableBytes == Int(WireLimits.pingBytes) else {
            return violation("PING of \(payload.readableBytes) bytes on stream \(header.stream)")
        }
        return header.flags.contains(.ack) ? nil : .pong(payload)
    }

    private mutating func goaway(_ header: FrameHeader, _ payload: ByteBuffer) -> Event {
        guard header.stream == 0, let goaway = HubGoaway(frame: payload) else { return violation("GOAWAY malformed") }
        phase = .leaving
        let refused = open.filter { $0.key > goaway.lastStream }.sorted { $0.key < $1.key }
        for (stream, _) in refused { open[stream] = nil }
        return .leaving(goaway, refused: refused.map(\.value.call))
    }

    private mutating func data(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        let stream = header.stream
        guard isMine(stream) else { return violation("DATA on idle stream \(stream)") }
        guard header.flags.subtracting([.more, .end]).isEmpty, header.flags != [.more, .end] else {
            return violation("DATA with flags \(header.flags.rawValue)")
        }
        // Taken out, changed and put back, so that the partial message is never copied.
        guard var entry = open.removeValue(forKey: stream) else { return nil }
        let length = entry.partial.map { $0.readableBytes + payload.readableBytes } ?? payload.readableBytes
        guard length <= Int(limits.messageBytesMax) else {
            return .failed(
                entry.call, stream: stream,
                HubError(.messageTooLarge, "the hub's message is above \(limits.messageBytesMax) bytes"))
        }
        entry.receivedBytes += UInt64(payload.readableBytes)
        var whole = payload
        if var partial = entry.partial.take() {
            partial.writeImmutableBuffer(payload)
            whole = partial
        }
        if header.flags.contains(.more) {
            entry.partial = whole
            open[stream] = entry
            return nil
        }
        switch entry.shape {
        case .serverStream:
            open[stream] = entry
            return .message(entry.call, whole)
        case .unary where entry.message == nil:
            entry.message = whole
            open[stream] = entry
            return nil
        case .unary:
            return .failed(
                entry.call, stream: stream, HubError(.protocolViolation, "two answers to a call that takes one"))
        }
    }

    private mutating func end(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        let stream = header.stream
        guard isMine(stream) else { return violation("END on idle stream \(stream)") }
        guard let end = HubEnd(frame: payload) else { return violation("END malformed") }
        guard let entry = open.removeValue(forKey: stream) else { return nil }
        guard end.status == CallStatus.ok.rawValue else { return .ended(entry.call, end) }
        guard entry.partial == nil, end.finalSize == 0 || end.finalSize == entry.receivedBytes else {
            return .failed(entry.call, stream: stream, HubError(.protocolViolation, "END before the message was whole"))
        }
        switch (entry.shape, entry.message) {
        case (.serverStream, _): return .ended(entry.call, end)
        case (.unary, let message?): return .answered(entry.call, message, end)
        case (.unary, nil):
            return .failed(entry.call, stream: stream, HubError(.protocolViolation, "END OK without an answer"))
        }
    }

    private mutating func reset(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        guard isMine(header.stream) else { return violation("RESET on idle stream \(header.stream)") }
        guard let reset = HubReset(frame: payload) else { return violation("RESET malformed") }
        return open.removeValue(forKey: header.stream).map { .reset($0.call, reset) }
    }

    /// A stream this side has opened at some time.
    private func isMine(_ stream: UInt32) -> Bool { stream % 2 == 1 && stream < nextStream }

    // MARK: Refusals

    private mutating func violation(_ detail: String) -> Event { broken(.protocolError, .protocolViolation, detail) }

    private mutating func broken(_ code: HubGoawayCode, _ error: HubError.Code, _ detail: String) -> Event {
        phase = .closed
        return .broken(code, HubError(error, detail))
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
