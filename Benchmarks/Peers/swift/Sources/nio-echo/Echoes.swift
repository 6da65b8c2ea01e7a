// The two echo handlers: one that copies frames back, and one that does what a first design would do.
import NIOCore
import SwiftProtobuf

typealias Message = Google_Protobuf_BytesValue

extension ByteBuffer {
    /// The length of the whole frame at the reader's place, when it is all there.
    fileprivate func frameLength() -> Int? {
        guard let body = self.getInteger(at: self.readerIndex, as: UInt32.self) else { return nil }
        let length = Int(body) + 4
        return self.readableBytes >= length ? length : nil
    }
}

/// Copies every frame back; one buffer and one write for a read.
final class RawEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var unread: ByteBuffer?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = join(self.unwrapInboundIn(data), to: &self.unread)
        var output = context.channel.allocator.buffer(capacity: input.readableBytes)
        while let length = input.frameLength(), var frame = input.readSlice(length: length) {
            output.writeBuffer(&frame)
        }
        keep(input, in: &self.unread)
        if output.readableBytes > 0 { context.write(self.wrapOutboundOut(output), promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
}

/// Decodes, runs a Task and encodes for every frame; answers of one turn of the loop leave in one write.
final class TaskEcho: ChannelInboundHandler, @unchecked Sendable {  // All state is touched on the event loop alone.
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var unread: ByteBuffer?
    private var pending: ByteBuffer?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = join(self.unwrapInboundIn(data), to: &self.unread)
        let channel = context.channel
        while let length = input.frameLength() {
            input.moveReaderIndex(forwardBy: 4)
            guard let bytes = input.readBytes(length: length - 4) else { break }
            Task {
                let answer: [UInt8] = try await answer(to: Message(serializedBytes: bytes)).serializedBytes()
                channel.eventLoop.execute { self.reply(answer, on: channel) }
            }
        }
        keep(input, in: &self.unread)
    }

    private func reply(_ answer: [UInt8], on channel: any Channel) {
        var waiting = self.pending ?? channel.allocator.buffer(capacity: 4096)
        let first = self.pending == nil
        waiting.writeInteger(UInt32(answer.count))
        waiting.writeBytes(answer)
        self.pending = waiting
        guard first else { return }
        channel.eventLoop.execute {
            guard let answers = self.pending else { return }
            self.pending = nil
            channel.writeAndFlush(answers, promise: nil)
        }
    }
}

private func answer(to message: Message) async throws -> Message { message }

private func join(_ new: ByteBuffer, to unread: inout ByteBuffer?) -> ByteBuffer {
    guard var joined = unread else { return new }
    unread = nil
    var new = new
    joined.writeBuffer(&new)
    return joined
}

private func keep(_ rest: ByteBuffer, in unread: inout ByteBuffer?) {
    guard rest.readableBytes > 0 else { return }
    var rest = rest
    rest.discardReadBytes()
    unread = rest
}
