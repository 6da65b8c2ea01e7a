// What a connection does with calls that hang, are given up, or outlive it.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

@testable import HubServer

@Suite("connection", .timeLimit(.minutes(1)))
struct ConnectionTests {
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

    private let slowEcho = HubEchoMessage.with { $0.module = "lambat" }

    @Test("a request that never ends is answered at its deadline")
    func unfinishedRequest() async throws {
        let connection = try await Connection.open()
        try await connection.call(.status, stream: 1, timeoutMillis: 5_000)
        await connection.channel.testingEventLoop.advanceTime(to: .now() + .seconds(6))
        #expect(try await connection.hears(.end, stream: 1).error?.code == .deadlineExceeded)
    }

    @Test("work on calls that were given up counts: opening and resetting does not make the hub do more at once")
    func rapidReset() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(limits: WireLimits(openCallsMax: 3), modules: modules)
        for stream in [1, 3, 5] as [UInt32] {
            try await connection.ask(.echo, stream: stream, slowEcho)
            try await connection.reset(stream)
        }
        await modules.wait(working: 3)
        #expect(modules.working == 3)
        modules.letGo()
        // Their work has ended; only now there is room again.
        let credit = try await connection.hears(.credit, stream: 0)
        #expect(try HubCredit(serializedBytes: credit.payload).maxStream >= 7)
        try await connection.ask(.echo, stream: 7, slowEcho)
        await modules.wait(working: 1)
        modules.letGo()
        #expect(try await connection.hears(.end, stream: 7).error == nil)
    }

    @Test("every call is counted once with how it ended: well, refused, given up or too late")
    func counted() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        func figures(_ method: HubMethod) throws -> MethodFigures {
            try connection.hub.router.route(method.path, connection.hub.router.access(of: "admin")).statistics.figures
        }
        try await connection.ask(.echo, stream: 1, HubEchoMessage())
        #expect(try await connection.hears(.end, stream: 1).error == nil)
        #expect(try (figures(.echo).requests, figures(.echo).errors) == (1, 0))
        try await connection.ask(.echo, stream: 3, slowEcho)
        await modules.wait(working: 1)
        #expect(try figures(.echo).requests == 1)
        try await connection.reset(3)
        modules.letGo()
        try await connection.call(.status, stream: 5, timeoutMillis: 5_000)
        await connection.channel.testingEventLoop.advanceTime(to: .now() + .seconds(6))
        #expect(try await connection.hears(.end, stream: 5).error?.code == .deadlineExceeded)
        #expect(try (figures(.echo).requests, figures(.echo).errors, figures(.echo).lastError) == (2, 1, 1_009))
        #expect(try (figures(.status).requests, figures(.status).lastError) == (1, 1_008))
        #expect(try figures(.getModule).requests == 0)
    }

    @Test("a connection that has gone leaves nothing behind, once the work on its calls has ended")
    func forgotten() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        let handler = try await connection.handler()
        try await connection.ask(.echo, stream: 1, slowEcho)
        try await connection.ask(.status, stream: 3, HubStatusRequest())
        #expect(try await connection.hears(.end, stream: 3).error == nil)
        await modules.wait(working: 1)
        try await connection.channel.close().get()
        modules.letGo()
        await connection.channel.testingEventLoop.run()
        #expect(handler.isGone)
    }

    @Test("a client that opens more than its credit loses the connection, however many calls it gave up")
    func overdrawn() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(limits: WireLimits(openCallsMax: 3), modules: modules)
        for stream in [1, 3, 5] as [UInt32] {
            try await connection.ask(.echo, stream: stream, slowEcho)
            try await connection.reset(stream)
        }
        try await connection.ask(.echo, stream: 7, slowEcho)
        let goaway = try await connection.hears(.goaway, stream: 0)
        #expect(try HubGoaway(serializedBytes: goaway.payload).code == .streamLimit)
        modules.letGo()
    }

    @Test("a stopping hub tells a watcher where to go on, takes no new call, and closes when the last call has ended")
    func drain() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        try await connection.ask(.watchCases, stream: 1, LayananWatchRequest())
        _ = try await connection.hears(.data, stream: 1)
        try await connection.ask(.echo, stream: 3, slowEcho)
        await modules.wait(working: 1)
        try await connection.drain()
        let goaway = try HubGoaway(serializedBytes: try await connection.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .draining && goaway.lastStream == 3)
        let end = try HubEnd(serializedBytes: try await connection.hears(.end, stream: 1).payload)
        let error = HubError(end: end)
        #expect(error?.code == .connectionClosed && error?.status == .unavailable)
        #expect(error?.retryAfterMillis != nil)
        #expect(try HubCursor(serializedBytes: try #require(end.resumeCursor)).sequence == 0)
        try await connection.ask(.status, stream: 5, HubStatusRequest())
        let reset = try HubReset(serializedBytes: try await connection.hears(.reset, stream: 5).payload)
        #expect(reset.code == .refused)
        #expect(connection.channel.isActive)
        modules.letGo()
        #expect(try await connection.hears(.end, stream: 3).error == nil)
        try await connection.channel.closeFuture.get()
    }

    @Test("a watch on a connection whose client said goodbye also ends when the hub stops")
    func drainAfterGoodbye() async throws {
        let connection = try await Connection.open()
        try await connection.ask(.watchCases, stream: 1, LayananWatchRequest())
        _ = try await connection.hears(.data, stream: 1)
        try await connection.send(.goaway, stream: 0, HubGoaway())
        try await connection.drain()
        #expect(try await connection.hears(.end, stream: 1).error?.code == .connectionClosed)
        try await connection.channel.closeFuture.get()
    }

    @Test("a connection whose client said goodbye closes when its last call is given up")
    func resetAfterGoodbye() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        try await connection.ask(.echo, stream: 1, slowEcho)
        await modules.wait(working: 1)
        try await connection.send(.goaway, stream: 0, HubGoaway())
        #expect(connection.channel.isActive)
        try await connection.reset(1)
        try await connection.channel.closeFuture.get()
        modules.letGo()
    }

    @Test("a connection that rests without a call is ended with IDLE, one with a call is not")
    func idle() async throws {
        var times = ConnectionTimes()
        times.idle = .milliseconds(20)
        let watching = try await Connection.open(times: times)
        try await watching.ask(.watchCases, stream: 1, LayananWatchRequest())
        _ = try await watching.hears(.data, stream: 1)
        let resting = try await Connection.open(times: times)
        try await Task.sleep(for: .milliseconds(40))
        for connection in [watching, resting] {
            await connection.channel.testingEventLoop.advanceTime(by: .milliseconds(40))
        }
        #expect(watching.channel.isActive)
        let goaway = try HubGoaway(serializedBytes: try await resting.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .idle)
        try await resting.channel.closeFuture.get()
    }

    @Test("a client that takes nothing of what is sent is cut off after a while; one that takes it again is not")
    func stall() async throws {
        let channel = try await Connection.open().channel
        func becomes(writable: Bool) async throws {
            channel.isWritable = writable
            try await channel.testingEventLoop.executeInContext { channel.pipeline.fireChannelWritabilityChanged() }
            await channel.testingEventLoop.advanceTime(by: .seconds(59))
        }
        try await becomes(writable: false)
        try await becomes(writable: true)
        #expect(channel.isActive)
        try await becomes(writable: false)
        #expect(channel.isActive)
        await channel.testingEventLoop.advanceTime(by: .seconds(2))
        try await channel.closeFuture.get()
    }

    @Test("one connection more than there may be is refused")
    func tooMany() async throws {
        let connection = try await Connection.open()
        let channel = connection.channel
        let set = ConnectionSet(max: 1)
        try await channel.testingEventLoop.executeInContext {
            let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
            try set.add(channel, handler)
            let second = EmbeddedChannel()
            #expect(throws: HubError(.connectionClosed, "")) { try set.add(second, ConnectionHandler(handler.server)) }
        }
    }
}
