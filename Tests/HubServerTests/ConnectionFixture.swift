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
    /// All connections of the hub: this one.
    let neighbours: ConnectionSet
    private let unheard = Unheard()

    private init(channel: NIOAsyncTestingChannel, hub: Hub, neighbours: ConnectionSet) {
        self.channel = channel
        self.hub = hub
        self.neighbours = neighbours
    }

    static let urn = "urn:elayanan:hub:admin"
    static let serial: [UInt8] = [0x40, 7]

    static func open(
        limits: WireLimits = WireLimits(), times: ConnectionTimes = ConnectionTimes(),
        modules: any ModuleRuntime = NoModules(), account: Account = Account(AccountLimits()), greets: Bool = true
    ) async throws -> Connection {
        let all = [try MethodPattern("layanan.v1.*"), try MethodPattern("hub.v1.*")]
        let policy = Policy(
            roles: ["admin": all], allDepartments: ["admin"], allActions: ["admin"], applicants: [],
            principals: [try Principal(department: "hub", name: "admin", role: "admin")])
        let ports = HubPorts(
            ledger: InMemoryLedger(), blobs: InMemoryBlobStore(), modules: modules, rules: MessageRules(),
            clock: ManualClock(startMillis: Sample.now), signer: NoSigner(),
            cursorKey: [UInt8](repeating: 7, count: 32), random: { 4 })
        let facts = ProcessFacts(instanceID: [], software: "test", startedMillis: 0, pid: 1)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let hub = try await Hub.assemble(ports, policy: policy, facts: facts, logger: logger)
        let server = ServerContext(
            hub: hub, limits: limits, times: times, hello: HubHello(), logger: logger,
            names: CertificateNames { _ in nil }, accounts: Accounts(AccountLimits()), alternates: ["127.0.0.1:7444"],
            jitter: { 0 })
        // The handler measures deadlines by the machine's clock; the test's loop begins where that stands.
        let loop = NIOAsyncTestingEventLoop()
        let credential = CertificateSerial(serial).map { Credential(principal: urn, serial: $0) }
        await loop.advanceTime(to: .now())
        let channel = NIOAsyncTestingChannel(loop: loop)
        let neighbours = ConnectionSet(max: 100, loops: [loop], times: times)
        try await channel.testingEventLoop.executeInContext {
            let handler = ConnectionHandler(server)
            handler.credential = credential
            try channel.pipeline.syncOperations.addHandler(handler)
            try neighbours.add(handler, on: loop)
        }
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/hub")).get()
        try await channel.testingEventLoop.executeInContext {
            let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
            handler.clock.secured(loop.now)
            handler.join(account, try channel.pipeline.syncOperations.context(handler: handler))
        }
        let connection = Connection(channel: channel, hub: hub, neighbours: neighbours)
        if greets { try await connection.send(.hello, stream: 0, HubHello()) }
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
        try await send(type, flags: flags, stream: stream, payload: message.serializedBytes())
    }

    func send(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, payload: [UInt8]) async throws {
        var bytes: [UInt8] = []
        bytes.appendFrame(type, flags: flags, stream: stream, payload: payload)
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

    func sendData(_ bytes: ByteBuffer, flags: FrameFlags, stream: UInt32) async throws {
        try await send(.data, flags: flags, stream: stream, payload: Array(bytes.readableBytesView))
    }

    func reset(_ stream: UInt32) async throws { try await send(.reset, stream: stream, HubReset()) }

    /// The first step of the hub's leaving.
    func drain(grace: TimeAmount = .seconds(30)) async throws {
        try await channel.testingEventLoop.executeInContext {
            let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
            handler.drain("the hub is stopping", in: .zero, until: channel.eventLoop.now + grace)
        }
    }

    func server() async throws -> ServerContext {
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).server
        }
    }

    func isLeaving() async throws -> Bool {
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).departure != nil
        }
    }

    /// The client's answer to the hub's PING.
    func pong(_ bytes: [UInt8] = ConnectionHandler.drainMark) async throws {
        try await send(.ping, flags: .ack, stream: 0, payload: bytes)
    }

    /// Lets time pass in one step, as a process that was stopped sees it; what comes meanwhile waits behind the alarms.
    func hold(for time: TimeAmount, _ meanwhile: @escaping @Sendable () -> Void) async throws {
        try await channel.testingEventLoop.executeInContext {
            let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
            let context = try channel.pipeline.syncOperations.context(handler: handler)
            meanwhile()
            handler.expireCalls(channel.eventLoop.now + time, context)
        }
        await channel.testingEventLoop.run()
    }

    /// Waits for the end, moving the loop's time on: on a busy machine a connection's own time stays behind it.
    func closes() async throws {
        for _ in 0..<600 where channel.isActive {
            await advance(.milliseconds(100))
            await Task.yield()
        }
        try await channel.closeFuture.get()
    }

    func advance(_ time: TimeAmount) async { await channel.testingEventLoop.advanceTime(by: time) }

    // MARK: Out

    /// Bytes that the hub wrote and nobody has asked for yet.
    func written() async throws -> Int {
        while let written = try await channel.readOutbound(as: ByteBuffer.self) { unheard.add(written) }
        return unheard.bytes
    }

    /// The next frame of this type and stream; what comes before it is passed over.
    func hears(_ type: FrameType, stream: UInt32) async throws -> Heard {
        while true {
            while let heard = unheard.next() {
                if heard.header.type == type, heard.header.stream == stream { return heard }
            }
            unheard.add(try await channel.waitForOutboundWrite(as: ByteBuffer.self))
        }
    }
}

