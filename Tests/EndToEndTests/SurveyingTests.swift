// Judging a case over the wire: by hubctl, through a kill of the hub, and never twice.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Surveying")
    struct SurveyingTests {
        @Test(
            "a citizen judges a complaint through a killed hub once, hubctl shows index and share, and no log the citizen"
        )
        func judged() async throws {
            try await RunningHub.serve { hub in
                let cases = try await Bench(hub).cases(Service.complaint, count: 6, seed: 71)
                var chance = Chance(seed: 71)
                for open in cases {
                    try await hub.town.take(
                        Step(by: .citizen, action: "tarik"), on: open.number, of: Service.complaint,
                        for: open.petition.citizen, chance: &chance)
                }
                let portal = try await hub.regency.enrol("portal", "kios-2", role: "applicant")
                let citizen = cases[0].petition.citizen
                let shown = try await Self.run(
                    hub, portal, ["survey", "show", cases[0].number, "--on-behalf-of", citizen])
                #expect(shown.status == 0 && shown.output.contains("until 20"), "\(shown.output)")

                let words = ["survey", "answer", cases[0].number]
                let short = try await Self.run(hub, portal, words + ["U1=4", "--on-behalf-of", citizen])
                #expect(short.status == 7 && short.output.contains("E4024"), "\(short.output)")
                #expect(short.output.contains("U2") && short.output.contains("U3"), "\(short.output)")
                let marks = ["U1=4", "U2=3", "U3=4", "--comment", "Cepat sekali", "--on-behalf-of", citizen]
                let answered = try await Self.run(hub, portal, words + marks)
                #expect(answered.status == 0, "\(answered.output)")

                // The others through a hub that dies: what was acknowledged is there, and the key brings it again.
                for (place, open) in cases.dropFirst().enumerated() {
                    var options = CallOptions()
                    options.onBehalfOf = open.petition.citizen
                    options.idempotencyKey = chance.key()
                    let request = LayananSurveyAnswerRequest.with {
                        ($0.case, $0.version) = (open.number, "2026.1")
                        $0.marks = ["U1", "U2", "U3"].map { name in .with { ($0.element, $0.mark) = (name, 3) } }
                    }
                    let first = try await hub.town.channel.survey.answer(request, options: options)
                    if place == 2 {
                        try await hub.regency.crash()
                        try await hub.regency.start()
                    }
                    let again = try await hub.town.channel.survey.answer(request, options: options)
                    #expect(again.replayed && again.message == first.message)
                }
                let twice = try await Self.run(hub, portal, words + marks)
                #expect(twice.status == 7 && twice.output.contains("E4024"), "\(twice.output)")

                let month = String(
                    CalendarDate(epochMillis: try await hub.town.status().nowMs, utcOffsetMinutes: 420).iso.prefix(7))
                let index = try await hub.regency.admin(["survey", "index", month, month, "-o", "json"])
                // 11 + 5 × 9 = 56 of 18 marks: 77.78, and every mark is satisfied.
                for piece in ["\"77.78\"", "\"100.00\"", "\"B\""] {
                    #expect(index.output.contains(piece), "\(index.output)")
                }
                let table = try await hub.regency.admin(["survey", "index", month, month])
                #expect(table.output.contains("77.78"), "\(table.output)")
                #expect(try await hub.regency.admin(["audit", "verify"]).status == 0)
                let printed = hub.regency.printed()
                #expect(Canaries.files(holding: ["Cepat sekali", String(citizen.dropFirst(4))], in: printed).isEmpty)
            }
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
