// What a connection sends: answers, ends, messages of streams; collected so that one batch leaves in one write.

import HubCore
import HubDomain
import HubProto
import HubWire
import Logging
import NIOCore

extension ConnectionHandler {
    func answer(
        _ stream: UInt32, _ reply: CallAnswer, requestHash: [UInt8], _ context: ChannelHandlerContext
    ) {
        guard let call = calls.removeValue(forKey: stream) else { return }  // Cancelled or past its deadline meanwhile.
        call.settle()
        guard reply.body.count <= Int(peer.messageBytesMax) else {
            return end(stream, HubError(.messageTooLarge, "the answer is above the caller's message limit"), context)
        }
        var end = HubEnd.ok(metadata: call.metadata, finalSize: UInt64(reply.body.count))
        if reply.replayed { end.metadata.append(HubMetadata(HubMetadataKey.replayed, "1")) }
        if !requestHash.isEmpty { end.requestHash = .init(requestHash) }
        write(context) {
            $0.writeMessage(reply.body, stream: stream, frameBytesMax: peer.frameBytesMax, last: true)
        }
        self.end(stream, end, context)
    }

    func fail(_ stream: UInt32, _ error: HubError, _ context: ChannelHandlerContext) {
        let call = calls.removeValue(forKey: stream)
        // A call that ended meanwhile gets no second END; one that was refused at its opening has no entry yet.
        guard call != nil || machine.isOpen(stream) else { return }
        call?.cancel()
        end(stream, error, context)
    }

    func end(_ stream: UInt32, _ error: HubError, cursor: [UInt8]? = nil, _ context: ChannelHandlerContext) {
        server.hub.counters.callsFailed.add(1, ordering: .relaxed)
        if error.code != .asAsked, error.status == .internalError || error.status == .dataLoss {
            server.logger.error("call failed", metadata: ["error": "\(error)"])
        }
        end(stream, HubEnd(error: error, cursor: cursor), context)
    }

    func end(_ stream: UInt32, _ end: HubEnd, _ context: ChannelHandlerContext) {
        machine.answered(stream)
        write(context) { $0.writeFrame(.end, stream: stream, message: end) }
        closeWhenDone(context)
    }

    /// One message of a stream.
    func push(
        _ stream: UInt32, _ message: [UInt8], _ left: @escaping @Sendable () -> Void, _ context: ChannelHandlerContext
    ) {
        guard calls[stream] != nil else { return left() }
        var buffer = context.channel.allocator.buffer(capacity: message.count + 64)
        buffer.writeMessage(message, stream: stream, frameBytesMax: peer.frameBytesMax, last: false)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in left() }
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: promise)
    }

    /// Collects what one batch of reading answers, so that it leaves in one write.
    func write(_ context: ChannelHandlerContext, _ body: (inout ByteBuffer) -> Void) {
        var buffer = out ?? context.channel.allocator.buffer(capacity: 512)
        out = nil
        body(&buffer)
        out = buffer
        if !isReading { flush(context) }
    }

    func flush(_ context: ChannelHandlerContext) {
        guard let buffer = out else { return }
        out = nil
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
    }
}

extension HubMetadata {
    init(_ key: String, _ text: String) {
        self.init()
        self.key = key
        value = .init(text.utf8)
    }
}
