// A hub that does what a test tells it: real TLS and real frames, invented answers.

import HubClient
import HubCompression
import HubDomain
import HubProto
import HubTrust
import HubWire
import NIOCore
import NIOPosix
import NIOSSL
import SwiftProtobuf
import Synchronization

/// A request as the scripted hub got it.
struct ScriptedCall: Sendable {
    /// 1 for the first connection.
    let connection: Int
    let stream: UInt32
    let call: HubCall
    let message: [UInt8]
    var cameCompressed = false
}

/// What the scripted hub does about it.
enum ScriptedAction: Sendable {
    /// DATA, then END OK.
    case answer([UInt8], [HubMetadata] = [])
    case message([UInt8])
    case end(HubEnd)
    case reset(HubResetCode)
    case goaway(HubGoaway)
    /// Closes the socket without a word.
    case drop
}

/// Listens on 127.0.0.1 until it is stopped.
final class ScriptedHub: Sendable {
    typealias Script = @Sendable (ScriptedCall) -> [ScriptedAction]

    /// What happened, in order: calls, and streams that were cancelled.
    struct Record: Sendable {
        var connections = 0
        var disconnections = 0
        var calls: [ScriptedCall] = []
        var cancelled: [UInt32] = []
        var openMost = 0
        /// Bytes of DATA.
        var sent = 0
    }

    let address: HubAddress
    let papers: Papers
    private let channel: any Channel
    private let state: SharedRecord

    /// Shared between the event loops of all connections.
    final class SharedRecord: Sendable {
        let record = Mutex(Record())
    }

    var record: Record { state.record.withLock { $0 } }

