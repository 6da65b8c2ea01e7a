// Bad input gets an error that names the field or the rule, and nothing is stored.

import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Bad input")
    struct BadInputTests {
        @Test("each wrong request is refused with its own code, names the field in both languages, and stores nothing")
        func mistakes() async throws {
            try await RunningHub.serve { hub in
                let before = try await hub.town.status().sequence
                var people = try await hub.people(seed: 51)
                let list = try AcknowledgementList(path: hub.regency.folder + "/acknowledged")
                let traffic = Traffic(list: list)
                let mistakes = try await Mistake.all(hub.town, people: &people)
                #expect(mistakes.count >= 8)
                for mistake in mistakes {
                    let error = try #require(try await mistake.send(traffic), "\(mistake.name) was stored")
                    #expect(error.code == mistake.code, "\(mistake.name): \(error)")
                    if let field = mistake.field {
                        let violation = try #require(error.violations.first { $0.field == field }, "\(mistake.name)")
                        #expect(!violation.indonesian.isEmpty && !violation.english.isEmpty)
                    }
                    #expect(Canaries.files(holding: people.canaries, in: [("error", Array("\(error)".utf8))]) == [])
                }
                let status = try await hub.town.status()
                #expect(status.cases == 0)
                #expect(status.sequence == before)
            }
        }

        @Test("an identity number that contradicts the birth date is a warning kept on the case, not a refusal")
        func contradiction() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let sound = try await bench.petitions(Service.permit, count: 1, seed: 52)[0]
                var request = sound.request
                request.set(.text("tanggal_lahir", "1999-12-31"))
                let odd = Petition(
                    key: sound.key, sender: sound.sender, method: sound.method, request: request,
                    citizen: sound.citizen, life: sound.life)
                let open = try #require(try await bench.storm.run([odd]).cases.first)
                let state = try await hub.town.read(open.number, as: hub.town.admin)
                #expect(state.warnings.map(\.field) == ["nik"])
                #expect(state.warnings.first?.text.id.isEmpty == false)
            }
        }

        @Test("a stale version is answered ABORTED with the present one; a wrong stage, action or role by name")
        func steps() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let open = try await bench.cases(Service.complaint, count: 1, seed: 53)[0]
                var chance = Chance(seed: 53)
                func take(_ step: Step, version: UInt64 = 0) async throws -> HubCase {
                    try await hub.town.take(
                        step, on: open.number, of: Service.complaint, for: open.petition.citizen, expecting: version,
                        chance: &chance)
                }
                let steps = Life.complaintClosed.steps
                let routed = try await take(steps[0], version: 1)
                #expect(routed.version == 2)
                let stale = try await refusal { try await take(steps[1], version: 1) }
                #expect(stale.code == .versionStale)
                #expect(stale.status == .aborted)
                #expect(stale.facts["present_version"] == "2")
                let early = try await refusal { try await take(steps[2]) }
                #expect(early.code == .actionNotAllowed)
                #expect(early.status == .failedPrecondition)
                let unanswered = try await refusal { try await take(Step(by: .officer, action: steps[1].action)) }
                #expect(unanswered.code == .formInvalid, "an answer needs its text")
                let stranger = try hub.town.office(Service.permit).officer
                let request = LayananActRequest.with {
                    $0.case = open.number
                    $0.action = steps[1].action
                    $0.note = "Bukan urusan saya."
                }
                let hidden = try await refusal {
                    try await stranger.call(.actOnComplaint, request, as: LayananCaseReply.self)
                }
                #expect(hidden.code == .caseNotFound)
                let present = try await hub.town.read(open.number, as: hub.town.admin)
                #expect(present == routed)
            }
        }

        @Test("closing without proof, and an action nobody defined, change nothing")
        func missingProof() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let open = try await bench.cases(Service.complaint, count: 1, seed: 54)[0]
                var chance = Chance(seed: 54)
                for step in Life.complaintClosed.steps.prefix(3) {
                    try await hub.town.take(
                        step, on: open.number, of: Service.complaint, for: open.petition.citizen, chance: &chance)
                }
                let officer = try hub.town.office(Service.complaint).officer
                func act(_ action: String) async throws -> HubError {
                    let request = LayananActRequest.with {
                        $0.case = open.number
                        $0.action = action
                        $0.note = "Selesai."
                    }
                    return try await refusal {
                        try await officer.call(.actOnComplaint, request, as: LayananCaseReply.self)
                    }
                }
                let bare = try await act("tutup")
                #expect(bare.code == .documentInvalid)
                #expect(bare.violations.map(\.field) == ["documents/bukti_perbaikan"])
                #expect(try await act("meledakkan").code == .actionNotAllowed)
                #expect(try await hub.town.read(open.number, as: hub.town.admin).version == 4)
            }
        }
    }
}
