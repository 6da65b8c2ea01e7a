// A TLS connection whose every frame the test writes and reads itself, and which can stop reading.

import HubProto
import HubWire
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import SwiftProtobuf
import Synchronization

/// How a raw connection introduces itself.
struct RawGreeting: Sendable {
    var certificate: String?
    var key: String?
    var authority: String
    var protocols = [ProtocolVersion.alpn]
    var minimum = TLSVersion.tlsv13
    var maximum: TLSVersion?
    /// Bytes the kernel keeps for a reader that is behind; nil = its own choice.
    var receiveBuffer: Int?
}

/// One frame as it came.
struct RawFrame: Sendable {
    let header: FrameHeader
    let payload: [UInt8]

    func message<Payload: Message>(_ type: Payload.Type = Payload.self) throws -> Payload {
        try Payload(serializedBytes: payload)
    }
}

/// Speaks frames over TLS, without any of the client library's manners.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let frames: AsyncStream<RawFrame>
    private let inbox: AsyncStream<RawFrame>.Continuation

    private init(_ channel: any Channel, _ frames: AsyncStream<RawFrame>, _ inbox: AsyncStream<RawFrame>.Continuation) {
        self.channel = channel
        self.frames = frames
        self.inbox = inbox
    }

    /// Connects and waits for the end of the TLS handshake.
    ///
    /// - Throws: What TLS or the socket said.
    static func open(port: Int, _ greeting: RawGreeting) async throws -> RawConnection {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = greeting.minimum
        tls.maximumTLSVersion = greeting.maximum
        tls.applicationProtocols = greeting.protocols
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(greeting.authority))
        if let certificate = greeting.certificate, let key = greeting.key {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        }
        let context = try NIOSSLContext(configuration: tls)
        let (frames, inbox) = AsyncStream.makeStream(of: RawFrame.self)
        let group = MultiThreadedEventLoopGroup.singleton
        let ready = group.next().makePromise(of: Void.self)
        var bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(5))
        if let bytes = greeting.receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(bytes))
        }
        let channel =
            try await bootstrap
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(context: context, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandlers(handler, RawFrames(inbox, ready))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await ready.futureResult.get()
        return RawConnection(channel, frames, inbox)
    }

    // MARK: Out

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends one frame.
    func send(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, _ message: some Message) async throws {
        var bytes: [UInt8] = []
        bytes.appendFrame(type, flags: flags, stream: stream, payload: try message.serializedBytes())
        try await send(bytes)
    }

    /// Asks for a sign of life.
    func ping() async throws {
        var bytes: [UInt8] = []
        bytes.appendFrame(.ping, stream: 0, payload: Array("sediakah".utf8))
        try await send(bytes)
    }

    /// Says hello with the protocol's own limits.
    func hello() async throws {
        var hello = HubHello()
        hello.versionMin = ProtocolVersion.minorMin
        hello.versionMax = ProtocolVersion.minorMax
        hello.software = "end-to-end test"
        hello.instanceID = .init([UInt8](repeating: 7, count: 16))
        // Never in its own way: what is behind is the socket, not the credit.
        hello.limits.streamCredit = 1_073_741_824
        hello.limits.connectionCredit = 1_073_741_824
        try await send(.hello, stream: 0, hello)
    }

    /// Opens a call and sends its one request.
    func call(
        _ method: String, stream: UInt32, _ request: some Message, key: [UInt8] = [], timeoutMillis: UInt32? = nil,
        resumeFrom: [UInt8] = []
    ) async throws {
        var call = HubCall()
        call.method = method
        call.idempotencyKey = .init(key)
        call.resumeFrom = .init(resumeFrom)
        if let timeoutMillis { call.timeoutMs = timeoutMillis }
        try await send(.call, stream: stream, call)
        try await send(.data, flags: .end, stream: stream, request)
    }

    // MARK: In

    /// The next frame; nil when the connection has ended.
    ///
    /// - Throws: ``Patience`` after `seconds`.
    func next(seconds: Int = 10) async throws -> RawFrame? {
        let frames = frames
        return try await Patience.limit(seconds) {
            for await frame in frames { return frame }
            return nil
        }
    }

    /// The next frame of a type; frames of other types are skipped.
    func next(_ type: FrameType, seconds: Int = 10) async throws -> RawFrame? {
        while let frame = try await next(seconds: seconds) {
            if frame.header.type == type { return frame }
        }
        return nil
    }

    /// True when the hub closes the connection within that time; frames that come before are dropped.
    func closes(seconds: Int = 5) async -> Bool {
        do {
            while try await next(seconds: seconds) != nil {}
            return true
        } catch { return false }
    }

    /// Stops reading from the socket, or goes on.
    func reads(_ reading: Bool) async throws {
        try await channel.setOption(.autoRead, value: reading).get()
        if reading { channel.read() }
    }

    func close() async { try? await channel.close().get() }
}

/// Gives up after a time.
enum Patience: Error {
    case exhausted

    static func limit<Result: Sendable>(
        _ seconds: Int, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw Patience.exhausted
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw Patience.exhausted }
            return first
        }
    }
}

/// Cuts bytes into frames, and says when TLS is ready or has failed.
private final class RawFrames: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: AsyncStream<RawFrame>.Continuation
    private let ready: EventLoopPromise<Void>
    private var buffer = ByteBuffer()

    init(_ inbox: AsyncStream<RawFrame>.Continuation, _ ready: EventLoopPromise<Void>) {
        self.inbox = inbox
        self.ready = ready
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { ready.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
        while let header = buffer.withUnsafeReadableBytes({ FrameHeader($0) }),
            buffer.readableBytes >= FrameHeader.size + Int(header.length)
        {
            buffer.moveReaderIndex(forwardBy: FrameHeader.size)
            inbox.yield(RawFrame(header: header, payload: buffer.readBytes(length: Int(header.length)) ?? []))
        }
        buffer.discardReadBytes()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ready.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ready.fail(ChannelError.eof)
        inbox.finish()
        context.fireChannelInactive()
    }
}
