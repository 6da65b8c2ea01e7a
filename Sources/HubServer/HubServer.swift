// The listener: TLS 1.3, mutual, one handler per connection.

import Glibc
package import HubCore
package import HubDomain
import HubProto
package import HubWire
package import Logging
package import NIOCore
import NIOPosix
import NIOSSL

/// How the hub listens.
package struct HubServerConfiguration: Sendable {
    package var host: String
    /// 0 = any free port.
    package var port: Int
    /// PEM files.
    package var authorityPath: String
    package var certificatePath: String
    package var keyPath: String
    package var limits = WireLimits()
    package var times = ConnectionTimes()
    /// Connections at once; one more is closed before TLS.
    package var connectionsMax = 16_384
    /// What one principal may hold.
    package var accounts = AccountLimits()
    /// Other addresses that serve the same log, `host:port`; clients are sent there when this hub stops.
    package var alternates: [String] = []
    /// Software name and version for HELLO.
    package var software: String
    /// 16 random bytes.
    package var instanceID: [UInt8]
    /// 0 to 1, another value with each call: spreads what would otherwise happen to all connections at once.
    package var random: @Sendable () -> Double

    package init(
        host: String, port: Int, authorityPath: String, certificatePath: String, keyPath: String, software: String,
        instanceID: [UInt8], random: @escaping @Sendable () -> Double
    ) {
        self.host = host
        self.port = port
        self.authorityPath = authorityPath
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.software = software
        self.instanceID = instanceID
        self.random = random
    }
}

/// Serves one hub on one address until it is told to stop.
package final class HubServer: Sendable {
    private let listener: any Channel
    private let connections: ConnectionSet
    private let random: @Sendable () -> Double
    /// The address it got, `host:port`.
    package let address: String

    private init(
        listener: any Channel, connections: ConnectionSet, random: @escaping @Sendable () -> Double, address: String
    ) {
        self.listener = listener
        self.connections = connections
        self.random = random
        self.address = address
    }

    /// Binds and begins to accept.
    ///
    /// - Parameter identify: Whose certificate (DER) it is, or nil.
    /// - Throws: ``HubError/Code/addressInUse``, or ``HubError/Code/configurationInvalid`` for certificates.
    package static func start(
        _ configuration: HubServerConfiguration, hub: Hub, group: any EventLoopGroup, logger: Logger,
        identify: @escaping @Sendable ([UInt8]) -> Credential?
    ) async throws(HubError) -> HubServer {
        let tls = try tlsContext(configuration)
        var hello = HubHello()
        hello.versionMin = ProtocolVersion.minorMin
        hello.versionMax = ProtocolVersion.minorMax
        hello.limits.frameBytesMax = configuration.limits.frameBytesMax
        hello.limits.messageBytesMax = configuration.limits.messageBytesMax
        hello.limits.openCallsMax = configuration.limits.openCallsMax
        hello.limits.streamCredit = configuration.limits.streamCredit
        hello.limits.connectionCredit = configuration.limits.connectionCredit
        hello.features = ProtocolVersion.featureZstd
        hello.software = configuration.software
        hello.instanceID = .init(configuration.instanceID)
        let server = ServerContext(
            hub: hub, limits: configuration.limits, times: configuration.times, hello: hello, logger: logger,
            names: CertificateNames(identify), accounts: Accounts(configuration.accounts),
            alternates: configuration.alternates, jitter: { [random = configuration.random] in 2 * random() - 1 })
        let connections = ConnectionSet(
            max: configuration.connectionsMax, loops: group.makeIterator(), times: configuration.times)
        do {
            let listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                // One read, then the next connection has its turn: a read full of tiny frames is work enough.
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(
                    .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2_048, maximum: 16_384)
                )
                // Above what one watcher may leave unsent, or the watch alone would stop the reading of other calls.
                .childChannelOption(
                    .writeBufferWaterMark,
                    value: .init(
                        low: CallLimits.watcherUnsentBytesMax, high: 2 * CallLimits.watcherUnsentBytesMax)
                )
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = ConnectionHandler(server)
                        try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls), handler)
                        try connections.add(handler, on: channel.eventLoop)
                    }
                }
                .bind(host: configuration.host, port: configuration.port).get()
            let port = listener.localAddress?.port ?? configuration.port
            return HubServer(
                listener: listener, connections: connections, random: configuration.random,
                address: "\(configuration.host):\(port)")
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw HubError(
                .addressInUse,
                "\(configuration.host):\(configuration.port) is in use; stop the other program or choose another port")
        } catch {
            throw HubError(
                .configurationInvalid, "cannot listen on \(configuration.host):\(configuration.port): \(error)")
        }
    }

    /// Stops accepting, tells every client, waits for open calls, at most `seconds`.
    package func stop(drainSeconds seconds: Int64) async {
        try? await listener.close().get()
        await connections.drain(grace: .seconds(seconds), random: random)
    }

    private static func tlsContext(_ configuration: HubServerConfiguration) throws(HubError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(configuration.certificatePath).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: configuration.keyPath, format: .pem)
            var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            tls.minimumTLSVersion = .tlsv13
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(configuration.authorityPath))
            tls.applicationProtocols = [ProtocolVersion.alpn]
            // swift-nio-ssl keeps a connection for so long whose peer went without close_notify; less would cut off what
            // is on its way to a client on a slow line.
            tls.shutdownTimeout = .seconds(2)
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw HubError(.configurationInvalid, "certificates of the state directory cannot be used: \(error)")
        }
    }
}
