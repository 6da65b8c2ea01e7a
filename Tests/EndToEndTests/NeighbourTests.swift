// Complaints of neighbours with the real hub, ledger and module: near by, followed, merged, split, limited.

import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Complaints of neighbours")
    struct NeighbourTests {
        private static func request(_ text: String = "Gelap sekali di gang kami.", east: Int = 0)
            -> LayananSubmitRequest
        {
            .with {
                $0.service = Service.complaint
                $0.form = [
                    .text("jenis", "aduan"), .text("kategori", "penerangan"), .text("isi", text),
                    .text("kerahasiaan", "anonim"), .integer("latitude", -7_887_800),
                    .integer("longitude", 110_328_900 + east),
                ]
            }
        }

        private static func file(
            _ hub: RunningHub, for citizen: String, _ request: LayananSubmitRequest = request()
        ) async throws -> LayananCaseReply {
            var options = CallOptions()
            options.onBehalfOf = citizen
            return try await hub.town.channel.complaints.file(request, options: options).message
        }

        @Test(
            "one is shown the neighbour's complaint, one is merged into it, one is split; the public list holds what is public"
        )
        func neighbours() async throws {
            try await RunningHub.serve { hub in
                let first = try await Self.file(hub, for: "nik:1", Self.request("Lampu jalan padam.")).case
                #expect(first.stage == "diteruskan" && first.unit == "dishub")
                let second = try await Self.file(hub, for: "nik:2", Self.request(east: 90))
                #expect(second.nearby.map(\.number) == [first.number])
                let office = try hub.town.office(Service.complaint)
                let merged = try await office.officer.complaints.merge(
                    .with { ($0.case, $0.into, $0.note) = (second.case.number, first.number, "Lampu yang sama.") }
                ).message.case
                #expect(merged.stage == "digabung")
                let part = try await hub.regency.admin([
                    "complaint", "split", first.number, "--set", "kategori=jalan", "--set",
                    "isi=Jalan berlubang besar.",
                    "--note", "Dua hal.", "-o", "name",
                ])
                #expect(part.status == 0, "\(part.output)")
                let list = try await hub.regency.admin(["complaint", "list", Service.complaint, "-o", "name"])
                #expect(Set(list.output.split(separator: "\n").map(String.init)).count == 3, "\(list.output)")
                let timeline = try await hub.regency.admin(["complaint", "timeline", second.case.number])
                #expect(timeline.output.contains("merged"), "\(timeline.output)")
                var options = CallOptions()
                options.onBehalfOf = "nik:2"
                let followed = try await hub.town.channel.complaints.following(options: options).message.cases
                #expect(followed.map(\.number) == [first.number])
                let route = try await hub.regency.admin([
                    "route", "try", Service.complaint, "--set", "kategori=penerangan", "--set", "jenis=aduan", "--set",
                    "isi=PJU mati", "--set", "kerahasiaan=anonim", "-o", "name",
                ])
                #expect(route.output.contains("dishub"), "\(route.output)")
            }
        }

        @Test("thirty complaints of one citizen at once: ten are stored, twenty refused with when to come again")
        func limited() async throws {
            try await RunningHub.serve { hub in
                let outcomes = try await concurrently(Array(0..<30), width: 15) { place -> HubError? in
                    do { _ = try await Self.file(hub, for: "nik:7", Self.request(east: place * 5_000)) } catch let error
                        as HubError
                    { return error }
                    return nil
                }
                #expect(outcomes.count { $0 == nil } == 10)
                let refused = outcomes.compactMap(\.self)
                #expect(refused.allSatisfy { $0.code == .limitReached && $0.facts["retry_at_ms"] != nil }, "\(refused)")
                #expect(try await hub.town.status().cases == 10)
                _ = try await Self.file(hub, for: "nik:8")
            }
        }
    }
}
