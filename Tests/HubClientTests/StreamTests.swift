// A watcher over real TLS whose connection is cut, whose hub is impatient, and who is slow itself.

import HubClient
import HubDomain
import HubProto
import HubWire
import NIOCore
import Synchronization
import Testing

@Suite("A stream")
struct StreamTests {
    let papers: Papers

    init() throws { papers = try Papers() }

    /// One update with these events; its cursor is the last of them.
    static func update(_ sequences: ClosedRange<UInt64>, filler: Int = 0) -> [UInt8] {
        var update = LayananWatchUpdate()
        update.events = sequences.map { sequence in
            var event = HubEvent()
            event.sequence = sequence
            event.note = String(repeating: "x", count: filler)
            return event
        }
        update.cursor = .init(String(sequences.upperBound).utf8)
        return (try? update.serializedBytes()) ?? []
    }

    /// The sequence at which a call resumes; 0 = at the beginning.
    static func position(_ call: HubCall) -> UInt64 { UInt64(String(decoding: call.resumeFrom, as: UTF8.self)) ?? 0 }

    func watch(_ client: HubClient, _ change: (inout CallOptions) -> Void = { _ in }) -> HubStream<
        LayananWatchUpdate
    > {
        var options = CallOptions.watching
        change(&options)
        return client.stream(.watchCases, LayananWatchRequest(), options: options)
    }

    /// Reads until the end or `count` events.
    func sequences(_ stream: HubStream<LayananWatchUpdate>, _ count: Int = .max) async throws(HubError) -> [UInt64] {
        var seen: [UInt64] = []
        var iterator = stream.makeAsyncIterator()
        while seen.count < count, let update = try await iterator.next() { seen += update.events.map(\.sequence) }
        return seen
    }

    @Test("brings every update and ends when the hub ends it")
    func whole() async throws {
        let hub = try await ScriptedHub(papers: papers) { _ in
            [.message(Self.update(1...2)), .message(Self.update(3...3)), .end(.ok(finalSize: 0))]
        }
        let client = try hub.client()
        let stream = watch(client)
        #expect(hub.record.calls.isEmpty, "nothing is sent before it is read")
        #expect(try await sequences(stream) == [1, 2, 3])
        #expect(stream.cursor == Array("3".utf8))
        await client.close()
    }

    @Test("that is cut 50 times brings every event once and in order", .timeLimit(.minutes(5)))
    func cuts() async throws {
        // Sends two updates and hangs up; the first repeats an event, as a hub may after a reconnect.
        let hub = try await ScriptedHub(papers: papers) { call in
            let at = Self.position(call.call)
            if at >= 100 { return [.end(.ok(finalSize: 0))] }
            return [.message(Self.update(max(1, at)...at + 1)), .message(Self.update(at + 2...at + 2)), .drop]
        }
        let client = try hub.client()
        #expect(try await sequences(watch(client)) == Array(1...100))
        #expect(hub.record.connections >= 50)
        await client.close()
    }

