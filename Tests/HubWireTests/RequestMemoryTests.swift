// What the requests of a connection hold, and when it is given back.

import HubDomain
import HubProto
import HubWire
import Testing

@Suite("Memory of requests")
struct RequestMemoryTests {
    /// A client with an exchange on stream 1, of which the handler has taken nothing.
    private func exchanging(limits: WireLimits = WireLimits()) throws -> ScriptedClient {
        let client = try ScriptedClient(limits: limits)
        _ = try client.call(1, .with { $0.method = HubMethod.reflect.path })
        client.machine.expect(1, .reflect)
        return client
    }

    @Test("an empty request counts, too: no number of them is free")
    func emptyRequests() throws {
        let client = try exchanging()
        client.machine.requestRoom = 1_000
        var last = Heard.nothing
        for _ in 0..<16 { last = client.data(1, [], []) }
        #expect(last == .refused(1, .tooManyCalls, .resourceExhausted))
        client.machine.release(1)
        #expect(client.machine.requestBytes == 0)
    }

    @Test("credit of requests that nobody took comes back when the work has ended")
    func untakenRequests() throws {
        var limits = WireLimits()
        limits.connectionCredit = 100
        let client = try exchanging(limits: limits)
        #expect(client.data(1, [UInt8](repeating: 7, count: 60), []) == .request(1, [UInt8](repeating: 7, count: 60)))
        #expect(client.send(.reset, stream: 1) == .cancelled(1))
        #expect(client.grants.allSatisfy { $0.offset == nil })
        client.machine.release(1)
        #expect(client.machine.takeGrants(withOthers: true).contains { $0.stream == 0 && $0.offset == 160 })
    }

    @Test(
        "a request that comes after the work has ended, and before END could leave, is dropped and counts for nothing")
    func lateRequests() throws {
        let client = try exchanging()
        client.machine.release(1)
        #expect(client.data(1, [1, 2, 3], []) == .nothing)
        #expect(client.data(1, [1, 2, 3], .end) == .nothing)
        #expect(client.machine.requestBytes == 0)
        client.machine.answered(1)
        #expect(!client.machine.isOpen(1))
    }

    @Test("a request is held until its handler asks for the next")
    func takenRequests() throws {
        let client = try exchanging()
        _ = client.data(1, [UInt8](repeating: 7, count: 100), [])
        #expect(client.machine.requestBytes == 164)
        client.machine.taken(1, bytes: 100)
        #expect(client.machine.requestBytes == 0)
    }

    @Test("a request that came compressed counts with what it became, and is refused where there is no room for that")
    func expandedRequests() throws {
        let client = try ScriptedClient()
        _ = try client.ask(1)
        try client.machine.expanded(1, by: 5_000)
        #expect(client.machine.requestBytes >= 5_000)
        client.machine.requestRoom = 9_000
        #expect(throws: HubError(.tooManyCalls, "")) { try client.machine.expanded(1, by: 5_000) }
        client.machine.release(1)
        #expect(client.machine.requestBytes == 0)
        // The work has ended: nothing is counted any more.
        try client.machine.expanded(1, by: 5_000)
        #expect(client.machine.requestBytes == 0)
    }
}
