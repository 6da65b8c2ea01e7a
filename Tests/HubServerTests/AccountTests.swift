// What one principal may hold of the hub at once, over all its connections.

import HubCompression
import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOEmbedded
import Testing

@testable import HubServer

@Suite("a principal's account", .timeLimit(.minutes(5)))
struct AccountTests {
    private func limits(connections: Int = 10, calls: Int = 10, bytes: Int = 1_000_000) -> AccountLimits {
        var limits = AccountLimits()
        (limits.connections, limits.calls, limits.bytes) = (connections, calls, bytes)
        return limits
    }

    @Test("has room for so many connections; one more is told to be calm, and one that goes makes room")
    func connections() async throws {
        let account = Account(limits(connections: 2))
        let first = try await Connection.open(account: account)
        _ = try await Connection.open(account: account)
        let third = try await Connection.open(account: account)
        let goaway = try HubGoaway(serializedBytes: try await third.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .enhanceYourCalm && goaway.retryAfterMs == 1_000)
        try await third.channel.closeFuture.get()
        try await first.channel.close().get()
        let fourth = try await Connection.open(account: account)
        #expect(fourth.channel.isActive && account.holding.connections == 2)
    }

    @Test("counts the calls of all its connections until their work has ended, also of connections that have gone")
    func calls() async throws {
        let account = Account(limits(calls: 3))
        let modules = SlowModules()
        let first = try await Connection.open(modules: modules, account: account)
        for stream in [1, 3] as [UInt32] { try await first.ask(.echo, stream: stream, slowEcho) }
        await modules.wait(working: 2)
        try await first.channel.close().get()
        #expect(account.holding.calls == 2)
        let second = try await Connection.open(modules: modules, account: account)
        try await second.ask(.echo, stream: 1, slowEcho)
        await modules.wait(working: 3)
        try await second.ask(.echo, stream: 3, HubEchoMessage())
        let error = try await second.hears(.end, stream: 3).error
        #expect(error?.code == .tooManyCalls && error?.retryAfterMillis != nil)
        modules.letGo()
        #expect(try await second.hears(.end, stream: 1).error == nil)
        await first.channel.testingEventLoop.run()
        #expect(account.holding.calls == 0 && account.holding.bytes == 0)
        try await second.ask(.echo, stream: 5, HubEchoMessage())
        #expect(try await second.hears(.end, stream: 5).error == nil)
    }

    @Test("counts the bytes of requests that are still coming, of all its connections")
    func requests() async throws {
        let account = Account(limits(bytes: 50_000))
        let first = try await Connection.open(account: account)
        let second = try await Connection.open(account: account)
        for connection in [first, second] { try await connection.call(.echo, stream: 1) }
        let part = ByteBuffer(repeating: 7, count: 30_000)
        try await first.sendData(part, flags: .more, stream: 1)
        #expect(account.holding.bytes == 30_000)
        try await second.sendData(part, flags: .more, stream: 1)
        let error = try await second.hears(.end, stream: 1).error
        #expect(error?.code == .tooManyCalls && error?.retryAfterMillis != nil)
        try await first.channel.close().get()
        #expect(account.holding.bytes == 0)
    }

