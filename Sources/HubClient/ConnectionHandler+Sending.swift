// What a connection sends: requests in turn, as far as the hub's credit goes, and everything of one turn together.

import HubProto
import HubWire
import NIOCore

extension ConnectionHandler {
    /// Sends a request of a call, as far as the hub takes it; the rest waits.
    func send(_ request: PreparedRequest, stream: UInt32, isLast: Bool) {
        if outbox.pass(stream, bytes: request.bytes.readableBytes) {
            var flags: FrameFlags = isLast ? .end : []
            if request.isCompressed { flags.insert(.compressed) }
            outbound.writeData(request.bytes.readableBytesView, flags: flags, stream: stream)
        } else {
            outbox.add(
                request.bytes.readableBytesView, to: stream, isLast: isLast, isCompressed: request.isCompressed)
            pump()
        }
        scheduleFlush()
    }

    /// Says that no further request comes.
    func finishRequests(stream: UInt32) {
        guard !outbox.close(stream) else { return }
        outbound.writeFrameHeader(.data, flags: [.end, .none], stream: stream, length: 0)
        scheduleFlush()
    }

    /// Bytes of this call's requests that wait.
    func unsent(stream: UInt32) -> Int { outbox.unsent(stream) }

    /// The consumer of a stream took so many bytes.
    func taken(stream: UInt32, bytes: Int) {
        machine.taken(stream: stream, bytes: bytes)
        sendGrants()
        scheduleFlush()
    }

    /// What every hub accepts before its hello.
    static let assumed = WireLimits(frameBytesMax: WireLimits.frameBytesBounds.lowerBound)

    /// Writes what may leave: calls in turn, as far as the hub's credit and the socket go.
    func pump() {
        guard let context else { return }
        while context.channel.isWritable, let outgoing = outbox.next() {
            switch outgoing {
            case .data(let stream, let piece, let flags, let isWhole):
                outbound.writeData(piece, flags: flags, stream: stream)
                if isWhole { owner.requestLeft(self, stream: stream) }
            case .end(let stream):
                outbound.writeFrameHeader(.data, flags: [.end, .none], stream: stream, length: 0)
            }
            if outbound.readableBytes >= 65_536 { flush() }
        }
        scheduleFlush()
    }

    /// The hub has answered before it had the whole request: it is told that no more comes.
    func stopSending(_ call: ClientCall) {
        guard case .open(_, let stream) = call.place else { return }
        let isUnfinished = outbox.isWaiting(stream) || call.isSendingRequests
        outbox.drop(stream)
        if isUnfinished { reset(stream, .cancelled) }
    }

    /// Tells the hub what it may send.
    func sendGrants() {
        for grant in machine.takeGrants() {
            outbound.writeFrame(.credit, stream: grant.stream, HubCredit.with { $0.maxOffset = grant.offset })
        }
    }

    func reset(_ stream: UInt32, _ code: HubResetCode) {
        var reset = HubReset()
        reset.code = code
        outbound.writeFrame(.reset, stream: stream, reset)
        scheduleFlush()
    }

    /// One flush for everything that is written in this turn of the loop.
    func scheduleFlush() {
        guard !isReading, !isFlushScheduled, let context else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    func flush() {
        guard isHandshakeDone, outbound.readableBytes > 0, let context else { return }
        let frames = outbound
        // Emptied first: a channel that becomes writable in the middle of this writes more. A buffer that grew for one
        // long request is given back; an ordinary one is used again.
        if outbound.capacity > 262_144 { outbound = ByteBuffer() } else { outbound.clear() }
        context.writeAndFlush(wrapOutboundOut(frames), promise: nil)
    }
}
