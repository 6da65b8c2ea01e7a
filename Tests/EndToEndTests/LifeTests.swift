// A permit, a birth and a complaint from the counter to their end, over TLS, with their papers.

import HubClient
import HubDomain
import HubProto
import SwiftProtobuf
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Lives of cases")
    struct LifeTests {
        @Test("a permit goes from submit over repair and assessment to issued, with its papers and its history")
        func permit() async throws {
            try await RunningHub.serve { hub in
                var chance = Chance(seed: 41)
                let adapter = try await Adapter.enrol("oss", hub.regency).start()
                let (open, papers) = try await Self.submit(Service.permit, life: .permitRepaired, hub)
                let states = try await Self.live(open, hub, &chance)
                #expect(
                    states.map(\.stage) == [
                        "perbaikan", "pemeriksaan_dokumen", "penilaian", "keputusan", "menunggu_nib", "terbit",
                    ])
                await adapter.stop()
                let issued = try #require(states.last)
                #expect(issued.ended)
                #expect(issued.version == 8)
                #expect(issued.number.hasPrefix("IU-"))
                #expect(issued.data.contains { $0.name == "risiko" })
                #expect(
                    issued.deadlines.filter { [.running, .paused].contains($0.state) }.map(\.name) == ["masa_berlaku"])
                #expect(issued.documents.count == 2)
                // The photo was replaced by the repair; the identity card is the first one.
                let card = try #require(papers.first { $0.kind == "ktp" })
                #expect(issued.documents.contains { $0.sha256 == card.sha256 })
                let body = try await hub.town.office(Service.permit).officer.call(
                    .getDocument,
                    LayananGetDocumentRequest.with {
                        $0.case = open.number
                        $0.sha256 = card.sha256
                    }, as: LayananGetDocumentReply.self)
                #expect(UInt64(body.message.body.count) == card.size)
                let history = try await Self.history(open, hub)
                #expect(history.map(\.caseVersion) == Array(1...8))
                #expect(
                    history.map(\.kind) == [
                        .submitted, .acted, .repaired, .acted, .acted, .acted, .inquired, .inquired,
                    ])
                var stages = ["pemeriksaan_dokumen"] + states.map(\.stage)
                stages.insert("menunggu_nib", at: 6)  // The adapter takes what waits, and answers.
                #expect(history.map(\.stageAfter) == stages)
                #expect(history[5].actor.role == "head")
            }
        }

        @Test("a micro business of low risk gets its permit as soon as its papers are complete")
        func permitAtOnce() async throws {
            try await RunningHub.serve { hub in
                var chance = Chance(seed: 42)
                let adapter = try await Adapter.enrol("oss", hub.regency).start()
                let (open, _) = try await Self.submit(Service.permit, life: .permitAtOnce, hub)
                let states = try await Self.live(open, hub, &chance)
                #expect(states.map(\.stage) == ["menunggu_nib", "terbit"])
                await adapter.stop()
            }
        }

        @Test("a birth is checked and registered; one that is late needs the head's decision first")
        func births() async throws {
            try await RunningHub.serve { hub in
                var chance = Chance(seed: 43)
                let adapter = try await Adapter.enrol("siak", hub.regency).start()
                let (onTime, _) = try await Self.submit(Service.birth, life: .birthOnTime, hub)
                #expect(
                    try await Self.live(onTime, hub, &chance).map(\.stage) == [
                        "diperiksa", "menunggu_siak", "terdaftar", "akta_siap",
                    ])
                let (late, _) = try await Self.submit(Service.birth, life: .birthLate, hub, seed: 44)
                #expect(
                    try await Self.live(late, hub, &chance).map(\.stage) == [
                        "keputusan_kepala", "diperiksa", "menunggu_siak", "terdaftar", "akta_siap",
                    ])
                await adapter.stop()
                let state = try await hub.town.read(late.number, as: hub.town.admin)
                #expect(state.data.contains { $0.name == "pelaporan" && $0.text == "terlambat" })
            }
        }

        @Test("a complaint is routed, answered, closed with proof, reopened by the citizen and closed again")
        func complaint() async throws {
            try await RunningHub.serve { hub in
                var chance = Chance(seed: 45)
                let (open, _) = try await Self.submit(Service.complaint, life: .complaintReopened, hub)
                let states = try await Self.live(open, hub, &chance)
                #expect(
                    states.map(\.stage) == [
                        "diteruskan", "dijawab", "ditangani", "menunggu_verifikasi", "selesai", "ditangani",
                        "menunggu_verifikasi", "ditangani", "menunggu_verifikasi", "selesai",
                    ])
                let settlement = states[5].deadlines.first { $0.name == "penyelesaian" }
                #expect(settlement?.state == .running, "a reopened complaint has its clock again")
                let history = try await Self.history(open, hub)
                #expect(history[6].kind == .reopened)
                #expect(history[6].note == open.petition.life.steps[5].note)
                #expect(history[4].note.contains(open.number), "the answer is the template's, with the number in it")
            }
        }

        @Test("lists are filtered and paged, and every case is on exactly one page")
        func lists() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let complaints = try await bench.cases(Service.complaint, count: 23, seed: 46)
                let permits = try await bench.cases(Service.permit, count: 5, seed: 46)
                var request = LayananListCasesRequest.with {
                    $0.service = Service.complaint
                    $0.pageSize = 5
                }
                var seen: [String] = []
                var pages = 0
                repeat {
                    let reply = try await hub.town.admin.call(.listCases, request, as: LayananListCasesReply.self)
                    seen += reply.message.cases.map(\.number)
                    request.pageToken = reply.message.nextPageToken
                    pages += 1
                } while !request.pageToken.isEmpty
                #expect(pages == 5)
                #expect(seen.count == 23)
                #expect(Set(seen) == Set(complaints.map(\.number)))
                let nik = try #require(permits[2].petition.request.form.first { $0.name == "nik" }).text
                let found = try await hub.town.admin.call(
                    .listCases,
                    LayananListCasesRequest.with {
                        $0.service = Service.permit
                        $0.field = "nik"
                        $0.value = nik
                    }, as: LayananListCasesReply.self)
                #expect(found.message.cases.map(\.number) == [permits[2].number])
            }
        }

        // MARK: -

        private static func submit(
            _ service: String, life: Life, _ hub: RunningHub, seed: UInt64 = 40
        ) async throws -> (OpenCase, [HubDocument]) {
            var people = try await hub.people(seed: seed)
            let papers = try await hub.town.papers(for: service, chance: &people.chance)
            let petition = try Petitions.sound(service, hub.town, people: &people, papers: papers, life: life)
            var options = CallOptions()
            options.onBehalfOf = petition.citizen
            let answer = try await petition.sender.call(
                petition.method, petition.request, as: LayananCaseReply.self, options: options)
            #expect(answer.message.receipt.chainHead.count == 32)
            #expect(answer.message.case.applicant == petition.citizen)
            return (OpenCase(number: answer.message.case.number, petition: petition), papers)
        }

        /// Takes every step of a case's life; the case after each.
        private static func live(_ open: OpenCase, _ hub: RunningHub, _ chance: inout Chance) async throws -> [HubCase]
        {
            var states: [HubCase] = []
            for step in open.petition.life.steps {
                states.append(
                    try await hub.town.take(
                        step, on: open.number, of: open.petition.service, for: open.petition.citizen,
                        expecting: states.last?.version ?? 1, chance: &chance))
            }
            #expect(states.last?.stage == open.petition.life.ends)
            return states
        }

        private static func history(_ open: OpenCase, _ hub: RunningHub) async throws -> [HubEvent] {
            let request = LayananHistoryRequest.with { $0.case = open.number }
            return try await hub.town.admin.call(.caseHistory, request, as: LayananHistoryReply.self).message.events
        }
    }
}