    @Test("that the client's own connection loses goes on", .timeLimit(.minutes(5)))
    func cutHere() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            let at = Self.position(call.call)
            return [.message(Self.update(at + 1...at + 1))]
        }
        let client = try hub.client()
        var iterator = watch(client).makeAsyncIterator()
        for sequence in UInt64(1)...50 {
            let update = try await iterator.next()
            #expect(update?.events.map(\.sequence) == [sequence])
            await client.cutConnection()
        }
        #expect(hub.record.connections >= 50)
        await client.close()
    }

    @Test("that the hub ends as too slow goes on at its cursor, also when nothing had come")
    func slowConsumer() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            switch call.stream {
            case 1: [.end(HubEnd(error: HubError(.slowConsumer, "slow"), cursor: Array("5".utf8)))]
            case 3:
                [
                    .message(Self.update(6...7)),
                    .end(HubEnd(error: HubError(.slowConsumer, "slow"), cursor: Array("7".utf8))),
                ]
            default: [.message(Self.update(8...8)), .end(.ok(finalSize: 0))]
            }
        }
        let client = try hub.client()
        #expect(try await sequences(watch(client)) == [6, 7, 8])
        #expect(hub.record.calls.map { Self.position($0.call) } == [0, 5, 7])
        await client.close()
    }

    @Test("whose consumer does not read costs bounded memory, and loses nothing", .timeLimit(.minutes(5)))
    func slowReader() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            let at = Self.position(call.call)
            let updates = (at..<min(at + 100, 100)).map {
                ScriptedAction.message(Self.update($0 + 1...$0 + 1, filler: 50_000))
            }
            return updates + [.end(.ok(finalSize: 0))]
        }
        let client = try hub.client()
        var iterator = watch(client).makeAsyncIterator()
        var seen = try await iterator.next()?.events.map(\.sequence) ?? []
        // Everything that the hub may send has come; five million bytes would be all.
        try await until { hub.record.sent >= 65_536 }
        try await Task.sleep(for: .milliseconds(100))
        #expect(hub.record.sent < 65_536 + 2 * 50_100)
        while let update = try await iterator.next() { seen += update.events.map(\.sequence) }
        #expect(seen == Array(1...100))
        #expect(hub.record.connections == 1)
        await client.close()
    }

    @Test("starts where an earlier program stopped")
    func resumes() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            [.message(Self.update(Self.position(call.call) + 1...43)), .end(.ok(finalSize: 0))]
        }
        let client = try hub.client()
        #expect(try await sequences(watch(client) { $0.resumeFrom = Array("41".utf8) }) == [42, 43])
        await client.close()
    }

    @Test("that the hub refuses for good throws its error")
    func refused() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            call.stream == 1
                ? [.message(Self.update(1...1)), .end(HubEnd(error: HubError(.cursorInvalid, "unknown")))]
                : [.answer([])]
        }
        let client = try hub.client()
        var iterator = watch(client).makeAsyncIterator()
        #expect(try await iterator.next()?.events.count == 1)
        let error = await #expect(throws: HubError.self) { _ = try await iterator.next() }
        #expect(error?.code == .cursorInvalid)
        #expect(hub.record.calls.count == 1)
        await client.close()
    }

    @Test("gives up after attempts in a row that bring nothing")
    func givesUp() async throws {
        let hub = try await ScriptedHub(papers: papers) { _ in [.drop] }
        let client = try hub.client()
        let stream = watch(client) { $0.attempts = 4 }
        await #expect(throws: HubError(.connectionClosed, "")) { try await sequences(stream) }
        #expect(hub.record.calls.count == 4)
        await client.close()
    }

    @Test("is cancelled at the hub when its reader goes away or its task is cancelled", .timeLimit(.minutes(5)))
    func cancelled() async throws {
        let hub = try await ScriptedHub(papers: papers) { _ in [.message(Self.update(1...1))] }
        let client = try hub.client()
        #expect(try await sequences(watch(client), 1) == [1])
        try await until { hub.record.cancelled == [1] }
        let task = Task { try await sequences(watch(client)) }
        try await until { hub.record.calls.count == 2 }
        task.cancel()
        await #expect(throws: HubError(.cancelled, "")) { try await task.value }
        try await until { hub.record.cancelled == [1, 3] }
        await client.close()
    }

    @Test("with a time of its own ends with it", .timeLimit(.minutes(5)))
    func deadline() async throws {
        let hub = try await ScriptedHub(papers: papers) { _ in [.message(Self.update(1...1))] }
        let client = try hub.client()
        _ = try await sequences(watch(client), 1)
        let stream = watch(client) { $0.timeoutMillis = 100 }
        await #expect(throws: HubError(.deadlineExceeded, "")) { try await sequences(stream) }
        #expect(hub.record.calls.count == 2)
        await client.close()
    }

    @Test("without one goes on when the hub's own time for it is over")
    func hubsDeadline() async throws {
        let hub = try await ScriptedHub(papers: papers) { call in
            let at = Self.position(call.call)
            if at == 2 { return [.end(.ok(finalSize: 0))] }
            return [.message(Self.update(at + 1...at + 1)), .end(HubEnd(error: HubError(.deadlineExceeded, "over")))]
        }
        let client = try hub.client()
        #expect(try await sequences(watch(client)) == [1, 2])
        await client.close()
    }
}
