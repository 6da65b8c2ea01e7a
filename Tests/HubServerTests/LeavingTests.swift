// How the hub leaves a connection: in two steps, so that no call is lost.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOEmbedded
import Testing

@testable import HubServer

@Suite("a hub that leaves a connection", .timeLimit(.minutes(5)))
struct LeavingTests {
    private func goaway(_ connection: Connection) async throws -> HubGoaway {
        try HubGoaway(serializedBytes: try await connection.hears(.goaway, stream: 0).payload)
    }

    @Test("takes calls until the client has heard of it, refuses later ones, and closes when the last call has ended")
    func twoSteps() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        try await connection.ask(.echo, stream: 1, slowEcho)
        await modules.wait(working: 1)
        try await connection.drain()
        let first = try await goaway(connection)
        #expect(first.code == .draining && first.lastStream == .max && first.alternates == ["127.0.0.1:7444"])
        // On its way when the GOAWAY came.
        try await connection.ask(.status, stream: 3, HubStatusRequest())
        #expect(try await connection.hears(.end, stream: 3).error == nil)
        try await connection.pong()
        #expect(try await goaway(connection).lastStream == 3)
        try await connection.ask(.status, stream: 5, HubStatusRequest())
        let reset = try HubReset(serializedBytes: try await connection.hears(.reset, stream: 5).payload)
        #expect(reset.code == .refused)
        #expect(connection.channel.isActive)
        modules.letGo()
        #expect(try await connection.hears(.end, stream: 1).error == nil)
        try await connection.channel.closeFuture.get()
    }

    @Test("tells a watcher where to go on")
    func watcher() async throws {
        let connection = try await Connection.open()
        try await connection.ask(.watchCases, stream: 1, LayananWatchRequest())
        _ = try await connection.hears(.data, stream: 1)
        try await connection.drain()
        try await connection.pong()
        let end = try HubEnd(serializedBytes: try await connection.hears(.end, stream: 1).payload)
        let error = HubError(end: end)
        #expect(error?.code == .connectionClosed && error?.status == .unavailable)
        #expect(error?.retryAfterMillis != nil)
        #expect(try HubCursor(serializedBytes: try #require(end.resumeCursor)).sequence == 0)
        try await connection.channel.closeFuture.get()
    }

    @Test("waits for a client that does not answer PING no longer than the notice")
    func silent() async throws {
        let connection = try await Connection.open()
        try await connection.drain()
        #expect(try await goaway(connection).lastStream == .max)
        try await connection.pong(Array("anything".utf8))
        await connection.advance(.seconds(4))
        #expect(connection.channel.isActive)
        await connection.advance(.seconds(2))
        #expect(try await goaway(connection).lastStream == 0)
        try await connection.channel.closeFuture.get()
    }

    @Test("answers what is still open at the end of the grace that it is gone, and closes")
    func grace() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        try await connection.ask(.echo, stream: 1, slowEcho)
        await modules.wait(working: 1)
        try await connection.drain(grace: .seconds(10))
        try await connection.pong()
        await connection.advance(.seconds(11))
        #expect(try await connection.hears(.end, stream: 1).error?.code == .connectionClosed)
        try await connection.channel.closeFuture.get()
        modules.letGo()
    }

    @Test("tells every watcher where to go on, also when there is no grace at all")
    func noGrace() async throws {
        let connection = try await Connection.open()
        try await connection.ask(.watchCases, stream: 1, LayananWatchRequest())
        _ = try await connection.hears(.data, stream: 1)
        try await connection.drain(grace: .zero)
        await connection.advance(.milliseconds(1))
        let end = try HubEnd(serializedBytes: try await connection.hears(.end, stream: 1).payload)
        #expect(HubError(end: end)?.code == .connectionClosed)
        #expect(end.resumeCursor != nil)
        try await connection.channel.closeFuture.get()
    }

    @Test("closes without a word where no HELLO has come, and begins nothing that comes then")
    func early() async throws {
        let connection = try await Connection.open(greets: false)
        try await connection.drain()
        try? await connection.send(.hello, stream: 0, HubHello())
        try? await connection.ask(.echo, stream: 1, HubEchoMessage())
        #expect(connection.hub.counters.calls.load(ordering: .relaxed) == 0)
        try await connection.channel.closeFuture.get()
    }

    @Test("that is old does so in the same two steps, and a stop in between shortens its grace")
    func old() async throws {
        let modules = SlowModules()
        var times = ConnectionTimes()
        times.age = .minutes(10)
        let connection = try await Connection.open(times: times, modules: modules)
        await connection.advance(.seconds(590))
        try await connection.ask(.echo, stream: 1, slowEcho)
        await modules.wait(working: 1)
        // On a busy machine the connection is some seconds younger than its loop.
        await connection.advance(.seconds(24))
        #expect(try await goaway(connection).lastStream == .max)
        await connection.advance(.seconds(3))
        let second = try await goaway(connection)
        #expect(second.lastStream == 1)
        #expect(connection.channel.isActive)
        try await connection.drain(grace: .seconds(1))
        await connection.advance(.seconds(2))
        try await connection.closes()
        modules.letGo()
    }

    @Test("ends a watch although its client said goodbye before")
    func afterGoodbye() async throws {
        let connection = try await Connection.open()
        try await connection.ask(.watchCases, stream: 1, LayananWatchRequest())
        _ = try await connection.hears(.data, stream: 1)
        try await connection.send(.goaway, stream: 0, HubGoaway())
        try await connection.drain()
        try await connection.pong()
        #expect(try await connection.hears(.end, stream: 1).error?.code == .connectionClosed)
        try await connection.channel.closeFuture.get()
    }

    @Test("waits for its turn: a hundred in a second, and all before half of the grace is over")
    func turns() async throws {
        #expect(ConnectionSet.spread(of: 3, within: .seconds(30)) == .milliseconds(30))
        #expect(ConnectionSet.spread(of: 1_000, within: .seconds(30)) == .seconds(10))
        #expect(ConnectionSet.spread(of: 10_000, within: .seconds(30)) == .seconds(15))
        let connection = try await Connection.open()
        async let stopped: Void = connection.neighbours.drain(grace: .seconds(30)) { 1 }
        while try await !connection.isLeaving() { await connection.channel.testingEventLoop.run() }
        try await connection.ask(.status, stream: 1, HubStatusRequest())
        #expect(try await connection.hears(.end, stream: 1).error == nil)
        await connection.advance(.milliseconds(20))
        #expect(try await goaway(connection).lastStream == .max)
        try await connection.pong()
        await connection.channel.testingEventLoop.run()
        await stopped
        #expect(!connection.channel.isActive)
    }
}
