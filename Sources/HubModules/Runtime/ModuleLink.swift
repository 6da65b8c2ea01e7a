// The channel to a module's process: bytes to frames and back. Decides nothing; the machine does.

import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOPosix
import SwiftProtobuf

/// Who hears what a link says; all calls come on the link's event loop.
protocol ModuleLinkDelegate: AnyObject {
    func link(_ link: ModuleLink, says action: ModuleLinkMachine.Action)
    /// A batch of frames has been worked through.
    func linkDidRead(_ link: ModuleLink)
    func linkClosed(_ link: ModuleLink)
}

/// One socket to one process. Confined to its event loop.
///
/// What is asked between two ``flush()`` leaves in one write; what arrives in one read is handed over in one go.
final class ModuleLink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Methods a hub calls on a module.
    enum Method {
        case describe, decide, echo

        fileprivate var call: [UInt8] {
            switch self {
            case .describe: Self.describeCall
            case .decide: Self.decideCall
            case .echo: Self.echoCall
            }
        }

        // The module is not told a deadline: it decides at once or its process is ended. So a CALL is always the same.
        private static let describeCall = encode(ModuleMethod.describe)
        private static let decideCall = encode(ModuleMethod.decide)
        private static let echoCall = encode(ModuleMethod.echo)

        private static func encode(_ method: String) -> [UInt8] {
            // Serialising fails only for a missing required field, which proto3 does not have.
            (try? HubCall.with { $0.method = method }.serializedBytes()) ?? []
        }
    }

    /// Let go when the link has closed.
    var delegate: (any ModuleLinkDelegate)?
    private var machine = ModuleLinkMachine()
    private var context: ChannelHandlerContext?
    private var arrived = ByteBuffer()
    private var leaving = ByteBuffer()
    private var closed = false
    /// When the answers came that are handed over now.
    private(set) var readAt = NIODeadline.now()

    /// Every stream id has been used; ``ask(_:_:)`` gives none any more.
    var isUsedUp: Bool { machine.isUsedUp }

    /// Puts a handler on the hub's end of a socket pair; the descriptor belongs to the channel from now on.
    func connect(_ descriptor: CInt, on loop: any EventLoop) {
        let this = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(this.value) }
            }
            .withConnectedSocket(descriptor)
            .whenFailure { _ in loop.execute { this.value.ended() } }
    }

    /// Opens a call; it leaves with the next ``flush()``. Nil when the machine opens no more.
    func ask(_ method: Method, _ message: [UInt8]) -> UInt32? {
        guard let stream = machine.open() else { return nil }
        write(.call, stream: stream, method.call)
        write(.data, flags: .end, stream: stream, message)
        return stream
    }

    /// Asks for a sign of life, or gives one; leaves with the next ``flush()``.
    func ping(_ payload: [UInt8], acknowledging: Bool = false) {
        write(.ping, flags: acknowledging ? .ack : [], stream: 0, payload)
    }

    /// Sends what was asked.
    func flush() {
        guard let context, leaving.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(leaving), promise: nil)
        leaving.clear()
    }

    /// Says that nothing more will be asked; answers still come. The host then lets the module stop.
    func finish() {
        flush()
        context?.close(mode: .output, promise: nil)
    }

    /// Closes both ways and hears nothing any more.
    func close() {
        machine.close()
        context?.close(promise: nil)
    }

    // MARK: Channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        var hello = HubHello()
        hello.software = "hubd"
        write(.hello, stream: 0, (try? hello.serializedBytes()) ?? [])
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        readAt = .now()
        var bytes = unwrapInboundIn(data)
        if arrived.readableBytes > 0 {
            arrived.writeBuffer(&bytes)
            swap(&bytes, &arrived)
        }
        arrived = ByteBuffer()
        let read = bytes.withUnsafeReadableBytes { raw in
            FrameBytes.read(
                raw,
                judge: { header in
                    guard let error = machine.check(header) else { return true }
                    delegate?.link(self, says: .broken(error))
                    return false
                },
                take: { header, payload in
                    delegate?.link(self, says: machine.receive(header, payload))
                    return true
                })
        }
        bytes.moveReaderIndex(forwardBy: read)
        guard bytes.readableBytes > 0 else { return }
        bytes.discardReadBytes()
        arrived = bytes
    }

    func channelReadComplete(context: ChannelHandlerContext) { delegate?.linkDidRead(self) }

    func channelInactive(context: ChannelHandlerContext) { ended() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func ended() {
        guard !closed else { return }
        closed = true
        machine.close()
        context = nil
        delegate?.linkClosed(self)
        delegate = nil
    }

    private func write(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, _ payload: [UInt8]) {
        let header = FrameHeader(type, flags: flags, stream: stream, length: UInt32(clamping: payload.count))
        let size = FrameHeader.size + payload.count
        leaving.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { raw in
            header.write(to: raw)
            UnsafeMutableRawBufferPointer(rebasing: raw[FrameHeader.size..<size]).copyBytes(from: payload)
            return size
        }
    }
}