    @Test("counts whole requests until the work on them has ended")
    func working() async throws {
        let account = Account(limits(bytes: 50_000))
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules, account: account)
        var large = slowEcho
        large.payload = .init(repeating: 7, count: 40_000)
        try await connection.ask(.echo, stream: 1, large)
        await modules.wait(working: 1)
        #expect(account.holding.bytes >= 40_000)
        try await connection.ask(.echo, stream: 3, large)
        #expect(try await connection.hears(.end, stream: 3).error?.code == .tooManyCalls)
        modules.letGo()
        _ = try await connection.hears(.end, stream: 1)
        #expect(account.holding.bytes == 0)
    }

    @Test("counts requests that came compressed by what they became")
    func compressed() async throws {
        let account = Account(limits(bytes: 50_000))
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules, account: account)
        var large = slowEcho
        large.payload = .init(repeating: 7, count: 40_000)
        let plain: [UInt8] = try large.serializedBytes()
        let frame = try #require(plain.withUnsafeBytes { Zstandard.compressed($0) })
        for stream in [1, 3] as [UInt32] {
            let call = HubCall.with {
                $0.method = HubMethod.echo.path
                $0.encoding = "zstd"
            }
            try await connection.send(.call, stream: stream, call)
            try await connection.sendData(ByteBuffer(bytes: frame), flags: [.end, .compressed], stream: stream)
        }
        #expect(try await connection.hears(.end, stream: 3).error?.code == .tooManyCalls)
        #expect(account.holding.bytes >= 40_000)
        modules.letGo()
        _ = try await connection.hears(.end, stream: 1)
        #expect(account.holding.bytes == 0)
    }

    @Test("counts answers that wait to be taken, and refuses the next in place of an answer")
    func answers() async throws {
        let account = Account(limits(bytes: 100_000))
        var peer = HubHello()
        peer.limits.streamCredit = 1
        peer.limits.connectionCredit = 1
        let connection = try await Connection.open(account: account, greets: false)
        try await connection.send(.hello, stream: 0, peer)
        let large = HubEchoMessage.with { $0.payload = .init(repeating: 7, count: 40_000) }
        try await connection.ask(.echo, stream: 1, large)
        #expect(account.holding.bytes >= 40_000)
        try await connection.ask(.echo, stream: 3, large)
        try await connection.ask(.echo, stream: 5, large)
        #expect(try await connection.hears(.end, stream: 5).error?.code == .tooManyCalls)
        try await connection.channel.close().get()
        #expect(account.holding.bytes == 0 && account.holding.calls == 0 && account.holding.connections == 0)
    }

    /// Of a principal that was cut for PINGs, and whose next connections are not read.
    private func paused() async throws -> Account {
        var limits = limits(connections: 100)
        limits.cutsFree = 0
        let account = Account(limits)
        let flooding = try await Connection.open(account: account)
        for _ in 1...4 { try await flooding.send(.ping, stream: 0, payload: Array("sediakah".utf8)) }
        let goaway = try HubGoaway(serializedBytes: try await flooding.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .enhanceYourCalm && account.pausedUntil > .now() - .minutes(1))
        // Two seconds may be over before a busy machine gets there.
        account.wasCut(.now() + .hours(1))
        return account
    }

    @Test("does not read a connection of a principal whose connections were cut for floods, until its time is up")
    func pause() async throws {
        let account = try await paused()
        let next = try await Connection.open(account: account)
        try await next.ask(.echo, stream: 1, HubEchoMessage())
        #expect(try await next.written() == 0)
        await next.advance(.hours(2))
        #expect(try await next.hears(.end, stream: 1).error == nil)
        #expect(account.holding.bytes == 0)
    }

    @Test("counts what comes on a connection that is not read, and takes no more than TLS may bring by itself")
    func pausedBytes() async throws {
        let account = try await paused()
        let next = try await Connection.open(account: account, greets: false)
        try await next.channel.writeInbound(ByteBuffer(repeating: 0, count: Pause.arrivedMax))
        #expect(account.holding.bytes == Pause.arrivedMax && next.channel.isActive)
        try await next.channel.writeInbound(ByteBuffer(repeating: 0, count: 1))
        try await next.channel.closeFuture.get()
        #expect(account.holding.bytes == 0)
    }

    @Test("lets so many connections wait; one more is told to come back when the time is up")
    func pausedMax() async throws {
        let account = try await paused()
        var waiting: [Connection] = []
        for _ in 1...Account.pausedMax { waiting.append(try await Connection.open(account: account)) }
        let more = try await Connection.open(account: account)
        let goaway = try HubGoaway(serializedBytes: try await more.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .enhanceYourCalm)
        #expect((1_800_000...3_700_000).contains(goaway.retryAfterMs))
        try await waiting[0].channel.close().get()
        let another = try await Connection.open(account: account)
        #expect(try await another.written() == 0)
        #expect(another.channel.isActive)
    }

    @Test("ends a connection that is not read with DRAINING when it stops, and with stream 0")
    func pausedDrain() async throws {
        let next = try await Connection.open(account: try await paused())
        try await next.ask(.echo, stream: 1, HubEchoMessage())
        try await next.drain()
        let goaway = try HubGoaway(serializedBytes: try await next.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .draining && goaway.lastStream == 0 && goaway.alternates == ["127.0.0.1:7444"])
        try await next.channel.closeFuture.get()
    }

    @Test("is one for each principal that the register knows, and one for all others")
    func accounts() {
        let accounts = Accounts(AccountLimits())
        #expect(accounts.account(of: "urn:elayanan:a:b") === accounts.account(of: "urn:elayanan:a:b"))
        #expect(accounts.account(of: "urn:elayanan:a:b") !== accounts.account(of: "urn:elayanan:a:c"))
        #expect(accounts.account(of: nil) === accounts.account(of: nil))
    }

    @Test("leaves the hub room for others: one connection more than there may be of all is refused")
    func tooMany() async throws {
        let channel = NIOAsyncTestingChannel()
        let loop = channel.testingEventLoop
        let server = try await Connection.open().server()
        let set = ConnectionSet(max: 1, loops: [loop], times: ConnectionTimes())
        try await loop.executeInContext {
            let first = ConnectionHandler(server)
            try set.add(first, on: loop)
            #expect(throws: HubError(.connectionClosed, "")) { try set.add(ConnectionHandler(server), on: loop) }
            first.neighbours?.remove(first)
            try set.add(ConnectionHandler(server), on: loop)
        }
    }
}
