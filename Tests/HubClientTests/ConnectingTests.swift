// What a client says when it cannot reach the hub, and how it comes back when it can.

import Glibc
import HubClient
import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A port of 127.0.0.1 on which nobody listens, and which nobody else is given as long as this lives.
private final class ClosedPort {
    let number: Int
    private let socket: CInt

    init() throws {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        (address.sin_family, address.sin_addr.s_addr) = (sa_family_t(AF_INET), inet_addr("127.0.0.1"))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        try #require(isBound)
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}

@Suite("A client that connects")
struct ConnectingTests {
    let papers: Papers

    init() throws { papers = try Papers() }

    func hub(port: Int = 0) async throws -> ScriptedHub {
        try await ScriptedHub(papers: papers, port: port) { call in [.answer(call.message)] }
    }

    func echo(_ client: HubClient, options: CallOptions = CallOptions()) async throws(HubError) {
        _ = try await client.call(.echo, HubEchoMessage(), as: HubEchoMessage.self, options: options)
    }

    /// The sentence of the failure.
    func failure(_ client: HubClient) async -> String {
        let error = await #expect(throws: HubError.self) { try await echo(client) }
        #expect(error?.code == .connectionClosed && error?.status == .unavailable, "\(error?.detail ?? "")")
        await client.close()
        return error?.detail ?? ""
    }

    @Test("says which address refused it, after trying as often as it may")
    func refused() async throws {
        let hub = try await hub()
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let address = HubAddress(host: "127.0.0.1", port: closed.number)
        let sentence = await failure(try hub.client(addresses: [address]))
        #expect(sentence.contains(address.description) && sentence.contains("refused"), "\(sentence)")
    }

    @Test("says that there is no such host")
    func noHost() async throws {
        let hub = try await hub()
        let address = HubAddress(host: "no-such-host.invalid", port: 7_443)
        let sentence = await failure(try hub.client(addresses: [address]))
        #expect(sentence.contains("no such host"), "\(sentence)")
    }

    @Test("trusts no hub of another authority, and does not try again")
    func otherAuthority() async throws {
        let hub = try await hub()
        let sentence = await failure(
            try HubClient(configuration: papers.clientConfiguration([hub.address], trusting: try Papers())))
        #expect(sentence.contains("not of the authority"), "\(sentence)")
        #expect(hub.record.connections == 1)
    }

    @Test("with papers of another authority is refused by the hub, and says so")
    func otherClient() async throws {
        let hub = try await hub()
        let other = try Papers()
        let sentence = await failure(
            try HubClient(configuration: other.clientConfiguration([hub.address], trusting: papers)))
        #expect(sentence.contains("refuses this client's certificate"), "\(sentence)")
        #expect(hub.record.calls.isEmpty)
    }

    @Test("does not accept a certificate that names another host, unless it is told that name")
    func otherHost() async throws {
        let elsewhere = try Papers(hosts: ["hub.makmur.go.id"])
        let hub = try await ScriptedHub(papers: elsewhere) { call in [.answer(call.message)] }
        let sentence = await failure(try hub.client())
        #expect(sentence.contains("does not name this address"), "\(sentence)")
        let client = try hub.client { $0.serverName = "hub.makmur.go.id" }
        try await echo(client)
        await client.close()
    }

    @Test(
        "says that a port which speaks no TLS, or hangs up, is not a hub's", .timeLimit(.minutes(5)),
        arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", ""])
    func noTLS(_ greeting: String) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.pipeline.addHandler(ClearTextServer(greeting: greeting))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let hub = try await hub()
        let address = HubAddress(host: "127.0.0.1", port: server.localAddress?.port ?? 0)
        let sentence = await failure(try hub.client(addresses: [address]))
        #expect(sentence.contains("is this a hub's port?"), "\(sentence)")
        try await server.close()
    }

    @Test("gives up on a port that says nothing", .timeLimit(.minutes(5)))
    func silent() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let hub = try await hub()
        let address = HubAddress(host: "127.0.0.1", port: server.localAddress?.port ?? 0)
        let sentence = await failure(
            try hub.client(addresses: [address]) {
                $0.connectTimeoutMillis = 300
            })
        #expect(sentence.contains("no hello"), "\(sentence)")
        try await server.close()
    }