    /// - Parameter port: 0 for any free one.
    init(
        papers: Papers, port: Int = 0, limits: WireLimits = WireLimits(), features: UInt64 = 0,
        script: @escaping Script
    ) async throws {
        self.papers = papers
        let state = SharedRecord()
        self.state = state
        let tls = try papers.serverContext()
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = state.record.withLock { record in
                        record.connections += 1
                        return record.connections
                    }
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLServerHandler(context: tls),
                        ScriptedConnection(
                            connection, limits: limits, features: features, state: state, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        address = HubAddress(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
    }

    func stop() async throws { try await channel.close() }

    /// A client of this hub, with the admin's papers.
    func client(
        addresses: [HubAddress]? = nil, change: (inout HubClientConfiguration) -> Void = { _ in }
    ) throws -> HubClient {
        var configuration = papers.clientConfiguration(addresses ?? [address])
        configuration.backoff = Backoff(firstMillis: 5, capMillis: 50)
        change(&configuration)
        return try HubClient(configuration: configuration)
    }
}

/// One connection of the scripted hub.
private final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: Int
    private let limits: WireLimits
    private let features: UInt64
    private let state: ScriptedHub.SharedRecord
    private let script: ScriptedHub.Script
    private var machine: ServerConnectionMachine
    private var inbound = ByteBuffer()
    private var calls: [UInt32: HubCall] = [:]
    private var sizes: [UInt32: Int] = [:]
    private var outbox = SendQueue<[UInt8]>(peer: WireLimits())
    private var ends: [UInt32: HubEnd] = [:]
    /// The socket is closed; what was read before is of no concern any more.
    private var isDropped = false

    init(
        _ connection: Int, limits: WireLimits, features: UInt64, state: ScriptedHub.SharedRecord,
        script: @escaping ScriptedHub.Script
    ) {
        self.connection = connection
        self.limits = limits
        self.features = features
        self.state = state
        self.script = script
        machine = ServerConnectionMachine(limits: limits)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        inbound.writeBuffer(&incoming)
        while !isDropped, let header = inbound.withUnsafeReadableBytes({ FrameHeader($0) }),
            inbound.readableBytes >= FrameHeader.size + Int(header.length)
        {
            inbound.moveReaderIndex(forwardBy: FrameHeader.size)
            let payload = inbound.readBytes(length: Int(header.length)) ?? []
            let action = machine.check(header) ?? payload.withUnsafeBytes { machine.receive(header, $0) }
            perform(action, payload, context)
        }
        for grant in machine.takeGrants(withOthers: true) {
            let credit = HubCredit.with {
                $0.maxOffset = grant.offset ?? 0
                $0.maxStream = grant.maxStream ?? 0
            }
            write(.credit, grant.stream, credit, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.record.withLock { $0.disconnections += 1 }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func perform(
        _ action: ServerConnectionMachine.Action, _ payload: [UInt8], _ context: ChannelHandlerContext
    ) {
        switch action {
        case .ready:
            var hello = HubHello()
            hello.features = features
            hello.limits.frameBytesMax = limits.frameBytesMax
            hello.limits.messageBytesMax = limits.messageBytesMax
            hello.limits.openCallsMax = limits.openCallsMax
            write(.hello, 0, hello, context)
        case .opened(let stream, _):
            calls[stream] = try? HubCall(serializedBytes: payload)
            let open = machine.openCalls
            state.record.withLock { $0.openMost = max($0.openMost, open) }
        case .credit(let stream, let offset):
            if stream == 0 { outbox.grantConnection(offset: offset) } else { outbox.grant(stream, offset: offset) }
            pump(context)
        case .request(let stream, let joined, _):
            let call = ScriptedCall(
                connection: connection, stream: stream, call: calls[stream] ?? HubCall(), message: joined ?? payload)
            state.record.withLock { $0.calls.append(call) }
            for step in script(call) { perform(step, stream, context) }
        case .cancelled(let stream):
            outbox.drop(stream)
            machine.release(stream)
            state.record.withLock { $0.cancelled.append(stream) }
        case .refuse(let stream, let error): write(.end, stream, HubEnd(error: error), context)
        case .goaway(let goaway):
            write(.goaway, 0, goaway, context)
            context.close(promise: nil)
        case .compressed(let stream, let joined, _, let longest):
            let caps = ExpansionCaps(bytesMax: longest)
            guard let message = try? Zstandard.message(joined ?? payload, caps: caps) else {
                return context.close(promise: nil)
            }
            let call = ScriptedCall(
                connection: connection, stream: stream, call: calls[stream] ?? HubCall(), message: message,
                cameCompressed: true)
            state.record.withLock { $0.calls.append(call) }
            for step in script(call) { perform(step, stream, context) }
        case .reset, .pong, .ponged, .peerLeaving, .ignore, .requestsEnded: break
        }
    }

    private func perform(_ step: ScriptedAction, _ stream: UInt32, _ context: ChannelHandlerContext) {
        switch step {
        case .answer(let message, let metadata):
            send(message, stream, context)
            finish(.ok(metadata: metadata, finalSize: UInt64(sizes[stream] ?? 0)), stream, context)
        case .message(let message): send(message, stream, context)
        case .end(let end): finish(end, stream, context)
        case .reset(let code):
            machine.answered(stream)
            machine.release(stream)
            var reset = HubReset()
            reset.code = code
            write(.reset, stream, reset, context)
        case .goaway(let goaway): write(.goaway, 0, goaway, context)
        case .drop:
            isDropped = true
            if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
                tls.close(promise: nil)
            }
        }
    }

    private func send(_ message: [UInt8], _ stream: UInt32, _ context: ChannelHandlerContext) {
        sizes[stream, default: 0] += message.count
        outbox.add(message, to: stream, isLast: false)
        pump(context)
    }

    private func finish(_ end: HubEnd, _ stream: UInt32, _ context: ChannelHandlerContext) {
        guard outbox.close(stream) else { return endNow(end, stream, context) }
        ends[stream] = end
        pump(context)
    }

    private func endNow(_ end: HubEnd, _ stream: UInt32, _ context: ChannelHandlerContext) {
        machine.answered(stream)
        machine.release(stream)
        write(.end, stream, end, context)
    }

    private func pump(_ context: ChannelHandlerContext) {
        while let outgoing = outbox.next() {
            switch outgoing {
            case .data(let stream, let piece, let flags, _):
                state.record.withLock { $0.sent += piece.count }
                var frame: [UInt8] = []
                frame.appendFrame(.data, flags: flags, stream: stream, payload: Array(piece))
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: frame)), promise: nil)
            case .end(let stream):
                if let end = ends.removeValue(forKey: stream) { endNow(end, stream, context) }
            }
        }
    }

    private func write(_ type: FrameType, _ stream: UInt32, _ message: some Message, _ context: ChannelHandlerContext) {
        var frame: [UInt8] = []
        frame.appendFrame(type, stream: stream, payload: (try? message.serializedBytes()) ?? [])
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: frame)), promise: nil)
    }
}
