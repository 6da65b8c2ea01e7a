// Connections that break at every byte, and changes that are sent again and again: each happens exactly once.

import HubClient
import HubDomain
import HubProto
import HubTestKit
import Synchronization
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Cuts", .timeLimit(.minutes(60)))
    struct CutTests {
        @Test(
            "a change over a connection that breaks after any number of bytes, either way, happens once and is answered"
        )
        func everyByte() async throws {
            let step = Place.isFull ? 1 : 61
            try await RunningHub.serve { hub in
                let desk = try await hub.counter(Service.complaint, "cut-1")
                let bench = try await Bench(hub)
                let (up, down) = try await Self.exchange(bench, desk)
                let cuts =
                    stride(from: 0, through: up, by: step).map { LinkCut(.up, afterBytes: $0, isReset: $0 % 2 == 0) }
                    + stride(from: 0, through: down, by: step).map {
                        LinkCut(.down, afterBytes: $0, isReset: $0 % 2 == 1)
                    }
                let petitions = try await bench.petitions(Service.complaint, count: cuts.count, seed: 81)
                let cases = try await hub.town.status().cases
                let numbers = try await concurrently(Array(zip(cuts, petitions)), width: 4) { cut, petition in
                    var number = ""
                    // The first connection breaks, those after it hold.
                    try await hub.through(cuts: { $0 == 1 ? cut : nil }) { link in
                        number = try await Self.submit(petition, try hub.client(desk, link))
                    }
                    return number
                }
                print("a change was cut at \(cuts.count) places of \(up) bytes up and \(down) bytes down")
                #expect(Set(numbers).count == cuts.count)
                #expect(try await hub.town.status().cases == cases + UInt64(cuts.count))
            }
        }

        @Test("many changes, each sent one to five times over connections that break anywhere, have as many effects")
        func manyTimes() async throws {
            let count = Place.isFull ? 1_000 : 200
            try await RunningHub.serve { hub in
                let desk = try await hub.counter(Service.complaint, "cut-2")
                let petitions = try await Bench(hub).petitions(Service.complaint, count: count, seed: 82)
                let chance = Mutex(Chance(seed: 83))
                let cuts: SimulatedLink.Cuts = { _ in
                    chance.withLock { chance in
                        LinkCut(
                            chance.happens(percent: 50) ? .up : .down, afterBytes: chance.number(2_000...40_000),
                            isReset: chance.happens(percent: 50))
                    }
                }
                try await hub.through(cuts: cuts) { link in
                    let clients = try (0..<4).map { _ in try hub.client(desk, link) }
                    let sendings = chance.withLock { chance in
                        petitions.flatMap { petition in
                            (0..<chance.number(1...5)).map { _ in (petition, clients[chance.number(0...3)]) }
                        }.shuffled(using: &chance)
                    }
                    let answers = try await concurrently(sendings, width: 32) { petition, client in
                        (petition.key, try await Self.send(petition, client))
                    }
                    print(
                        "\(count) changes were sent \(sendings.count) times over \(link.traffic.connections) connections"
                    )
                    let replies = Dictionary(grouping: answers, by: \.0).mapValues { Set($0.map(\.1)) }
                    #expect(replies.count == count)
                    #expect(
                        replies.values.allSatisfy { $0.count == 1 }, "all answers to a key are equal, byte for byte")
                    #expect(Set(replies.values.flatMap(\.self)).count == count)
                    #expect(link.traffic.connections > 4)
                    for client in clients { await client.close() }
                }
                #expect(try await hub.town.status().cases == UInt64(count))
            }
        }

        @Test("watchers that are cut all the time, while the hub is restarted, see every event once and in order")
        func watchers() async throws {
            let (count, seconds, restarts) = Place.isFull ? (200, 1_800, 5) : (20, 12, 2)
            try await RunningHub.serve { hub in
                let writer = try await hub.counter(Service.complaint, "writer")
                let petitions = try await Bench(hub).petitions(Service.complaint, count: seconds * 5, seed: 84)
                try await hub.through { line in
                    let start = try await hub.town.status().sequence
                    let watching = try (0..<count).map { _ in
                        try Follower(hub.client(hub.town.auditor, line), after: start)
                    }
                    let following = watching.map { follower in Task { try await follower.follow() } }
                    let client = try hub.client(writer, line)
                    // A new watch begins with what is then.
                    while !watching.allSatisfy(\.isWatching) { try await Task.sleep(for: .milliseconds(20)) }
                    async let written: Void = {
                        for petition in petitions {
                            _ = try await Self.send(petition, client)
                            try await Task.sleep(for: .milliseconds(200))
                        }
                    }()
                    let end = ContinuousClock.now + .seconds(seconds)
                    var chance = Chance(seed: 85)
                    var rounds = 0
                    while ContinuousClock.now < end {
                        try await Task.sleep(for: .milliseconds(chance.number(200...1_500)))
                        line.cut()
                        rounds += 1
                        if rounds % max(1, seconds / (restarts + 1)) == 0 {
                            await hub.regency.stop()
                            try await hub.regency.start()
                        }
                    }
                    try await written
                    let head = try await hub.town.status().sequence
                    for _ in 0..<600 where watching.contains(where: { $0.last < head }) {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    print("\(count) watchers, \(rounds) cuts, \(line.traffic.connections) connections, \(head) events")
                    #expect(watching.flatMap(\.faults) == [])
                    #expect(watching.allSatisfy { $0.last == head })
                    for task in following { task.cancel() }
                    for follower in watching { await follower.client.close() }
                    await client.close()
                }
            }
        }

        // MARK: -

        /// Bytes of a whole exchange, each way, that nobody cuts.
        private static func exchange(_ bench: Bench, _ desk: Desk) async throws -> (up: Int, down: Int) {
            let petition = try await bench.petitions(Service.complaint, count: 1, seed: 80)[0]
            var bytes = (up: 0, down: 0)
            try await bench.hub.through { link in
                _ = try await submit(petition, try bench.hub.client(desk, link))
                bytes = (link.traffic.bytesUp, link.traffic.bytesDown)
            }
            return bytes
        }

        /// The number of the new case; the client makes the key, and is closed.
        private static func submit(_ petition: Petition, _ client: HubClient) async throws -> String {
            var options = CallOptions()
            options.onBehalfOf = petition.citizen
            let answer = try await client.complaints.file(petition.request, options: options)
            await client.close()
            return answer.message.case.number
        }

        /// The answer's own bytes; as often as it takes.
        private static func send(_ petition: Petition, _ client: HubClient) async throws -> [UInt8] {
            var options = CallOptions()
            options.idempotencyKey = petition.key
            options.onBehalfOf = petition.citizen
            options.attempts = 10_000
            options.timeoutMillis = 300_000
            let bytes: [UInt8] = try petition.request.serializedBytes()
            return [UInt8](
                buffer: try await client.answer(petition.method, serialized: bytes, options: options).message)
        }
    }
}

/// A watcher that counts what it sees.
private final class Follower: Sendable {
    private struct State {
        var isWatching = false
        var last: UInt64
        var faults: [String] = []
    }

    let client: HubClient
    private let state: Mutex<State>

    /// - Parameter start: Last event of the log before the watch.
    init(_ client: HubClient, after start: UInt64) {
        self.client = client
        state = Mutex(State(last: start))
    }

    /// The hub has answered.
    var isWatching: Bool { state.withLock { $0.isWatching } }
    /// The last event seen.
    var last: UInt64 { state.withLock { $0.last } }
    /// Gaps, repetitions and reversals.
    var faults: [String] { state.withLock { $0.faults } }

    /// Sees everything that happens from now on.
    func follow() async throws {
        for try await update in client.cases.watch(LayananWatchRequest()) {
            state.withLock { state in
                state.isWatching = true
                for event in update.events {
                    if event.sequence != state.last + 1 {
                        state.faults.append("event \(event.sequence) came after \(state.last)")
                    }
                    state.last = event.sequence
                }
            }
        }
    }
}
