// How a client gets and loses its connection.

import Glibc
import HubDomain
import HubProto
import NIOCore
import NIOPosix
import NIOSSL

extension CallDispatcher {
    /// Whether a connection is on its way.
    enum Connecting {
        case idle
        /// TCP and TLS.
        case trying
        /// Waiting before the next try.
        case resting(until: NIODeadline, Scheduled<Void>)
    }

    /// A program that has asked for something so recently will ask again.
    static let inUse = TimeAmount.seconds(60)
    /// Clients of a hub that leaves, for whom nothing waits, come to the next one within this time; not all at once.
    static let succession: Range<Int64> = 0..<1_000

    /// Connects when calls wait, or soon will, and nothing is under way.
    func connectIfNeeded() {
        guard case .idle = connecting, connection == nil, !isClosed, !isQueueEmpty || wantsSuccessor else { return }
        let now = loop.now
        let start = max(notBefore, now + .milliseconds(waitMillis()))
        guard start > now else { return connect() }
        let timer = loop.assumeIsolated().scheduleTask(deadline: start) { [self] in
            connecting = .idle
            if isQueueEmpty, !wantsSuccessor { return }
            connect()
        }
        connecting = .resting(until: start, timer)
    }

    /// Milliseconds before the next try.
    private func waitMillis() -> Int64 {
        // Within a round the next address is tried at once.
        if addresses.isInRound { return 0 }
        let wait = configuration.backoff.millis(afterFailures: failures, attended: isAttended, random: &random)
        return isQueueEmpty ? max(wait, Int64.random(in: Self.succession, using: &random)) : wait
    }

    /// Somebody waits now: a rest that is long, because nobody did, is cut short.
    func hasten() {
        guard case .resting(let until, let timer) = connecting else { return }
        let attended = configuration.backoff.millis(afterFailures: max(1, failures), attended: true, random: &random)
        let limit = loop.now + .milliseconds(attended)
        guard until > limit, notBefore <= limit else { return }
        timer.cancel()
        connecting = .idle
    }

    /// Nothing is under way any more.
    func stopConnecting() {
        if case .resting(_, let timer) = connecting { timer.cancel() }
        connecting = .idle
    }

    private func connect() {
        connecting = .trying
        let address = addresses.next
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // What was sent and is never confirmed ends the connection, not only silence (gRPC A18).
            .channelOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: Int(userTimeout))
            // An idle connection keeps no large buffer; a busy one reads 64 KiB at a time.
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel, address) }
            }
            .connect(host: address.host, port: address.port)
            .assumeIsolated()
            .whenFailure { [self] error in
                connectionFailed(nil, ConnectFailure(error, address: address, handshakeDone: false), [])
            }
    }

    private var userTimeout: UInt32 { configuration.keepAliveTimeoutMillis }

    /// TLS, then the frames.
    private func prepare(_ channel: any Channel, _ address: HubAddress) throws {
        let handler = ConnectionHandler(
            owner: self, address: address, greeting: greeting,
            keepAlive: KeepAlive(
                intervalMillis: configuration.keepAliveMillis, idleMillis: configuration.keepAliveIdleMillis,
                timeoutMillis: configuration.keepAliveTimeoutMillis,
                spread: keepAliveFactor * Double.random(in: 0.8...1.2, using: &random)))
        let name = configuration.serverName ?? address.host
        // Numeric addresses are compared with the certificate's own list of them (RFC 6125), never sent as a name.
        let isNumeric = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        let tlsHandler = try NIOSSLClientHandler(context: tls, serverHostname: isNumeric ? nil : name)
        try channel.pipeline.syncOperations.addHandlers(tlsHandler, handler)
    }

    // MARK: From the connection

    /// TLS is ready: calls may go before the hub's hello.
    func connected(_ handler: ConnectionHandler) {
        connections[ObjectIdentifier(handler)] = handler
        connecting = .idle
        wantsSuccessor = false
        if isClosed {
            _ = handler.close()
            return
        }
        connection = handler
        sendQueue()
    }

    func greeted(_ handler: ConnectionHandler) {
        wasGreeted = true
        addresses.worked()
        sendQueue()
    }

    /// It ended before the hub's hello.
    func connectionFailed(_ handler: ConnectionHandler?, _ failure: ConnectFailure, _ calls: [ClientCall]) {
        if let handler { connections[ObjectIdentifier(handler)] = nil }
        if connection === handler { connection = nil }
        // Nobody starts another try before everyone knows of this one.
        connecting = .trying
        let isRoundOver = addresses.failed()
        for call in calls { requeue(call) }
        if isRoundOver {
            failures += 1
            // Nobody needs it yet; the next call tries again.
            wantsSuccessor = false
            if failure.permanent { failQueue(failure.error) } else { roundFailed(failure.error) }
        }
        connecting = .idle
        connectIfNeeded()
    }

    /// It ended after the hub's hello.
    func connectionLost(_ handler: ConnectionHandler, _ failure: AttemptFailure, _ calls: [ClientCall]) {
        connections[ObjectIdentifier(handler)] = nil
        if connection === handler {
            connection = nil
            // After a connection that was of use the next one is made at once.
            failures = handler.wasFruitful(now: loop.now) ? 0 : failures + 1
        }
        // A line that went dark looks to the hub like a client that broke a rule: one more attempt may do.
        let isDoubtful = failure.error.code == .protocolViolation && handler.mayHaveGoneDark(now: loop.now)
        let consequence = isDoubtful ? AttemptFailure(error: failure.error, consequence: .reconnect) : failure
        for call in calls { attemptFailed(call, consequence) }
        connectIfNeeded()
    }

    /// The hub takes no more calls on this connection. Those that are open are still answered there, while the next
    /// connection is made.
    func leaving(_ handler: ConnectionHandler, _ goaway: HubGoaway, _ refused: [ClientCall]) {
        let now = loop.now
        let isFirst = connection === handler
        if isFirst {
            connection = nil
            // A hub that sends everyone away at once is not asked again and again.
            failures = handler.wasFruitful(now: now) ? 0 : failures + 1
            wantsSuccessor = goaway.code == .draining && (!calls.isEmpty || now - lastStart < Self.inUse)
        }
        if goaway.retryAfterMs > 0 { notBefore = now + .milliseconds(Int64(goaway.retryAfterMs)) }
        switch goaway.code {
        // Told twice by a hub that drains: the second time nothing is new but which calls were not begun.
        case .draining where isFirst: addresses.leave(handler.address, for: goaway.alternates)
        case .enhanceYourCalm: keepAliveFactor = min(keepAliveFactor * 2, 16)
        default: break
        }
        for call in refused { attemptFailed(call, .refused(goaway)) }
        sendQueue()
        connectIfNeeded()
    }
}
