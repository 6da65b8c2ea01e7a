// One client's connection: turns frames into machine events and carries out what the machine says. Decides nothing.

import HubCompression
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
    let accounts: Accounts
    /// Other addresses that serve the same log, `host:port`; said when a connection is drained.
    var alternates: [String] = []
    /// -1 to 1, another value with each call.
    let jitter: @Sendable () -> Double
}

/// The connection itself; its calls are in `ConnectionHandler+Calls.swift`, what goes out in `ConnectionHandler+Frames.swift`,
/// how it ends in `ConnectionHandler+Leaving.swift`, what it holds in `ConnectionHandler+Account.swift`, when it is not read in
/// `ConnectionHandler+Pause.swift`.
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
    var flushed: [@Sendable () -> Void] = []
    /// What the client accepts.
    var peer = WireLimits()
    /// What the client's certificate says; nil before TLS is done, and for one that cannot be read.
    var credential: Credential?
    /// ``CertificateRegister/generation`` when the certificate was last looked up.
    var certificatesSeen: Int?
    /// So much is collected before it is handed to the channel.
    static let batchBytes = 65_536
    /// After a batch, when more waits to be sent: long enough that others have their turn.
    static let pumpPause = TimeAmount.microseconds(20)
    /// Set while the next batch waits for its turn.
    var pumpAlarm: Scheduled<Void>?
    /// So many answers are collected before they leave: a client that sends many calls at once works on the first
    /// answers while the hub works on the rest.
    static let answersMax = 32
    /// Written, not yet flushed.
    var out = ByteBuffer()
    /// Bytes that were handed to the channel since it was looked at.
    var writtenBytes = 0
    /// Bytes that waited in the channel when it was looked at.
    var channelBytes = 0
    /// Fewer bytes are not worth a look.
    static let measuredBytes = 16_384
    /// Answers in ``out``.
    var answersInOut = 0
    /// Bytes of the last batch: as many are made room for in the next.
    var outExpected = 0
    /// What is written leaves at the end of the batch that is worked through.
    var isBatching = false
    var clock: ConnectionClock
    /// Of whoever calls; nil before TLS is done.
    var share: AccountShare?
    /// Set while the hub does not read this connection because of what its principal did before.
    var pause: Pause?
    /// The connections of this event loop.
    var neighbours: LoopConnections?
    /// How far the hub has come in leaving this connection.
    var departure: Departure?
    /// Earliest deadline of the calls that were opened since ``deadlineAlarm`` was set.
    var nextDeadline = NIODeadline.distantFuture
    /// One alarm for all calls, at the earliest of their deadlines or before it.
    var deadlineAlarm: (at: NIODeadline, alarm: Scheduled<Void>)?
    private var caller: Caller?

    private(set) var decoder = FrameDecoder()
    /// The client said goodbye.
    var peerIsLeaving = false
    /// Set while the handler is in a pipeline.
    private(set) var attached: ChannelHandlerContext?
    private var knownArrivals: Arrivals?

    init(_ server: ServerContext) {
        self.server = server
        machine = ServerConnectionMachine(limits: server.limits)
        clock = ConnectionClock(now: .now(), times: server.times, jitter: server.jitter())
    }

    /// When bytes came last.
    var lastHeard: NIODeadline { clock.lastHeard }

    // MARK: Life of the connection

    func handlerAdded(context: ChannelHandlerContext) { attached = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        attached = nil
        neighbours?.remove(self)
        neighbours = nil
        // It holds this handler, so that work which outlives the connection finds its way; nobody else may.
        knownArrivals = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        server.hub.counters.connections.add(1, ordering: .relaxed)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.hub.counters.connections.subtract(1, ordering: .relaxed)
        deadlineAlarm?.alarm.cancel()
        departure?.alarm?.cancel()
        pumpAlarm?.cancel()
        machine.close()
        cancelCalls()
        for stream in Array(ends.keys) + Array(waiting.keys) { forget(stream) }
        decoder = FrameDecoder()
        forgetPause()
        settle()
        share?.account.close()
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
        credential = certificate.flatMap(server.names.credential)
        clock.secured(context.eventLoop.now)
        write(context) { $0.writeFrame(.hello, stream: 0, message: server.hello) }
        // Where writing failed the connection has gone already.
        guard context.channel.isActive, !leaveIfRevoked(context) else { return }
        join(server.accounts.account(of: (try? currentCaller())?.principal.urn), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        server.logger.info("connection failed", metadata: ["kind": "\(type(of: error))"])
        closeNow(context)
    }

    /// Who does not read is not read either: what waits for the client stays bounded.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        // Of a connection that only waits for what was sent to be taken, moving alone counts.
        if !machine.isClosed { clock.writable(isWritable, context.eventLoop.now) }
        if isWritable { clock.lastHeard = context.eventLoop.now }
        setReading(isWritable && pause == nil, context)
        if isWritable { pump(context) }
        context.fireChannelWritabilityChanged()
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
        let arrived = Self.unwrapInboundIn(data)
        if pause == nil { read(arrived, context) } else { keep(arrived, context) }
    }

    func read(_ arrived: ByteBuffer, _ context: ChannelHandlerContext) {
        isBatching = true
        clock.lastHeard = .now()
        machine.nowMillis = lastHeard.uptimeNanoseconds / 1_000_000
        machine.requestRoom = (share?.room ?? .max) - outbox.waiting - channelBytes
        let bytes = decoder.joined(with: arrived)
        let read = bytes.withUnsafeReadableBytes { raw in
            FrameBytes.read(
                raw,
                judge: { header in
                    guard let refusal = machine.check(header) else { return true }
                    perform(refusal, context)
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
        context.fireChannelReadComplete()
    }

    /// Does what other threads brought.
    func take(_ items: [Arrivals.Item], _ context: ChannelHandlerContext) {
        isBatching = true
        // Looked at once: what came together came now.
        let now = NIODeadline.now()
        for item in items {
            switch item {
            case .relayed(let stream, let outcome): relayed(stream, outcome, at: now, context)
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
        settle()
        closeWhenDone(context)
    }

    /// - Parameter payload: Of the frame that led to the action.
    func perform(
        _ action: ServerConnectionMachine.Action, _ payload: UnsafeRawBufferPointer, _ context: ChannelHandlerContext
    ) {
        switch action {
        case .ready(let limits):
            outbox.adopt(limits, insteadOf: peer)
            peer = limits
            clock.greeted()
        case .opened(let stream, let head): open(stream, head, payload, context)
        case .request(let stream, nil, let isLast): receive(stream, payload, isLast: isLast, context)
        case .request(let stream, let joined?, let isLast):
            joined.withUnsafeBytes { receive(stream, $0, isLast: isLast, context) }
        case .compressed(let stream, nil, let isLast, let longest):
            expand(stream, payload, isLast: isLast, caps: ExpansionCaps(request: longest), context)
        case .compressed(let stream, let joined?, let isLast, let longest):
            joined.withUnsafeBytes {
                expand(stream, $0, isLast: isLast, caps: ExpansionCaps(request: longest), context)
            }
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
        case .ponged(let bytes): ponged(bytes, context)
        case .goaway(let goaway):
            if goaway.code == .enhanceYourCalm { share?.account.wasCut(.now()) }
            abort(goaway, context)
        case .peerLeaving:
            peerIsLeaving = true
            closeWhenDone(context)
        case .ignore: break
        }
    }

    /// For an action that did not come with a frame.
    func perform(_ action: ServerConnectionMachine.Action, _ context: ChannelHandlerContext) {
        perform(action, UnsafeRawBufferPointer(start: nil, count: 0), context)
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
    /// - Throws: ``HubError/Code/principalUnknown`` or ``HubError/Code/certificateRevoked``.
    func currentCaller() throws(HubError) -> Caller {
        if let caller, caller.holds(in: server.hub) { return caller }
        let known = try Caller(credential, hub: server.hub)
        caller = known
        return known
    }
}
