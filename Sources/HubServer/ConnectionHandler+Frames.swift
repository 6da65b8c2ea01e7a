// What a connection sends: answers, ends, messages of streams, credit; collected so that one batch leaves in one write.

import HubCore
import HubDomain
import HubProto
import HubWire
import Logging
import NIOCore

/// An END that waits for the messages before it.
struct PendingEnd {
    let end: HubEnd
    /// Gives the reader up who takes nothing.
    let alarm: Scheduled<Void>
}

/// What is told of a stream's message when its turn has come.
struct WaitingMessage: Sendable {
    /// Where the stream goes on after it; empty = it cannot.
    let cursor: [UInt8]
    /// It has left this process.
    let left: @Sendable () -> Void
}

extension ConnectionHandler {
    /// The answer of a call that needed no task.
    func answer(
        _ stream: UInt32, _ call: OpenCall, _ message: UnsafeRawBufferPointer, at now: NIODeadline = .now(),
        _ context: ChannelHandlerContext
    ) {
        guard !call.isClamped, !call.mayShorten(message.count), message.count <= Int(peer.messageBytesMax),
            context.channel.isWritable, outbox.pass(stream, bytes: message.count)
        else {
            let reply = WireMessage([UInt8](message), compresses: call.compresses)
            answer(stream, reply, replayed: false, requestHash: [], context)
            if !call.isBusy { machine.release(stream) }
            return
        }
        calls.remove(stream)
        call.count(nil, at: now)
        outbox.drop(stream)
        makeRoom()
        out.writeAnswer(stream: stream, message)
        machine.answered(stream)
        machine.succeeded()
        if !call.isBusy { machine.release(stream) }
        answersInOut += 1
        if answersInOut >= Self.answersMax { flush(context) }
        closeWhenDone(context)
    }

    func answer(
        _ stream: UInt32, _ reply: WireMessage, replayed: Bool, requestHash: [UInt8],
        _ context: ChannelHandlerContext
    ) {
        guard let call = calls.remove(stream) else { return }  // Cancelled or past its deadline meanwhile.
        guard reply.messageBytes <= Int(peer.messageBytesMax) else {
            call.count(.messageTooLarge)
            return end(stream, HubError(.messageTooLarge, "the answer is above the caller's message limit"), context)
        }
        if WireRule.unsentAnswers.forbids(!hasRoom(reply.bytes.count)) {
            let error = HubError(
                .tooManyCalls, "\(outbox.waiting) bytes of answers wait to be taken", retryAfterMillis: 1_000)
            call.count(error.code)
            if let calm = machine.wasInVain() { return perform(calm, context) }
            return self.end(stream, error, context)
        }
        call.count(nil)
        var end = HubEnd.ok(metadata: call.metadata, finalSize: UInt64(reply.messageBytes))
        if replayed { end.metadata.append(HubMetadata(HubMetadataKey.replayed, "1")) }
        if !requestHash.isEmpty { end.requestHash = .init(requestHash) }
        if context.channel.isWritable, outbox.pass(stream, bytes: reply.bytes.count) {
            write(context) {
                $0.writeFrame(.data, flags: reply.flags(.end), stream: stream, payload: reply.bytes)
            }
        } else {
            outbox.add(reply.bytes, to: stream, isLast: true, isCompressed: reply.isCompressed)
        }
        self.end(stream, end, context)
    }

    /// Whether so many bytes more may wait to be taken: one answer always may, unless its principal has used up its
    /// account.
    private func hasRoom(_ bytes: Int) -> Bool {
        let waiting = outbox.waiting
        return (waiting == 0 || waiting + bytes <= CallLimits.unsentBytesMax)
            && holding + bytes <= share?.room ?? .max
    }

    func fail(_ stream: UInt32, _ error: HubError, _ context: ChannelHandlerContext) {
        // A call that ended meanwhile gets no second END; one that was refused at its opening has no entry yet.
        let isKnown = calls[stream] != nil || machine.isOpen(stream)
        drop(stream, error.code)
        if isKnown { end(stream, error, context) }
    }

    func end(_ stream: UInt32, _ error: HubError, cursor: [UInt8]? = nil, _ context: ChannelHandlerContext) {
        server.hub.counters.callsFailed.add(1, ordering: .relaxed)
        if error.code != .asAsked, error.status == .internalError || error.status == .dataLoss {
            server.logger.error("call failed", metadata: ["error": "\(error)"])
        }
        end(stream, HubEnd(error: error, cursor: cursor), context)
    }

