// One connection to a hub in memory, without TLS and sockets: frames in, frames out.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import HubWire
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import SwiftProtobuf

@testable import HubServer

/// What the hub sent.
struct Heard {
    let header: FrameHeader
    let payload: [UInt8]

    /// The error of an END; nil for anything else.
    var error: HubError? {
        guard header.type == .end, let end = try? HubEnd(serializedBytes: payload) else { return nil }
        return HubError(end: end)
    }
}

/// A client whose certificate names the hub's admin. The time of its event loop is moved by the test.
struct Connection {
    let channel: NIOAsyncTestingChannel
    let hub: Hub

    static let urn = "urn:elayanan:hub:admin"

    static func open(
        limits: WireLimits = WireLimits(), times: ConnectionTimes = ConnectionTimes(),
        modules: any ModuleRuntime = NoModules()
    ) async throws -> Connection {
        let all = [try MethodPattern("layanan.v1.*"), try MethodPattern("hub.v1.*")]
        let policy = Policy(
            roles: ["admin": all], allDepartments: ["admin"], allActions: ["admin"], applicants: [],
            principals: [try Principal(department: "hub", name: "admin", role: "admin")])
        let ports = HubPorts(
            ledger: InMemoryLedger(), blobs: InMemoryBlobStore(), modules: modules,
            clock: ManualClock(startMillis: Sample.now), signer: NoSigner(),
            cursorKey: [UInt8](repeating: 7, count: 32), random: { 4 })
        let facts = ProcessFacts(instanceID: [], software: "test", startedMillis: 0, pid: 1)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let hub = try await Hub.assemble(ports, policy: policy, facts: facts, logger: logger)
        let server = ServerContext(
            hub: hub, limits: limits, times: times, hello: HubHello(), logger: logger,
            names: CertificateNames { _ in nil })
        // The handler measures deadlines by the machine's clock; the test's loop begins where that stands.
        let loop = NIOAsyncTestingEventLoop()
        await loop.advanceTime(to: .now())
        let channel = NIOAsyncTestingChannel(loop: loop)
        try await channel.testingEventLoop.executeInContext {
            let handler = ConnectionHandler(server)
            handler.principalURN = urn
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/hub")).get()
        let connection = Connection(channel: channel, hub: hub)
        try await connection.send(.hello, stream: 0, HubHello())
        return connection
    }

    /// Whether the hub's side of the connection still takes memory.
    final class Remains: Sendable {
        private let handler: NIOLockedValueBox<Weak>

        private struct Weak: @unchecked Sendable {  // Looked at, never used.
            weak var handler: ConnectionHandler?
        }

        init(_ handler: ConnectionHandler) { self.handler = NIOLockedValueBox(Weak(handler: handler)) }

        var isGone: Bool { handler.withLockedValue { $0.handler == nil } }
    }

    func handler() async throws -> Remains {
        try await channel.testingEventLoop.executeInContext {
            Remains(try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self))
        }
    }

    // MARK: In

    func send(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, _ message: some Message) async throws {
        var bytes: [UInt8] = []
        bytes.appendFrame(type, flags: flags, stream: stream, payload: try message.serializedBytes())
        try await channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    func call(_ method: HubMethod, stream: UInt32, timeoutMillis: UInt32 = 30_000) async throws {
        let call = HubCall.with {
            $0.method = method.path
            $0.timeoutMs = timeoutMillis
        }
        try await send(.call, stream: stream, call)
    }

    func ask(_ method: HubMethod, stream: UInt32, _ request: some Message) async throws {
        try await call(method, stream: stream)
        try await send(.data, flags: .end, stream: stream, request)
    }

    func reset(_ stream: UInt32) async throws { try await send(.reset, stream: stream, HubReset()) }

    func drain() async throws {
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).drain()
        }
    }

    // MARK: Out

    /// The next frame. Writes may carry several frames; `rest` keeps what was not asked for yet.
    func hears(_ type: FrameType, stream: UInt32) async throws -> Heard {
        while true {
            var buffer = try await channel.waitForOutboundWrite(as: ByteBuffer.self)
            while let header = buffer.readableBytesView.withUnsafeBytes({ FrameHeader($0) }) {
                buffer.moveReaderIndex(forwardBy: FrameHeader.size)
                let payload = buffer.readBytes(length: Int(header.length)) ?? []
                if header.type == type, header.stream == stream { return Heard(header: header, payload: payload) }
            }
        }
    }
}

/// No module; an echo through one takes until it is cancelled.
struct NoModules: ModuleRuntime {
    func bundles() async -> [LoadedBundle] { [] }
    func decide(
        module: String, _ question: HubDecideRequest, timeoutMillis: UInt32
    ) async throws(HubError) -> HubDecision { throw HubError(.moduleUnavailable, "none") }
    func relay(
        module: String, _ message: [UInt8], timeoutMillis: UInt32,
        reply: @escaping @Sendable (ModuleOutcome) -> Void
    ) { reply(.failure(HubError(.moduleUnavailable, "none"))) }
    func roundTrip(module: String, timeoutMillis: UInt32) async throws(HubError) -> UInt64 {
        throw HubError(.moduleUnavailable, "none")
    }
    func instances() async -> [ModuleInstance] { [] }
    func serving() async -> Set<String> { [] }
    func modules() async -> [HubModuleInfo] { [] }
    func restart(module: String) async throws(HubError) -> HubModuleInfo { throw HubError(.moduleUnknown, "none") }
}

private struct NoSigner: CertificateSigner {
    func sign(request: [UInt8], principal: String, nowMillis: Int64) throws(HubError) -> (
        certificate: [UInt8], authority: [UInt8]
    ) { ([], []) }
}
