// A connection whose every byte a case chooses, without any client library's manners.

import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOPosix
import NIOSSL
import SwiftProtobuf

/// Papers in PEM.
package struct Papers: Sendable {
    package var certificate: [UInt8]
    package var key: [UInt8]

    package init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }
}

/// The hub that is examined, and what the kit shows it.
package struct HubUnderTest: Sendable {
    package var host: String
    package var port: Int
    /// Certificate of the hub's authority, PEM.
    package var authority: [UInt8]
    /// Of a principal that may call `hub.v1.Interop`.
    package var own: Papers
    /// Of an authority that the hub does not know; nil = cases that need it are skipped.
    package var foreign: Papers?
    /// Of the hub's authority, no longer valid; nil = cases that need it are skipped.
    package var expired: Papers?

    package init(host: String, port: Int, authority: [UInt8], own: Papers) {
        self.host = host
        self.port = port
        self.authority = authority
        self.own = own
    }
}

/// Frames over TLS or a plain socket.
final class RawLink: Sendable {
    private let channel: any Channel
    private let inbox: NIOLoopBound<FrameInbox>

    private init(_ channel: any Channel, _ inbox: NIOLoopBound<FrameInbox>) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects, and waits for the end of the TLS handshake.
    ///
    /// - Returns: Nil when the hub refused it before any frame.
    /// - Throws: ``CaseFailure`` when there is no such port, or the papers cannot be read.
    static func open(_ hub: HubUnderTest, _ introduction: Introduction) async throws(CaseFailure) -> RawLink? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let handshake = loop.makePromise(of: Void.self)
        do {
            let tls = introduction.isPlain ? nil : try context(hub, introduction)
            let link: RawLink = try await ClientBootstrap(group: loop)
                .connectTimeout(.seconds(5))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: hub.host, port: hub.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let inbox = FrameInbox(handshake: handshake)
                        if let tls {
                            let handler = try NIOSSLClientHandler(context: tls, serverHostname: nil)
                            try channel.pipeline.syncOperations.addHandler(handler)
                        } else {
                            handshake.succeed()
                        }
                        try channel.pipeline.syncOperations.addHandler(inbox)
                        return RawLink(channel, NIOLoopBound(inbox, eventLoop: channel.eventLoop))
                    }
                }
            do { try await handshake.futureResult.get() } catch { return nil }
            return link
        } catch let error as CaseFailure {
            handshake.fail(error)
            throw error
        } catch {
            handshake.fail(error)
            throw CaseFailure("no connection to \(hub.host):\(hub.port): \(error)")
        }
    }

    /// Over a socket that is connected already, such as a module host's.
    static func adopt(_ descriptor: CInt) async throws(CaseFailure) -> RawLink {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let handshake = loop.makePromise(of: Void.self)
        handshake.succeed()
        do {
            return try await ClientBootstrap(group: loop).withConnectedSocket(descriptor) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let inbox = FrameInbox(handshake: handshake)
                    try channel.pipeline.syncOperations.addHandler(inbox)
                    return RawLink(channel, NIOLoopBound(inbox, eventLoop: channel.eventLoop))
                }
            }
        } catch { throw CaseFailure("the socket cannot be used: \(error)") }
    }

    private static func context(_ hub: HubUnderTest, _ introduction: Introduction) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = introduction.tlsVersion == "1.2" ? .tlsv12 : .tlsv13
        tls.maximumTLSVersion = tls.minimumTLSVersion
        tls.applicationProtocols = introduction.protocols
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(hub.authority))
        // The hub's name is the concern of client libraries; here its authority is enough.
        tls.certificateVerification = .noHostnameVerification
        let papers: Papers? =
            switch introduction.paper {
            case .own: hub.own
            case .none: nil
            case .foreign: hub.foreign
            case .expired: hub.expired
            }
        if let papers {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(papers.certificate).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: papers.key, format: .pem))
        }
        return try NIOSSLContext(configuration: tls)
    }

    // MARK: Out and in

    /// Sends bytes as they are. A peer that has closed is no failure here: the next expectation sees it.
    func send(_ bytes: ByteBuffer) async { try? await channel.writeAndFlush(bytes).get() }

    /// Sends one frame.
    func send(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, _ payload: [UInt8]) async {
        await send(FrameTemplate(type: type.rawValue, flags: flags.rawValue, stream: stream, payload: payload).bytes(0))
    }

    /// Says hello as an ordinary client does.
    func greet() async {
        var hello = HubHello()
        hello.versionMin = ProtocolVersion.minorMin
        hello.versionMax = ProtocolVersion.minorMax
        hello.software = "conformance kit"
        // The kit reads everything at once; cases about credit say hello themselves.
        hello.limits.streamCredit = 16_777_216
        hello.limits.connectionCredit = 1_073_741_824
        await send(.hello, stream: 0, (try? hello.serializedBytes()) ?? [])
    }

    /// What the peer has allowed so far.
    func credits() async -> Credits {
        let inbox = inbox
        return (try? await channel.eventLoop.submit { inbox.value.credits }.get()) ?? Credits()
    }

    /// The next frame that says something to a case: what may always come (extensions, CREDIT) is skipped.
    func next(within millis: Int64) async -> Arrival {
        let end = NIODeadline.now() + .milliseconds(millis)
        while true {
            let left = end - .now()
            let arrival = await arrival(within: max(left, .zero))
            guard case .frame(let frame) = arrival, frame.header.type.isExtension else {
                return arrival
            }
        }
    }

    private func arrival(within limit: TimeAmount) async -> Arrival {
        let loop = channel.eventLoop
        let inbox = inbox
        return (try? await loop.flatSubmit { inbox.value.next(within: limit, on: loop) }.get()) ?? .closed
    }

    func close() async { try? await channel.close().get() }
}
