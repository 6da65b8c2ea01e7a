// Time that passes: deadlines become events that every watcher sees.

import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Clocks")
    struct ClockTests {
        @Test("an unanswered complaint escalates after three days, a watcher sees it, and an answered one does not")
        func escalation() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let cases = try await bench.cases(Service.complaint, count: 2, seed: 61)
                var chance = Chance(seed: 61)
                for step in Life.complaintClosed.steps {
                    try await hub.town.take(
                        step, on: cases[1].number, of: Service.complaint, for: cases[1].petition.citizen,
                        chance: &chance)
                }
                var updates = hub.town.admin.stream(
                    .watchCases, LayananWatchRequest(), as: LayananWatchUpdate.self
                ).makeAsyncIterator()
                #expect(try await updates.next()?.events.isEmpty == true)
                let before = try await hub.town.status().nowMs
                let advanced = try await hub.regency.admin(["clock", "advance", "71h"])
                #expect(advanced.status == 0, "\(advanced.output)")
                #expect(try await Self.escalation(cases[0], hub) <= 1, "not before 72 hours, but for working days")
                try await hub.town.pass(hours: 2)
                var seen: [HubEvent] = []
                while !seen.contains(where: { $0.action == "respons_pertama" }) {
                    seen += try #require(try await updates.next()).events
                }
                let event = try #require(seen.first { $0.action == "respons_pertama" })
                #expect(event.kind == .deadlinePassed)
                #expect(event.number == cases[0].number)
                #expect(event.escalation >= 1)
                #expect(event.atMs >= before + 71 * 3_600_000 && event.atMs <= before + 73 * 3_600_000)
                #expect(seen.allSatisfy { $0.number == cases[0].number })
                let state = try await hub.town.read(cases[0].number, as: hub.town.admin)
                #expect(state.escalation >= 1)
                #expect(!state.escalatedTo.isEmpty)
                #expect(state.deadlines.first { $0.name == "respons_pertama" }?.state == .passed)
                #expect(try await Self.escalation(cases[1], hub) == 0)
                let overdue = try await hub.town.admin.call(
                    .listCases, LayananListCasesRequest.with { $0.overdue = true }, as: LayananListCasesReply.self)
                #expect(overdue.message.cases.map(\.number) == [cases[0].number])
            }
        }

        @Test("an imported case's clocks are history: it never escalates, and what was closed stays closed")
        func importedCases() async throws {
            try await RunningHub.serve { hub in
                let importer = Importer(hub)
                let now = try await hub.town.status().nowMs
                let open = try await importer.bring(importer.record("1", created: now - 200 * 86_400_000))
                let closed = try await importer.bring(
                    importer.record("2", created: now - 200 * 86_400_000, closed: now - 100 * 86_400_000))
                #expect(!open.ended)
                #expect(closed.ended)
                #expect(open.createdMs == now - 200 * 86_400_000)
                let passed = try await hub.town.pass(hours: 24 * 60)
                #expect(passed == 0)
                for before in [open, closed] {
                    let after = try await hub.town.read(before.number, as: hub.town.admin)
                    #expect(after == before)
                    #expect(after.deadlines.allSatisfy { $0.state == .history })
                }
                let again = try await refusal {
                    try await importer.bring(importer.record("1", created: now - 200 * 86_400_000))
                }
                #expect(again.code == .alreadyImported)
            }
        }

        @Test("clocks that ran before a crash run after it")
        func downtime() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                _ = try await bench.cases(Service.complaint, count: 1, seed: 62)
                try await hub.regency.crash()
                try await hub.regency.start()
                #expect(try await hub.town.status().deadlinesRunning > 0)
                #expect(try await hub.town.pass(hours: 73) >= 1)
            }
        }

        @Test("a hub on real time cannot be advanced")
        func realTime() async throws {
            try await RunningHub.serve { hub in
                await hub.regency.stop()
                try await hub.regency.start(clock: "system")
                let error = try await refusal { try await hub.town.pass(hours: 1) }
                #expect(error.code == .clockNotManual)
            }
        }

        private static func escalation(_ open: OpenCase, _ hub: RunningHub) async throws -> UInt32 {
            try await hub.town.read(open.number, as: hub.town.admin).escalation
        }
    }
}
