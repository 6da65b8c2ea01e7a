// The channel handler: bytes in and out, and what the machine says. Decides nothing.

import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOSSL
import NIOTLS

/// One connection to a hub, from the TLS handshake to its end. Lives on the client's event loop.
///
/// Frames written in one turn of the loop leave together, in as few TLS records as they fit in.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the hub is told about this client.
    struct Greeting {
        var limits = WireLimits()
        var software: String
        /// 16 random bytes, one value for the life of the client.
        var instanceID: [UInt8]
    }

    /// Somewhat less than the hub's patience with HELLO.
    private static let darkness = TimeAmount.seconds(8)

    /// Where it is connected, for sentences.
    let address: HubAddress
    let owner: CallDispatcher
    private let greeting: Greeting
    private var keepAlive: KeepAlive
    var machine: ClientConnectionMachine<ClientCall>
    var context: ChannelHandlerContext?
    private var inbound = ByteBuffer()
    var outbound = ByteBuffer()
    /// Requests that wait for the hub's credit, or for room in the socket.
    var outbox: SendQueue<ByteBufferView>
    var isReading = false
    var isFlushScheduled = false
    var isHandshakeDone = false
    private var isLeaving = false
    private var hasAnswered = false
    private var openedAt = NIODeadline.distantFuture
    /// TLS was ready.
    private var readyAt = NIODeadline.distantFuture
    private var failure: (any Error)?
    private var helloTimer: Scheduled<Void>?

    init(
        owner: CallDispatcher, address: HubAddress, greeting: Greeting, keepAlive: KeepAlive
    ) {
        self.owner = owner
        self.address = address
        self.greeting = greeting
        self.keepAlive = keepAlive
        machine = ClientConnectionMachine(limits: greeting.limits)
        outbox = SendQueue(peer: machine.peer)
    }

    /// It has brought an answer, or stood for a while.
    func wasFruitful(now: NIODeadline) -> Bool { hasAnswered || now - openedAt >= ClientCall.fruitful }

    /// It is so old that a hub which speaks of a broken rule may mean a line that went dark: HELLO or the rest of a frame
    /// did not come in its time (W-6, W-59).
    func mayHaveGoneDark(now: NIODeadline) -> Bool { now - readyAt >= Self.darkness }

    // MARK: From the dispatcher

    /// Sends a call, or says why not.
    func open(_ call: ClientCall, now: NIODeadline) -> ClientConnectionMachine<ClientCall>.Opening {
        if !machine.isGreeted, call.isWorthWaiting { return .full }
        let request = call.prepare(compresses: machine.takesCompressed)
        let payload: [UInt8]
        do {
            payload = try call.callPayload(now: now)
        } catch {
            return .refused(error)
        }
        let opening = machine.openCall(
            call, shape: call.shape, requestBytes: call.request.readableBytes,
            acceptsCompressed: call.acceptsCompressed)
        guard case .stream(let stream) = opening else { return opening }
        outbound.writeFrameHeader(.call, stream: stream, length: payload.count)
        outbound.writeBytes(payload)
        if let request { send(request, stream: stream, isLast: true) }
        scheduleFlush()
        if machine.openCalls == 1, let context {
            keepAlive.busy(context.eventLoop, now: now) { [self] in checkSignsOfLife() }
        }
        return opening
    }

    /// The caller no longer wants the answer.
    func cancel(stream: UInt32) {
        outbox.drop(stream)
        if machine.cancel(stream: stream) { reset(stream, .cancelled) }
        closeIfDrained()
    }

    /// Says goodbye and closes; nil when it is closed already.
    func close() -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        if isHandshakeDone, failure == nil {
            var goaway = HubGoaway()
            goaway.reason = "the client is closed"
            outbound.writeFrame(.goaway, goaway)
            flush()
        }
        context.close(promise: nil)
        return context.channel.closeFuture
    }

    /// Closes the socket under TLS, without a word.
    func cut() {
        guard let context else { return }
        if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) {
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        let limit = owner.connectTimeout
        helloTimer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
            fail(ConnectFailure("\(address): no hello from it in time; is this a hub's port?", permanent: false))
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let negotiated) = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        guard negotiated == ProtocolVersion.alpn else {
            fail(ConnectFailure("\(address): it does not speak \(ProtocolVersion.alpn)", permanent: true))
            return
        }
        isHandshakeDone = true
        var hello = HubHello()
        hello.versionMin = ProtocolVersion.minorMin
        hello.versionMax = ProtocolVersion.minorMax
        hello.limits.frameBytesMax = greeting.limits.frameBytesMax
        hello.limits.messageBytesMax = greeting.limits.messageBytesMax
        hello.features = ProtocolVersion.featureZstd
        hello.software = greeting.software
        hello.instanceID = .init(greeting.instanceID)
        // A TLS record of its own, in the same flight as the calls: on a thin line the hub need not wait for their end to
        // know who speaks.
        var greeting = ByteBuffer()
        greeting.writeFrame(.hello, hello)
        context.writeAndFlush(wrapOutboundOut(greeting), promise: nil)
        readyAt = context.eventLoop.now
        owner.connected(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        keepAlive.heard(at: context.eventLoop.now)
        if inbound.readableBytes == 0 {
            inbound = incoming
        } else {
            inbound.discardReadBytes()
            inbound.writeBuffer(&incoming)
        }
        isReading = true
        while let event = machine.next(from: &inbound) { perform(event) }
        owner.sendQueue()
        sendGrants()
        isReading = false
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        flush()
        closeIfDrained()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
        helloTimer?.cancel()
        keepAlive.stop()
        let wasGreeted = machine.isGreeted
        let calls = machine.close()
        if wasGreeted {
            let error = failure as? HubError ?? HubError(.connectionClosed, "the connection to \(address) was lost")
            owner.connectionLost(self, .lost(error), calls)
        } else {
            let failure = ConnectFailure(failure, address: address, handshakeDone: isHandshakeDone)
            owner.connectionFailed(self, failure, calls)
        }
        context.fireChannelInactive()
    }

    // MARK: What the machine says

    private func perform(_ event: ClientConnectionMachine<ClientCall>.Event) {
        switch event {
        case .greeted:
            helloTimer?.cancel()
            outbox.adopt(machine.peer, insteadOf: Self.assumed)
            pump()
            if let loop = context?.eventLoop {
                openedAt = loop.now
                keepAlive.begin(loop, now: openedAt, isBusy: isBusy) { [self] in checkSignsOfLife() }
            }
            owner.greeted(self)
        case .answered(let call, let message, let end):
            hasAnswered = true
            stopSending(call)
            owner.answered(call, message, end)
        case .message(let call, let message):
            hasAnswered = true
            owner.received(call, message)
        case .ended(let call, let end):
            hasAnswered = true
            stopSending(call)
            owner.ended(call, end)
        case .reset(let call, let reset):
            if case .open(_, let stream) = call.place { outbox.drop(stream) }
            owner.attemptFailed(call, .reset(reset))
        case .credit(let stream, let offset):
            if stream == 0 { outbox.grantConnection(offset: offset) } else { outbox.grant(stream, offset: offset) }
            pump()
        case .failed(let call, let stream, let error):
            outbox.drop(stream)
            reset(stream, .protocolError)
            owner.attemptFailed(call, .violation(error))
        case .pong(let bytes):
            outbound.writeFrameHeader(.ping, flags: .ack, stream: 0, length: bytes.readableBytes)
            outbound.writeImmutableBuffer(bytes)
        case .leaving(let goaway, let refused):
            isLeaving = true
            if failure == nil, goaway.code != .noError { failure = HubError(goaway) }
            owner.leaving(self, goaway, refused)
        case .broken(let code, let error):
            var goaway = HubGoaway()
            goaway.code = code
            goaway.reason = error.detail
            outbound.writeFrame(.goaway, goaway)
            flush()
            fail(error)
        }
    }

    private func fail(_ error: any Error) {
        if failure == nil { failure = error }
        context?.close(promise: nil)
    }

    /// After GOAWAY the connection lives as long as its calls.
    private func closeIfDrained() {
        if isLeaving, machine.openCalls == 0 { context?.close(promise: nil) }
    }

    // MARK: Signs of life

    private var isBusy: Bool { machine.openCalls > 0 }

    private func checkSignsOfLife() {
        guard let context else { return }
        switch keepAlive.check(at: context.eventLoop.now, isBusy: isBusy) {
        case .quiet: break
        case .ask:
            outbound.writeFrameHeader(.ping, stream: 0, length: Int(WireLimits.pingBytes))
            outbound.writeRepeatingByte(0, count: Int(WireLimits.pingBytes))
            scheduleFlush()
        case .dead:
            fail(HubError(.connectionClosed, "the hub at \(address) gave no sign of life"))
            cut()
            return
        }
        keepAlive.plan(context.eventLoop, isBusy: isBusy) { [self] in checkSignsOfLife() }
    }
}
