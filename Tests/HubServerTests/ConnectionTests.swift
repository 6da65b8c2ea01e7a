// What a connection does with calls that hang, are given up, or outlive it.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOEmbedded
import Testing

@testable import HubServer

@Suite("connection", .timeLimit(.minutes(5)))
struct ConnectionTests {
    @Test("a request that never ends is answered at its deadline")
    func unfinishedRequest() async throws {
        let connection = try await Connection.open()
        try await connection.call(.status, stream: 1, timeoutMillis: 5_000)
        await connection.channel.testingEventLoop.advanceTime(to: .now() + .seconds(6))
        #expect(try await connection.hears(.end, stream: 1).error?.code == .deadlineExceeded)
    }

    @Test("calls whose time is up while the hub was held up end when it goes on, before an answer that came meanwhile")
    func heldUp() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        for (stream, millis) in [(1, 60_000), (3, 120_000)] as [(UInt32, UInt32)] {
            try await connection.call(.echo, stream: stream, timeoutMillis: millis)
            try await connection.send(.data, flags: .end, stream: stream, slowEcho)
        }
        await modules.wait(working: 2)
        // The alarm of the first call rings when the second one's time is up, too.
        try await connection.hold(for: .seconds(180)) { modules.letGo() }
        for stream in [1, 3] as [UInt32] {
            #expect(try await connection.hears(.end, stream: stream).error?.code == .deadlineExceeded)
        }
    }

    @Test("long answers leave in turns, so that other connections have theirs in between")
    func turns() async throws {
        var peer = HubHello()
        (peer.limits.streamCredit, peer.limits.connectionCredit) = (1_000_000, 1)
        let connection = try await Connection.open(greets: false)
        try await connection.send(.hello, stream: 0, peer)
        let large = HubEchoMessage.with { $0.payload = .init(repeating: 7, count: 60_000) }
        for stream in [1, 3, 5, 7] as [UInt32] { try await connection.ask(.echo, stream: stream, large) }
        let before = try await connection.written()
        try await connection.send(.credit, stream: 0, HubCredit.with { $0.maxOffset = 1_000_000 })
        let first = try await connection.written() - before
        #expect((ConnectionHandler.batchBytes...2 * ConnectionHandler.batchBytes).contains(first), "\(first) bytes")
        await connection.advance(.milliseconds(1))
        for stream in [1, 3, 5, 7] as [UInt32] {
            #expect(try await connection.hears(.end, stream: stream).error == nil)
        }
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
}
