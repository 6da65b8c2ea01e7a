// How a client gets and loses its connection.

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
        case resting(Scheduled<Void>)
    }

    /// Connects when calls wait and nothing is under way.
    func connectIfNeeded() {
        guard case .idle = connecting, connection == nil, !isClosed, !isQueueEmpty else { return }
        let rounds = failures / configuration.addresses.count
        let spread = configuration.backoff.millis(afterFailures: rounds, random: &random)
        let now = loop.now
        // Within a round the next address is tried at once.
        let start = max(notBefore, triedAddresses == 0 ? now + .milliseconds(spread) : now)
        guard start > now else { return connect() }
        connecting = .resting(
            loop.assumeIsolated().scheduleTask(deadline: start) { [self] in
                connecting = .idle
                if isQueueEmpty { return }
                connect()
            })
    }

    /// Nothing is under way any more.
    func stopConnecting() {
        if case .resting(let timer) = connecting { timer.cancel() }
        connecting = .idle
    }

    private func connect() {
        connecting = .trying
        let address = configuration.addresses[nextAddress]
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
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

    /// TLS, then the frames.
    private func prepare(_ channel: any Channel, _ address: HubAddress) throws {
        let handler = ConnectionHandler(
            owner: self, address: address, greeting: greeting,
            keepAlive: KeepAlive(
                intervalMillis: configuration.keepAliveMillis, timeoutMillis: configuration.keepAliveTimeoutMillis,
                spread: Double.random(in: 0.8...1.2, using: &random)))
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
        if isClosed {
            _ = handler.close()
            return
        }
        connection = handler
        sendQueue()
    }

    func greeted(_ handler: ConnectionHandler) {
        wasGreeted = true
        triedAddresses = 0
        sendQueue()
    }

    /// It ended before the hub's hello.
    func connectionFailed(_ handler: ConnectionHandler?, _ failure: ConnectFailure, _ calls: [ClientCall]) {
        if let handler { connections[ObjectIdentifier(handler)] = nil }
        if connection === handler { connection = nil }
        // Nobody starts another try before everyone knows of this one.
        connecting = .trying
        failures += 1
        nextAddress = (nextAddress + 1) % configuration.addresses.count
        triedAddresses = (triedAddresses + 1) % configuration.addresses.count
        for call in calls { requeue(call) }
        if triedAddresses == 0 {
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
        for call in calls { attemptFailed(call, failure) }
        connectIfNeeded()
    }

    /// The hub takes no more calls on this connection.
    func leaving(_ handler: ConnectionHandler, _ goaway: HubGoaway, _ refused: [ClientCall]) {
        if connection === handler { connection = nil }
        if goaway.retryAfterMs > 0 { notBefore = loop.now + .milliseconds(Int64(goaway.retryAfterMs)) }
        for call in refused { attemptFailed(call, .refused(goaway)) }
        sendQueue()
    }
}
