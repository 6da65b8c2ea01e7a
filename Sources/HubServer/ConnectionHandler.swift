// One client's connection: turns frames into machine events and carries out what the machine says. Decides nothing.

import HubCore
import HubDomain
import HubProto
import HubWire
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// What every connection shares.
struct ServerContext: Sendable {
    let hub: Hub
    let limits: WireLimits
    let times: ConnectionTimes
    let hello: HubHello
    let logger: Logger
    let names: CertificateNames
}

/// The connection itself; its calls are in `ConnectionHandler+Calls.swift`, what goes out in `ConnectionHandler+Frames.swift`.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let server: ServerContext
    var machine: ServerConnectionMachine
    var calls = StreamTable<OpenCall>()
    /// Messages that wait for the client's credit, or for room in the socket.
    var outbox = SendQueue<[UInt8]>(peer: WireLimits())
    var ends: [UInt32: PendingEnd] = [:]
    /// Messages of streams that wait in ``outbox``, in their order.
    var waiting: [UInt32: CircularBuffer<WaitingMessage>] = [:]
    /// Whom to tell when what is collected in ``out`` has left.
    var leaving: [@Sendable () -> Void] = []
    /// What the client accepts.
    var peer = WireLimits()
    var principalURN: String?
    /// So much is collected before it is handed to the channel.
    static let batchBytes = 65_536
    /// So many answers are collected before they leave: a client that sends many calls at once works on the first
    /// answers while the hub works on the rest.
    static let answersMax = 32
    /// Written, not yet flushed.
    var out = ByteBuffer()
    /// Answers in ``out``.
    var answersInOut = 0
    /// Bytes of the last batch: as many are made room for in the next.
    var outExpected = 0
    /// What is written leaves at the end of the batch that is worked through.
    var isBatching = false
    /// When bytes came last.
    private(set) var lastHeard = NIODeadline.now()
    /// Earliest deadline of the calls that were opened since ``deadlineAlarm`` was set.
    var nextDeadline = NIODeadline.distantFuture
    /// One alarm for all calls, at the earliest of their deadlines or before it.
    var deadlineAlarm: (at: NIODeadline, alarm: Scheduled<Void>)?
    private var caller: Caller?

    private var decoder = FrameDecoder()
    private var isDraining = false
    private var peerIsLeaving = false
    private var handshakeAlarm: Scheduled<Void>?
    private var idleAlarm: Scheduled<Void>?
    private var stallAlarm: Scheduled<Void>?
    private var frameAlarm: Scheduled<Void>?
    /// Set while the handler is in a pipeline.
    private var attached: ChannelHandlerContext?
    private var knownArrivals: Arrivals?

    init(_ server: ServerContext) {
        self.server = server
        machine = ServerConnectionMachine(limits: server.limits)
    }

    // MARK: Life of the connection

    func handlerAdded(context: ChannelHandlerContext) { attached = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        attached = nil
        // It holds this handler, so that work which outlives the connection finds its way; nobody else may.
        knownArrivals = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        server.hub.counters.connections.add(1, ordering: .relaxed)
        handshakeAlarm = schedule(in: server.times.handshake, context) { $1.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.hub.counters.connections.subtract(1, ordering: .relaxed)
        for alarm in [handshakeAlarm, idleAlarm, stallAlarm, frameAlarm, deadlineAlarm?.alarm] { alarm?.cancel() }
        machine.close()
        cancelCalls()
        for stream in Array(ends.keys) + Array(waiting.keys) { forget(stream) }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let negotiated) = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // swift-nio-ssl raises no alert on an ALPN mismatch: close before any frame.
        guard negotiated == ProtocolVersion.alpn else {
            server.logger.info(
                "connection closed: ALPN does not match", metadata: ["expected": "\(ProtocolVersion.alpn)"])
            context.close(promise: nil)
            return
        }
        let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        let certificate = try? tls?.peerCertificate?.toDERBytes()
        principalURN = certificate.flatMap(server.names.urn)
        handshakeAlarm?.cancel()
        handshakeAlarm = schedule(in: server.times.hello, context) { $0.leave(.protocolError, "no HELLO in time", $1) }
        write(context) { $0.writeFrame(.hello, stream: 0, message: server.hello) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        server.logger.info("connection failed", metadata: ["kind": "\(type(of: error))"])
        context.close(promise: nil)
    }

    /// Who does not read is not read either: what waits for the client stays bounded.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        stallAlarm?.cancel()
        stallAlarm = isWritable ? nil : schedule(in: server.times.stall, context) { $1.close(mode: .all, promise: nil) }
        // Fails only on a channel that is closed.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isWritable)
        if isWritable { pump(context) }
        context.fireChannelWritabilityChanged()
    }

    private func watchIdleness(_ context: ChannelHandlerContext) {
        idleAlarm = schedule(in: lastHeard + server.times.idle - .now(), context) { handler, context in
            handler.machine.progressed()
            if !handler.calls.isEmpty { handler.lastHeard = .now() }
            guard handler.lastHeard + handler.server.times.idle <= .now() else {
                return handler.watchIdleness(context)
            }
            handler.leave(.idle, "no call for a long time", context)
        }
    }

    /// A frame that has begun must go on. One alarm at a time, so that a busy connection pays for none.
    private func watchFrame(_ context: ChannelHandlerContext) {
        guard decoder.isInFrame, frameAlarm == nil, !machine.isClosed else { return }
        frameAlarm = schedule(in: lastHeard + server.times.frame - .now(), context) { handler, context in
            handler.frameAlarm = nil
            guard handler.decoder.isInFrame, handler.lastHeard + handler.server.times.frame <= .now() else {
                return handler.watchFrame(context)
            }
            handler.leave(.protocolError, "a frame stopped in its middle", context)
        }
    }

    func schedule(
        in time: TimeAmount, _ context: ChannelHandlerContext,
        _ body: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: time) { body(bound.value.0, bound.value.1) }
    }

    // MARK: Frames in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isBatching = true
        lastHeard = .now()
        let bytes = decoder.joined(with: Self.unwrapInboundIn(data))
        let read = bytes.withUnsafeReadableBytes { raw in
            FrameBytes.read(
                raw,
                judge: { header in
                    guard let refusal = machine.check(header) else { return true }
                    perform(refusal, UnsafeRawBufferPointer(start: nil, count: 0), context)
                    return false
                },
                take: { header, payload in
                    perform(machine.receive(header, payload), payload, context)
                    return !machine.isClosed
                })
        }
        decoder.keep(bytes, from: read)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        endBatch(context)
        watchFrame(context)
        context.fireChannelReadComplete()
    }

    /// Does what other threads brought.
    func take(_ items: [Arrivals.Item], _ context: ChannelHandlerContext) {
        isBatching = true
        for item in items {
            switch item {
            case .relayed(let stream, let outcome): relayed(stream, outcome, context)
            case .then(let body): body(self, context)
            }
        }
        endBatch(context)
    }

    func endBatch(_ context: ChannelHandlerContext) {
        watchDeadlines(context)
        sendGrants(context)
        isBatching = false
        flush(context)
    }

    /// - Parameter payload: Of the frame that led to the action.
    private func perform(
        _ action: ServerConnectionMachine.Action, _ payload: UnsafeRawBufferPointer, _ context: ChannelHandlerContext
    ) {
        switch action {
        case .ready(let limits):
            outbox.adopt(limits, insteadOf: peer)
            peer = limits
            handshakeAlarm?.cancel()
            handshakeAlarm = nil
            watchIdleness(context)
        case .opened(let stream, let head): open(stream, head, payload, context)
        case .request(let stream, nil, let isLast): receive(stream, payload, isLast: isLast, context)
        case .request(let stream, let joined?, let isLast):
            joined.withUnsafeBytes { receive(stream, $0, isLast: isLast, context) }
        case .requestsEnded(let stream): calls[stream]?.work?.inbox?.finish()
        case .cancelled(let stream):
            drop(stream)
            forget(stream)
            closeWhenDone(context)
        case .credit(let stream, let offset):
            if stream == 0 { outbox.grantConnection(offset: offset) } else { outbox.grant(stream, offset: offset) }
            pump(context)
        case .refuse(let stream, let error):
            drop(stream, error.code)
            forget(stream)
            server.hub.counters.callsFailed.add(1, ordering: .relaxed)
            write(context) { $0.writeFrame(.end, stream: stream, message: HubEnd(error: error)) }
            closeWhenDone(context)
        case .reset(let stream, let code):
            drop(stream)
            forget(stream)
            write(context) { $0.writeFrame(.reset, stream: stream, message: HubReset.with { $0.code = code }) }
            closeWhenDone(context)
        case .pong(let bytes): write(context) { $0.writeFrame(.ping, flags: .ack, stream: 0, payload: bytes) }
        case .goaway(let goaway): leave(goaway, context)
        case .peerLeaving:
            peerIsLeaving = true
            closeWhenDone(context)
        case .ignore: break
        }
    }

    /// What other threads bring; made when they first have something to bring. Nil outside a pipeline.
    var arrivals: Arrivals? {
        if let knownArrivals { return knownArrivals }
        guard let attached else { return nil }
        let made = Arrivals(self, attached)
        knownArrivals = made
        return made
    }

    /// Who calls, as the register has it now.
    ///
    /// - Throws: ``HubError/Code/principalUnknown``.
    func currentCaller() throws(HubError) -> Caller {
        if let caller, caller.holds(in: server.hub) { return caller }
        let known = try Caller(urn: principalURN, hub: server.hub)
        caller = known
        return known
    }

    // MARK: The end

    private func cancelCalls() {
        for (_, call) in calls.all {
            call.count(.cancelled)
            call.cancel()
        }
        calls.removeAll()
    }

    private func leave(_ goaway: HubGoaway, _ context: ChannelHandlerContext) {
        server.logger.info("connection ended", metadata: ["code": "\(goaway.code)", "reason": "\(goaway.reason)"])
        machine.close()
        cancelCalls()
        write(context) { $0.writeFrame(.goaway, stream: 0, message: goaway) }
        flush(context)
        context.close(promise: nil)
    }

    private func leave(_ code: HubGoawayCode, _ reason: String, _ context: ChannelHandlerContext) {
        leave(goaway(code, reason), context)
    }

    private func goaway(_ code: HubGoawayCode, _ reason: String) -> HubGoaway {
        .with {
            $0.code = code
            $0.lastStream = machine.lastStream
            $0.reason = reason
        }
    }

    /// Announces the end of the connection; open calls are still answered, watches are told where to go on.
    func drain() {
        guard !isDraining, !machine.isClosed, let context = attached else { return }
        isDraining = true
        machine.leave()
        write(context) { $0.writeFrame(.goaway, stream: 0, message: goaway(.draining, "the hub is stopping")) }
        let stopping = HubError(.connectionClosed, "the hub is stopping", retryAfterMillis: 1_000)
        for (stream, call) in calls.all where call.work?.sink != nil {
            interrupt(stream, call, stopping, context)
        }
        closeWhenDone(context)
    }

    func closeWhenDone(_ context: ChannelHandlerContext) {
        guard isDraining || peerIsLeaving, calls.isEmpty, ends.isEmpty, !machine.isClosed else { return }
        machine.close()
        flush(context)
        context.close(promise: nil)
    }
}
