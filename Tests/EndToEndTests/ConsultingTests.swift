// A public event over the wire: two units advise at the same time by hubctl alone, then the letter goes to the police.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Consulting")
    struct ConsultingTests {
        private static let service = "izin-keramaian"

        @Test(
            "two units advise at the same time, the last one sends the case on, and the letter is issued against advice"
        )
        func parallel() async throws {
            try await RunningHub.serve { hub in
                let citizen = "nik:3402011505900000"
                let number = try await Self.file(hub, for: citizen)
                let district = try await hub.regency.enrol("kecamatan-srandakan", "camat-1", role: "officer")
                let order = try await hub.regency.enrol("satpol-pp", "kasi-ketertiban", role: "officer")
                let waiting = try await Self.run(hub, order, ["desk", "queue", "-o", "json"])
                #expect(waiting.output.contains("\"advice\"") && waiting.output.contains(number), "\(waiting.output)")

                async let yes = Self.advise(hub, district, number, "kecamatan", "yes", "Tidak keberatan.")
                async let no = Self.advise(hub, order, number, "ketertiban", "no", "Pengamanan kurang.")
                for answer in try await [yes, no] { #expect(answer.status == 0, "\(answer.output)") }
                let again = try await Self.advise(hub, order, number, "ketertiban", "yes", "Berubah pikiran.")
                #expect(again.status != 0)
                let state = try await hub.town.read(number, as: hub.town.admin)
                #expect(state.stage == "keputusan" && state.consultations.map(\.favourable) == [true, false])
                let shown = try await Self.run(hub, district, ["case", "show", number])
                #expect(shown.output.contains("Pengamanan kurang."), "\(shown.output)")

                var options = CallOptions()
                options.onBehalfOf = citizen
                let seen = try await hub.town.channel.call(
                    .getCase, LayananGetCaseRequest.with { $0.case = number }, as: LayananGetCaseReply.self,
                    options: options
                ).message.case
                #expect(seen.consultations.allSatisfy { $0.state == .given && $0.note.isEmpty && $0.by.isEmpty })

                try await Self.letter(hub, number, for: citizen)
            }
        }

        /// The head decides against advice, with a reason; the police answer.
        private static func letter(_ hub: RunningHub, _ number: String, for citizen: String) async throws {
            var chance = Chance(seed: 98)
            let refused = try await refusal {
                try await hub.town.take(
                    Step(by: .head, action: "teruskan"), on: number, of: service, for: citizen, chance: &chance)
            }
            #expect(refused.violations.map(\.rule) == ["advice"])
            let handed = try await hub.town.take(
                Step(by: .head, action: "teruskan", note: "Pengamanan ditambah."), on: number, of: service,
                for: citizen, chance: &chance)
            let paper = try #require(handed.papers.last)
            #expect(handed.stage == "diserahkan" && paper.state == .issued)
            let held = try await hub.regency.admin(["paper", "check", paper.qr])
            #expect(held.status == 0 && held.output.contains("holds"), "\(held.output)")
            let ended = try await hub.town.take(
                Step(by: .officer, action: "catat_izin", note: "Surat B/12/2026", papers: ["surat_polisi"]),
                on: number, of: service, for: citizen, chance: &chance)
            #expect(ended.stage == "selesai_diizinkan" && ended.ended)
            #expect(try await hub.regency.admin(["audit", "verify"]).status == 0)
        }

        private static func file(_ hub: RunningHub, for citizen: String) async throws -> String {
            var chance = Chance(seed: 97)
            let request = LayananSubmitRequest.with {
                $0.service = service
                $0.form = (try? hub.town.office(service).definition.example) ?? []
            }
            var whole = request
            whole.documents = try await hub.town.papers(for: service, chance: &chance)
            var options = CallOptions()
            options.onBehalfOf = citizen
            return try await hub.town.channel.call(
                .submitApplication, whole, as: LayananCaseReply.self, options: options
            ).message.case.number
        }

        private static func advise(
            _ hub: RunningHub, _ desk: Desk, _ number: String, _ name: String, _ verdict: String, _ note: String
        ) async throws -> Regency.Answer {
            try await run(hub, desk, ["desk", "advise", number, name, "--favourable", verdict, "--note", note])
        }

        private static func run(_ hub: RunningHub, _ desk: Desk, _ arguments: [String]) async throws -> Regency.Answer {
            try await hub.regency.hubctl(
                arguments + [
                    "--address", "127.0.0.1:\(hub.regency.port)", "--cert", desk.certificate, "--key", desk.key, "--ca",
                    desk.authority,
                ])
        }
    }
}