    @Test("takes the next address when the first does not answer, and stays with the one that does")
    func nextAddress() async throws {
        let hub = try await hub()
        let closed = try ClosedPort()
        defer { withExtendedLifetime(closed) {} }
        let dead = HubAddress(host: "127.0.0.1", port: closed.number)
        let client = try hub.client(addresses: [dead, hub.address])
        var options = CallOptions()
        options.attempts = 1
        try await echo(client, options: options)
        await client.cutConnection()
        try await echo(client)
        #expect(hub.record.connections == 2)
        await client.close()
    }

    @Test("waits for a hub that was there and is away, as long as the caller does", .timeLimit(.minutes(5)))
    func comesBack() async throws {
        let first = try await hub()
        let client = try first.client()
        try await echo(client)
        try await first.stop()
        await client.cutConnection()
        var short = CallOptions()
        short.timeoutMillis = 1_000
        let error = await #expect(throws: HubError.self) { try await echo(client, options: short) }
        #expect(error?.code == .deadlineExceeded && error?.detail.contains("refused") == true)
        let call = Task { try await echo(client) }
        try await Task.sleep(for: .milliseconds(100))
        let second = try await hub(port: first.address.port)
        try await call.value
        #expect(second.record.calls.count == 1)
        await client.close()
    }

    @Test("that is forgotten, or closed, leaves no connection behind", .timeLimit(.minutes(5)))
    func forgotten() async throws {
        let hub = try await hub()
        func callAndForget() async throws { try await echo(try hub.client()) }
        try await callAndForget()
        try await until { hub.record.disconnections == 1 }
        let client = try hub.client()
        try await echo(client)
        await client.close()
        try await until { hub.record.disconnections == 2 }
    }

    @Test("names the paper that is missing or wrong, before anything is sent")
    func papersMissing() throws {
        let address = HubAddress(host: "127.0.0.1", port: 1)
        let files = HubClientConfiguration(
            addresses: [address], certificatePath: "/none/a.pem", keyPath: "/none/a.key", authorityPath: "/none/ca.pem")
        let missing = #expect(throws: HubError.self) { try HubClient(configuration: files) }
        #expect(missing?.code == .configurationInvalid && missing?.detail.contains("/none/a.pem") == true)
        var mixed = papers.clientConfiguration([address])
        mixed.privateKey = .bytes(Array(papers.hub.key.utf8))
        #expect(throws: HubError(.configurationInvalid, "")) { try HubClient(configuration: mixed) }
        #expect(throws: HubError(.configurationInvalid, "")) {
            try HubClient(configuration: papers.clientConfiguration([]))
        }
    }

    @Test("is told by GOAWAY that its certificate or version is not accepted, and does not try again")
    func goawayForGood() async throws {
        for (code, expected) in [
            (HubGoawayCode.unauthenticated, HubError.Code.principalUnknown),
            (.certRevoked, .certificateRevoked), (.versionUnsupported, .versionUnsupported),
            (.protocolError, .protocolViolation),
        ] {
            let hub = try await ScriptedHub(papers: papers) { _ in
                var goaway = HubGoaway()
                goaway.code = code
                return [.goaway(goaway)]
            }
            let client = try hub.client()
            let error = await #expect(throws: HubError.self) { try await echo(client) }
            #expect(error?.code == expected)
            #expect(hub.record.calls.count == 1)
            await client.close()
        }
    }
}

/// Says a word in clear text to everyone, and hangs up.
private final class ClearTextServer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let greeting: String

    init(greeting: String) { self.greeting = greeting }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(ByteBuffer(string: greeting)), promise: nil)
        context.close(promise: nil)
    }
}

@Suite("The address of a hub")
struct HubAddressTests {
    @Test("is read as it is written", arguments: ["127.0.0.1:7443", "[::1]:1", "hub.go.id:65535"])
    func address(_ text: String) { #expect(HubAddress(text)?.description == text) }

    @Test(
        "is no other text",
        arguments: ["", "hub", ":1", "hub:", "hub:0", "hub:65536", "hub:-1", "::1:7443", "[]:1", "hub:1x"])
    func noAddress(_ text: String) { #expect(HubAddress(text) == nil) }
}
