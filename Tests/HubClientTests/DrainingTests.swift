// Hubs that leave: their clients are somewhere else before they need to be, and no call fails.

import HubClient
import HubDomain
import HubProto
import HubWire
import Synchronization
import Testing

@Suite("A client whose hub leaves", .timeLimit(.minutes(5)))
struct DrainingTests {
    let papers: Papers

    init() throws { papers = try Papers() }

    static func goaway(after stream: UInt32, to alternates: [String] = []) -> ScriptedAction {
        .goaway(
            .with {
                $0.code = .draining
                $0.lastStream = stream
                $0.alternates = alternates
            })
    }

    func echo(_ client: HubClient, options: CallOptions = CallOptions()) async throws(HubError) {
        _ = try await client.call(.echo, HubEchoMessage(), as: HubEchoMessage.self, options: options)
    }

    @Test("connects anew before a call needs it")
    func successor() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            call.connection == 1
                ? [.answer(call.message), Self.goaway(after: call.stream)] : [.answer(call.message)]
        }
        let client = try hub.client()
        try await echo(client)
        try await until { hub.record.connections == 2 && hub.record.disconnections == 1 }
        try await echo(client)
        #expect(hub.record.connections == 2)
        await client.close()
    }

    @Test("takes the first step of a drain as a sign to go, the second as the list of calls that were not begun")
    func twoSteps() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            // The first connection begins nothing: it says only later what it has not begun.
            call.connection == 1 ? [Self.goaway(after: .max), Self.goaway(after: 0)] : [.answer(call.message)]
        }
        let client = try hub.client()
        try await echo(client)
        #expect(hub.record.connections == 2)
        #expect(hub.record.calls.map(\.connection) == [1, 2])
        await client.close()
    }

    @Test("goes where the hub sends it, and a watch goes on there")
    func alternates() async throws {
        let other = try await ScriptedHub(papers: papers) { call in
            let at = StreamTests.position(call.call)
            return [.message(StreamTests.update(at + 1...at + 2)), .end(.ok(finalSize: 0))]
        }
        let first = try await ScriptedHub(papers: papers) { call in
            [
                .message(StreamTests.update(1...3)), Self.goaway(after: call.stream, to: [other.address.description]),
                .end(
                    HubEnd(
                        error: HubError(.connectionClosed, "the hub is stopping", retryAfterMillis: 0),
                        cursor: Array("3".utf8))),
            ]
        }
        let client = try first.client()
        var seen: [UInt64] = []
        for try await update in client.cases.watch(LayananWatchRequest()) { seen += update.events.map(\.sequence) }
        #expect(seen == [1, 2, 3, 4, 5])
        #expect(first.record.connections == 1 && other.record.connections == 1)
        await client.close()
    }

    @Test("comes back to its own addresses when nobody is where it was sent")
    func nobodyThere() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            call.connection == 1
                ? [.answer(call.message), Self.goaway(after: call.stream, to: ["127.0.0.1:1"])]
                : [.answer(call.message)]
        }
        let client = try hub.client()
        try await echo(client)
        try await until { hub.record.disconnections == 1 }
        try await echo(client)
        await client.close()
    }

    @Test("loses none of many calls with a single attempt each, although every connection ends after ten")
    func manyDrains() async throws {
        let counts = Mutex<[Int: Int]>([:])
        let hub = try await ScriptedHub(papers: papers) { call in
            let count = counts.withLock { counts in
                counts[call.connection, default: 0] += 1
                return counts[call.connection, default: 0]
            }
            switch count {
            case ..<10: return [.answer(call.message)]
            case 10: return [.answer(call.message), Self.goaway(after: call.stream)]
            default: return [.reset(.refused)]
            }
        }
        let client = try hub.client()
        let options = {
            var options = CallOptions()
            options.attempts = 1
            return options
        }()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<50 { try await echo(client, options: options) } }
            }
            try await group.waitForAll()
        }
        #expect(hub.record.connections >= 40)
        await client.close()
    }

    @Test("does not come back at once to a hub that sends everyone away as soon as they come")
    func sentAway() async throws {
        let hub = try await ScriptedHub(papers: papers) { _ in [Self.goaway(after: 0)] }
        let client = try hub.client { $0.backoff = Backoff(firstMillis: 50, capMillis: 200) }
        var options = CallOptions()
        options.timeoutMillis = 1_000
        await #expect(throws: HubError.self) { try await echo(client, options: options) }
        #expect(hub.record.connections < 20)
        await client.close()
    }
}