    func end(_ stream: UInt32, _ end: HubEnd, _ context: ChannelHandlerContext) {
        guard outbox.close(stream) else { return endNow(stream, end, context) }
        let alarm = schedule(in: server.times.watcherPatience, context) { handler, context in
            guard let pending = handler.ends.removeValue(forKey: stream) else { return }
            handler.forget(stream)
            let error = HubError(.slowConsumer, "nobody takes the answer", retryAfterMillis: 0)
            handler.end(stream, error, cursor: pending.end.resumeCursor, context)
        }
        ends[stream] = PendingEnd(end: end, alarm: alarm)
        pump(context)
    }

    private func endNow(_ stream: UInt32, _ end: HubEnd, _ context: ChannelHandlerContext) {
        machine.answered(stream)
        if end.status == 0 { machine.succeeded() }
        write(context) { $0.writeFrame(.end, stream: stream, message: end) }
        closeWhenDone(context)
    }

    /// One message of a stream.
    func push(
        _ stream: UInt32, _ message: WireMessage, _ waiting: WaitingMessage, _ context: ChannelHandlerContext
    ) {
        guard let call = calls[stream] else { return waiting.left() }
        guard holding + message.bytes.count <= share?.room ?? .max else {
            waiting.left()
            // It goes on after what was sent, when there is room again.
            return interrupt(
                stream, call, HubError(.slowConsumer, "too much waits for this principal", retryAfterMillis: 1_000),
                context)
        }
        outbox.add(message.bytes, to: stream, isLast: false, isCompressed: message.isCompressed)
        self.waiting[stream, default: CircularBuffer(initialCapacity: 4)].append(waiting)
        pump(context)
    }

    /// Throws away what waits on a stream.
    func forget(_ stream: UInt32) {
        outbox.drop(stream)
        ends.removeValue(forKey: stream)?.alarm.cancel()
        for message in waiting.removeValue(forKey: stream) ?? [] { message.left() }
    }

    /// Writes what may leave: streams in turn, as far as the client's credit and the socket go; a batch at once, so that a
    /// long answer holds up no other connection.
    func pump(_ context: ChannelHandlerContext) {
        while pumpAlarm == nil, context.channel.isWritable, let outgoing = outbox.next() {
            switch outgoing {
            case .data(let stream, let piece, let flags, let isWhole):
                machine.progressed()
                collect { $0.writeFrame(.data, flags: flags, stream: stream, payload: piece) }
                if isWhole, let message = waiting[stream]?.popFirst() {
                    flushed.append(message.left)
                    if !message.cursor.isEmpty { calls[stream]?.work?.cursorSent = message.cursor }
                }
            case .end(let stream):
                guard let pending = ends.removeValue(forKey: stream) else { continue }
                pending.alarm.cancel()
                waiting[stream] = nil
                endNow(stream, pending.end, context)
            }
            guard out.readableBytes >= Self.batchBytes else { continue }
            // The channel only then knows how much waits in it.
            flush(context)
            // A task that is to be done now would be done before sockets are looked at.
            pumpAlarm = schedule(in: Self.pumpPause, context) { handler, context in
                handler.pumpAlarm = nil
                handler.pump(context)
            }
        }
        if !isBatching {
            flush(context)
            settle()
        }
    }

    /// Tells the client what it may send.
    func sendGrants(_ context: ChannelHandlerContext) {
        for grant in machine.takeGrants(withOthers: out.readableBytes > 0) {
            var credit = HubCredit()
            credit.maxOffset = grant.offset ?? 0
            credit.maxStream = grant.maxStream ?? 0
            collect { $0.writeFrame(.credit, stream: grant.stream, message: credit) }
        }
        if !isBatching { flush(context) }
    }

    // MARK: Bytes

    /// Collects what one batch answers, so that it leaves in one write.
    func write(_ context: ChannelHandlerContext, _ body: (inout ByteBuffer) -> Void) {
        collect(body)
        if !isBatching { flush(context) }
    }

    private func collect(_ body: (inout ByteBuffer) -> Void) {
        makeRoom()
        body(&out)
    }

    /// The first frame of a batch takes as much memory as the batch before needed, so that it need not grow.
    private func makeRoom() {
        if out.capacity == 0 { out.reserveCapacity(max(512, min(outExpected, Self.batchBytes))) }
    }

    func flush(_ context: ChannelHandlerContext) {
        guard out.readableBytes > 0 else { return }
        outExpected = out.readableBytes
        writtenBytes += out.readableBytes
        answersInOut = 0
        var buffer = ByteBuffer()
        swap(&buffer, &out)
        guard !flushed.isEmpty else { return context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil) }
        let gone = flushed
        flushed = []
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in for left in gone { left() } }
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: promise)
    }
}
