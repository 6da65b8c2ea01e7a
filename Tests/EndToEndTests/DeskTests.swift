// Officers among themselves: a case changes hands, and the person in charge is asked when its time has passed.

import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Desk")
    struct DeskTests {
        @Test("a case is claimed, handed over, escalated to the head whom the organisation names, and found in queues")
        func hands() async throws {
            try await RunningHub.serve { hub in
                let number = try await Bench(hub).cases(Service.complaint, count: 1, seed: 81)[0].number
                let kasi = try await hub.regency.enrol("kominfo", "kasi-meja-pengaduan", role: "head")
                let kepala = try await hub.regency.enrol("kominfo", "kepala", role: "head")

                let claimed = try await Self.desk(hub, kepala, ["claim", number])
                #expect(claimed.status == 0, "\(claimed.output)")
                #expect(claimed.output.contains("urn:elayanan:kominfo:kepala"))
                let taken = try await Self.desk(hub, kasi, ["claim", number])
                #expect(taken.status != 0)
                let over = try await Self.desk(
                    hub, kepala, ["hand-over", number, "--unit", "meja-pengaduan", "--note", "untuk seksi"])
                #expect(over.status == 0, "\(over.output)")
                #expect(try await Self.desk(hub, kasi, ["queue"]).output.contains("unclaimed  \(number)"))

                let away = try await Self.desk(
                    hub, kepala,
                    [
                        "absence", "urn:elayanan:kominfo:kasi-meja-pengaduan", "--from", "2020-01-01", "--to",
                        "2099-12-31", "--substitute", "urn:elayanan:kominfo:kepala",
                    ])
                #expect(away.status == 0, "\(away.output)")
                try await hub.town.pass(hours: 73)
                let state = try await hub.town.read(number, as: hub.town.admin)
                #expect(state.escalation >= 1)
                #expect(state.asked == "urn:elayanan:kominfo:kasi-meja-pengaduan", "whose head stands in")
                let queue = try await Self.desk(hub, kepala, ["queue", "-o", "json"])
                #expect(queue.output.contains("\"asked\"") && queue.output.contains(number), "\(queue.output)")
                let chart = try await hub.regency.admin(["desk", "organisation", "-o", "wide"])
                #expect(chart.output.contains("kepala-kominfo"), "\(chart.output)")
                #expect(try await hub.regency.admin(["audit", "verify"]).status == 0)
            }
        }

        private static func desk(_ hub: RunningHub, _ desk: Desk, _ arguments: [String]) async throws -> Regency.Answer
        {
            try await hub.regency.hubctl(
                ["desk"] + arguments + [
                    "--address", "127.0.0.1:\(hub.regency.port)", "--cert", desk.certificate, "--key", desk.key, "--ca",
                    desk.authority,
                ])
        }
    }
}
