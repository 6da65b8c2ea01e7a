// Watchers that are cut, and watchers that do not read.

import HubClient
import HubDomain
import HubProto
import HubWire
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Watching")
    struct WatchTests {
        @Test("a watcher whose connection is cut again and again sees every event once and in order")
        func cutWatcher() async throws {
            let cuts = Place.isFull ? 50 : 10
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let relay = try await Relay.start(to: hub.regency.port, group: hub.regency.group)
                let client = try hub.regency.client(hub.town.auditor, through: relay.port)
                let start = try await hub.town.status().sequence
                let watcher = WatcherCheck(client: client, relay: relay, after: start)
                let watching = Task { await watcher.run() }
                for cut in 0..<cuts {
                    let batch = try await bench.petitions(Service.complaint, count: 8, seed: UInt64(cut))
                    async let sent = bench.storm.run(batch)
                    // In the middle of the batch, once the watcher is back from the cut before.
                    #expect(await watcher.sees(start + UInt64(cut * 8 + 1)))
                    watcher.cut()
                    _ = try await sent
                }
                let head = try await hub.town.status().sequence
                #expect(await watcher.sees(head))
                #expect(watcher.cuts == cuts)
                // The last cut may come after the last event: give the client time to be back.
                for _ in 0..<100 where relay.connections <= cuts { try await Task.sleep(for: .milliseconds(50)) }
                #expect(relay.connections > cuts)
                #expect(watcher.faults == [])
                #expect(watcher.events.map(\.sequence) == Array(start + 1...head))
                watching.cancel()
                await client.close()
                await relay.stop()
            }
        }

        @Test("a watcher that does not read is cut with its cursor, and resumes there without a gap")
        func slowWatcher() async throws {
            try await RunningHub.serve(settings: RunningHub.settings + "slow_reader_seconds: 8\n") { hub in
                let start = try await hub.town.status().sequence
                var greeting = hub.greeting(hub.town.auditor)
                greeting.receiveBuffer = 4_096
                let slow = try await RawConnection.open(port: hub.regency.port, greeting)
                try await slow.hello()
                try await slow.call(HubMethod.watchCases.path, stream: 1, LayananWatchRequest())
                let first = try #require(try await slow.next(.data)).message(LayananWatchUpdate.self)
                #expect(!first.cursor.isEmpty)
                try await slow.reads(false)
                let importer = Importer(hub)
                // More than the kernel's buffers hold, and longer than the hub waits for room.
                try await importer.bring(2_000, noteLength: 4_000)
                try await Task.sleep(for: .seconds(12))
                let head = try await hub.town.status().sequence
                try await slow.reads(true)
                let (seen, end) = try await Self.readToEnd(slow)
                let error = HubError(end: end)
                #expect(error?.code == .slowConsumer)
                #expect(error?.status == .unavailable)
                #expect(seen.count < Int(head), "the hub kept everything for a watcher that did not read")
                let cursor = try #require(end.resumeCursor)
                let rest = try await Self.resume(hub, cursor: cursor, upTo: head)
                #expect(seen + rest == Array(start + 1...head))
                await slow.close()
            }
        }

        @Test("a watch of one case gives its state first, then its changes alone")
        func oneCase() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let cases = try await bench.cases(Service.complaint, count: 2, seed: 5)
                let request = LayananWatchRequest.with { $0.case = cases[0].number }
                var updates = hub.town.admin.stream(.watchCases, request, as: LayananWatchUpdate.self)
                    .makeAsyncIterator()
                let state = try #require(try await updates.next()).state
                #expect(state.number == cases[0].number)
                #expect(state.version == 1)
                var chance = Chance(seed: 1)
                for open in cases.reversed() {
                    try await hub.town.take(
                        Life.complaintClosed.steps[0], on: open.number, of: Service.complaint,
                        for: open.petition.citizen, chance: &chance)
                }
                let change = try #require(try await updates.next())
                #expect(change.events.map(\.number) == [cases[0].number])
                #expect(change.events.first?.caseVersion == 2)
                #expect(change.events.first?.applicant == "")
                #expect(change.events.first?.form.isEmpty == true)
            }
        }

        /// Sequences that came, and the END.
        private static func readToEnd(_ raw: RawConnection) async throws -> ([UInt64], HubEnd) {
            var seen: [UInt64] = []
            var joiner: [UInt8] = []
            while let frame = try await raw.next() {
                switch frame.header.type {
                case .data:
                    joiner += frame.payload
                    if frame.header.flags.contains(.more) { continue }
                    seen += try LayananWatchUpdate(serializedBytes: joiner).events.map(\.sequence)
                    joiner = []
                case .end: return (seen, try frame.message(HubEnd.self))
                default: continue
                }
            }
            Issue.record("the connection ended without END")
            return (seen, HubEnd())
        }

        private static func resume(_ hub: RunningHub, cursor: [UInt8], upTo head: UInt64) async throws -> [UInt64] {
            let raw = try await RawConnection.open(port: hub.regency.port, hub.greeting(hub.town.auditor))
            try await raw.hello()
            try await raw.call(
                HubMethod.watchCases.path, stream: 1, LayananWatchRequest(), resumeFrom: cursor)
            var seen: [UInt64] = []
            var joiner: [UInt8] = []
            while seen.last ?? 0 < head, let frame = try await raw.next(.data) {
                joiner += frame.payload
                if frame.header.flags.contains(.more) { continue }
                seen += try LayananWatchUpdate(serializedBytes: joiner).events.map(\.sequence)
                joiner = []
            }
            await raw.close()
            return seen
        }
    }
}