/// Frames that the hub wrote and nobody has asked for yet. One write may carry several.
final class Unheard: Sendable {
    private let frames = NIOLockedValueBox<[Heard]>([])

    func add(_ written: ByteBuffer) {
        var buffer = written
        while let header = buffer.readableBytesView.withUnsafeBytes({ FrameHeader($0) }) {
            buffer.moveReaderIndex(forwardBy: FrameHeader.size)
            let payload = buffer.readBytes(length: Int(header.length)) ?? []
            frames.withLockedValue { $0.append(Heard(header: header, payload: payload)) }
        }
    }

    var bytes: Int { frames.withLockedValue { $0.reduce(0) { $0 + FrameHeader.size + $1.payload.count } } }

    func next() -> Heard? { frames.withLockedValue { $0.isEmpty ? nil : $0.removeFirst() } }
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
    func nowMillis() -> Int64 { Sample.now }
    func sign(request: [UInt8], principal: String) throws(HubError) -> SignedCertificate {
        throw HubError(.internalFault, "signs nothing")
    }
    func publish(_ revoked: [HubCertificate]) throws(HubError) {}
}

/// Its echoes end when the test lets them, whether anybody still waits or not.
final class SlowModules: ModuleRuntime {
    private let state = NIOLockedValueBox<(working: Int, doors: [@Sendable () -> Void])>((0, []))

    var working: Int { state.withLockedValue { $0.working } }

    func relay(
        module: String, _ message: [UInt8], timeoutMillis: UInt32,
        reply: @escaping @Sendable (ModuleOutcome) -> Void
    ) {
        state.withLockedValue {
            $0.working += 1
            $0.doors.append { reply(.success(message)) }
        }
    }

    func letGo() {
        let doors = state.withLockedValue { state in
            defer { state = (0, []) }
            return state.doors
        }
        for door in doors { door() }
    }

    func wait(working count: Int) async {
        while working < count, !Task.isCancelled { await Task.yield() }
    }

    func bundles() async -> [LoadedBundle] { [] }
    func decide(
        module: String, _ question: HubDecideRequest, timeoutMillis: UInt32
    ) async throws(HubError) -> HubDecision { throw HubError(.moduleUnavailable, "none") }
    func roundTrip(module: String, timeoutMillis: UInt32) async throws(HubError) -> UInt64 { 0 }
    func instances() async -> [ModuleInstance] { [] }
    func serving() async -> Set<String> { [] }
    func modules() async -> [HubModuleInfo] { [] }
    func restart(module: String) async throws(HubError) -> HubModuleInfo { throw HubError(.moduleUnknown, "none") }
}

/// An echo that takes until its module lets go.
let slowEcho = HubEchoMessage.with { $0.module = "lambat" }
