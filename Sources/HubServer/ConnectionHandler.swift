// One client's connection: turns frames into machine events and carries out what the machine says. Decides nothing.

import Crypto
import HubCore
import HubDomain
import HubProto
import HubWire
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import NIOTLS

/// What every connection shares.
struct ServerContext: Sendable {
    let hub: Hub
    let limits: WireLimits
    let hello: HubHello
    let logger: Logger
    /// URI SAN of a certificate in DER; nil when it has none that names a principal.
    let identify: @Sendable ([UInt8]) -> String?
    /// For TLS and HELLO together.
    let handshakeSeconds: Int64
}

final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ServerContext
    private var machine: ServerConnectionMachine
    private var decoder = FrameDecoder()
    private var peer = WireLimits()
    private var calls: [UInt32: OpenCall] = [:]
    private var principalURN: String?
    private var out: ByteBuffer?
    private var reading = false
    private var handshakeAlarm: Scheduled<Void>?
    private var leaving = false
    /// Set while the handler is in a pipeline.
    private var attached: ChannelHandlerContext?

    init(_ server: ServerContext) {
        self.server = server
        machine = ServerConnectionMachine(limits: server.limits)
    }

    // MARK: Life of the connection

    func handlerAdded(context: ChannelHandlerContext) { attached = context }

    func handlerRemoved(context: ChannelHandlerContext) { attached = nil }

    func channelActive(context: ChannelHandlerContext) {
        server.hub.counters.connections.add(1, ordering: .relaxed)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        handshakeAlarm = context.eventLoop.scheduleTask(in: .seconds(server.handshakeSeconds)) {
            bound.value.1.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.hub.counters.connections.subtract(1, ordering: .relaxed)
        handshakeAlarm?.cancel()
        machine.close()
        for call in calls.values { call.cancel() }
        calls = [:]
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let negotiated) = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // swift-nio-ssl raises no alert on an ALPN mismatch: close before any frame.
        guard negotiated == ProtocolVersion.alpn else {
            server.logger.info("connection closed: ALPN does not match", metadata: ["expected": "\(ProtocolVersion.alpn)"])
            context.close(promise: nil)
            return
        }
        let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        let certificate = try? tls?.peerCertificate?.toDERBytes()
        principalURN = certificate.flatMap(server.identify)
        write(context) { $0.writeFrame(.hello, stream: 0, message: server.hello) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        server.logger.info("connection failed", metadata: ["kind": "\(type(of: error))"])
        context.close(promise: nil)
    }

    // MARK: Frames in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        decoder.append(&bytes)
        reading = true
        loop: while true {
            switch decoder.next(&machine) {
            case .needMore: break loop
            case .refused(let action):
                perform(action, context)
                break loop
            case .frame(let header, let payload): perform(machine.receive(header, payload), context)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        reading = false
        flush(context)
        context.fireChannelReadComplete()
    }

    private func perform(_ action: ServerConnectionMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .ready(let limits):
            peer = limits
            handshakeAlarm?.cancel()
        case .opened(let stream, let call): open(stream, call, context)
        case .request(let stream, let message): start(stream, message, context)
        case .cancelled(let stream): calls.removeValue(forKey: stream)?.cancel()
        case .refuse(let stream, let error):
            calls.removeValue(forKey: stream)?.cancel()
            server.hub.counters.callsFailed.add(1, ordering: .relaxed)
            write(context) { $0.writeFrame(.end, stream: stream, message: HubEnd(error: error)) }
        case .reset(let stream, let code):
            calls.removeValue(forKey: stream)?.cancel()
            write(context) { $0.writeFrame(.reset, stream: stream, message: HubReset.with { $0.code = code }) }
        case .pong(let bytes): write(context) { $0.writeFrame(.ping, flags: .ack, stream: 0, payload: bytes) }
        case .goaway(let goaway): leave(goaway, context)
        case .peerLeaving:
            leaving = true
            closeWhenDone(context)
        case .ignore: break
        }
    }

    // MARK: Calls

    private func open(_ stream: UInt32, _ call: HubCall, _ context: ChannelHandlerContext) {
        server.hub.counters.calls.add(1, ordering: .relaxed)
        do throws(HubError) {
            guard let urn = principalURN, let principal = server.hub.principals.principal(urn) else {
                throw HubError(.principalUnknown, "the certificate names no principal that this hub knows")
            }
            let route = try server.hub.router.route(call.method, role: principal.role)
            calls[stream] = OpenCall(call, route: route, principal: principal, now: .now())
        } catch {
            fail(stream, error, context)
        }
    }

    private func start(_ stream: UInt32, _ message: [UInt8], _ context: ChannelHandlerContext) {
        // A call that was refused when it was opened is no longer here; its request is dropped.
        guard let call = calls[stream] else { return }
        guard let left = call.millisLeft(.now()) else {
            fail(stream, HubError(.deadlineExceeded, "expired before it was started"), context)
            return
        }
        var about = call.context(timeoutMillis: left)
        if call.route.method.mutating { about.requestHash = [UInt8](SHA256.hash(data: message)) }
        switch call.route.handler {
        case .immediate(let body, let otherwise):
            do throws(HubError) {
                if let reply = try body(about, message) {
                    answer(stream, CallAnswer(body: reply), requestHash: [], context)
                } else {
                    run(stream, call, about, message, otherwise, context)
                }
            } catch { fail(stream, error, context) }
        case .unary(let body): run(stream, call, about, message, body, context)
        case .stream(let body): run(stream, call, about, message, stream: body, context)
        }
    }

    private func run(
        _ stream: UInt32, _ call: OpenCall, _ about: CallContext, _ message: [UInt8],
        _ body: @escaping @Sendable (CallContext, [UInt8]) async throws(HubError) -> CallAnswer,
        _ context: ChannelHandlerContext
    ) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        call.watchDeadline(loop, millis: about.timeoutMillis) {
            let (handler, context) = bound.value
            handler.fail(stream, HubError(.deadlineExceeded, "not answered in time"), context)
        }
        call.task = Task {
            let result: Result<CallAnswer, HubError>
            do throws(HubError) { result = .success(try await body(about, message)) } catch { result = .failure(error) }
            loop.execute {
                let (handler, context) = bound.value
                switch result {
                case .success(let reply): handler.answer(stream, reply, requestHash: about.requestHash, context)
                case .failure(let error): handler.fail(stream, error, context)
                }
            }
        }
    }

    private func run(
        _ stream: UInt32, _ call: OpenCall, _ about: CallContext, _ message: [UInt8],
        stream body: @escaping @Sendable (CallContext, [UInt8], any StreamSink) async throws(StreamInterruption) -> Void,
        _ context: ChannelHandlerContext
    ) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let sink = ChannelSink(unsentBytesMax: CallLimits.watcherUnsentBytesMax) { message, sent in
            loop.execute {
                let (handler, context) = bound.value
                handler.push(stream, message, sent, context)
            }
        }
        call.sink = sink
        call.watchDeadline(loop, millis: about.timeoutMillis) { bound.value.0.calls[stream]?.task?.cancel() }
        call.task = Task {
            let end: StreamInterruption?
            do throws(StreamInterruption) {
                try await body(about, message, sink)
                end = nil
            } catch { end = error }
            loop.execute {
                let (handler, context) = bound.value
                handler.finish(stream, end, context)
            }
        }
    }

    // MARK: Frames out

    private func answer(
        _ stream: UInt32, _ reply: CallAnswer, requestHash: [UInt8], _ context: ChannelHandlerContext
    ) {
        guard let call = calls.removeValue(forKey: stream) else { return }  // Cancelled or past its deadline meanwhile.
        call.settle()
        guard reply.body.count <= Int(peer.messageBytesMax) else {
            return end(stream, HubError(.messageTooLarge, "the answer is above the caller's message limit"), context)
        }
        machine.answered(stream)
        var end = HubEnd.ok(metadata: call.metadata, finalSize: UInt64(reply.body.count))
        if reply.replayed { end.metadata.append(HubMetadata(HubMetadataKey.replayed, "1")) }
        if !requestHash.isEmpty { end.requestHash = .init(requestHash) }
        write(context) {
            $0.writeMessage(reply.body, stream: stream, frameBytesMax: peer.frameBytesMax, last: true)
            $0.writeFrame(.end, stream: stream, message: end)
        }
        closeWhenDone(context)
    }

    private func fail(_ stream: UInt32, _ error: HubError, _ context: ChannelHandlerContext) {
        let call = calls.removeValue(forKey: stream)
        // A call that ended meanwhile gets no second END; one that was refused at its opening has no entry yet.
        guard call != nil || machine.isOpen(stream) else { return }
        call?.cancel()
        end(stream, error, context)
    }

    private func end(
        _ stream: UInt32, _ error: HubError, cursor: [UInt8]? = nil, _ context: ChannelHandlerContext
    ) {
        machine.answered(stream)
        server.hub.counters.callsFailed.add(1, ordering: .relaxed)
        if error.status == .internalError || error.status == .dataLoss {
            server.logger.error("call failed", metadata: ["error": "\(error)"])
        }
        write(context) { $0.writeFrame(.end, stream: stream, message: HubEnd(error: error, cursor: cursor)) }
        closeWhenDone(context)
    }

    /// One message of a stream.
    private func push(
        _ stream: UInt32, _ message: [UInt8], _ sent: @escaping @Sendable () -> Void, _ context: ChannelHandlerContext
    ) {
        guard calls[stream] != nil else { return sent() }
        var buffer = context.channel.allocator.buffer(capacity: message.count + 64)
        buffer.writeMessage(message, stream: stream, frameBytesMax: peer.frameBytesMax, last: false)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in sent() }
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: promise)
    }

    private func finish(_ stream: UInt32, _ interruption: StreamInterruption?, _ context: ChannelHandlerContext) {
        guard let call = calls.removeValue(forKey: stream) else { return }
        call.settle()
        if let interruption {
            var error = interruption.error
            if error.code == .cancelled, call.millisLeft(.now()) == nil {
                error = HubError(.deadlineExceeded, "the watch has lasted as long as was asked for")
            }
            end(stream, error, cursor: interruption.cursor.isEmpty ? nil : interruption.cursor, context)
        } else {
            machine.answered(stream)
            write(context) {
                $0.writeFrame(.end, stream: stream, message: HubEnd.ok(finalSize: call.sink?.bytesSent ?? 0))
            }
        }
    }

    private func leave(_ goaway: HubGoaway, _ context: ChannelHandlerContext) {
        server.logger.info("connection refused", metadata: ["code": "\(goaway.code)", "reason": "\(goaway.reason)"])
        for call in calls.values { call.cancel() }
        calls = [:]
        write(context) { $0.writeFrame(.goaway, stream: 0, message: goaway) }
        flush(context)
        context.close(promise: nil)
    }

    /// Announces the end of the connection; open calls are still answered.
    func drain() {
        guard !leaving, let context = attached else { return }
        leaving = true
        let goaway = HubGoaway.with {
            $0.code = .draining
            $0.lastStream = machine.lastStream
            $0.reason = "the hub is stopping"
        }
        // Watches never end by themselves; they are told where to go on.
        for call in calls.values where call.route.method.shape == .serverStream { call.task?.cancel() }
        write(context) { $0.writeFrame(.goaway, stream: 0, message: goaway) }
        closeWhenDone(context)
    }

    private func closeWhenDone(_ context: ChannelHandlerContext) {
        guard leaving, calls.isEmpty else { return }
        flush(context)
        context.close(promise: nil)
    }

    /// Collects what one batch of reading answers, so that it leaves in one write.
    private func write(_ context: ChannelHandlerContext, _ body: (inout ByteBuffer) -> Void) {
        var buffer = out ?? context.channel.allocator.buffer(capacity: 512)
        out = nil
        body(&buffer)
        out = buffer
        if !reading { flush(context) }
    }

    private func flush(_ context: ChannelHandlerContext) {
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
