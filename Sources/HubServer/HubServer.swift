// The listener: TLS 1.3, mutual, one handler per connection.

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
    /// Software name and version for HELLO.
    package var software: String
    /// 16 random bytes.
    package var instanceID: [UInt8]

    package init(
        host: String, port: Int, authorityPath: String, certificatePath: String, keyPath: String, software: String,
        instanceID: [UInt8]
    ) {
        self.host = host
        self.port = port
        self.authorityPath = authorityPath
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.software = software
        self.instanceID = instanceID
    }
}

/// How long a connection may take, hang and rest.
package struct ConnectionTimes: Sendable {
    /// For TLS; then the connection is closed.
    package var handshake = TimeAmount.seconds(10)
    /// For HELLO after TLS; then GOAWAY PROTOCOL_ERROR.
    package var hello = TimeAmount.seconds(10)
    /// Without a byte in the middle of a frame; then GOAWAY PROTOCOL_ERROR.
    package var frame = TimeAmount.seconds(30)
    /// Without an open call and without a byte from the client; then GOAWAY IDLE.
    package var idle = TimeAmount.minutes(15)
    /// With more to send than the client takes; then the connection is closed.
    package var stall = TimeAmount.seconds(60)
    /// For a watcher that is behind, until there is room for the next message; then its watch ends with a cursor.
    package var watcherPatience = TimeAmount.seconds(30)

    package init() {}
}

/// Serves one hub on one address until it is told to stop.
package final class HubServer: Sendable {
    private let listener: any Channel
    private let connections: ConnectionSet
    /// The address it got, `host:port`.
    package let address: String

    private init(listener: any Channel, connections: ConnectionSet, address: String) {
        self.listener = listener
        self.connections = connections
        self.address = address
    }

    /// Binds and begins to accept.
    ///
    /// - Parameter identify: The principal's URN in a certificate (DER), or nil.
    /// - Throws: ``HubError/Code/addressInUse``, or ``HubError/Code/configurationInvalid`` for certificates.
    package static func start(
        _ configuration: HubServerConfiguration, hub: Hub, group: any EventLoopGroup, logger: Logger,
        identify: @escaping @Sendable ([UInt8]) -> String?
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
        hello.software = configuration.software
        hello.instanceID = .init(configuration.instanceID)
        let server = ServerContext(
            hub: hub, limits: configuration.limits, times: configuration.times, hello: hello, logger: logger,
            names: CertificateNames(identify))
        let connections = ConnectionSet(max: configuration.connectionsMax)
        do {
            let listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                // Above what one watcher may leave unsent, or the watch alone would stop the reading of other calls.
                .childChannelOption(
                    .writeBufferWaterMark,
                    value: .init(
                        low: CallLimits.watcherUnsentBytesMax, high: 2 * CallLimits.watcherUnsentBytesMax)
                )
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = ConnectionHandler(server)
                        try connections.add(channel, handler)
                        try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls), handler)
                    }
                }
                .bind(host: configuration.host, port: configuration.port).get()
            let port = listener.localAddress?.port ?? configuration.port
            return HubServer(listener: listener, connections: connections, address: "\(configuration.host):\(port)")
        } catch let error as IOError where error.errnoCode == 98 {  // EADDRINUSE
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
        await connections.drain(seconds: seconds)
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
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw HubError(.configurationInvalid, "certificates of the state directory cannot be used: \(error)")
        }
    }
}
