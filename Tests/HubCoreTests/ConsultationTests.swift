// Units advise at the same time, and the case goes on when the last one has.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("Consultations")
struct ConsultationTests {
    // MARK: Asking and joining

    @Test("everybody is asked when the case comes to the stage: the unit by name, the district by its area")
    func asked() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        #expect(state.stage == "pertimbangan" && state.advice == ["kecamatan open", "ketertiban open"])
        #expect(state.consultations.map(\.unit) == ["kecamatan-a", "ketertiban"])
        let now = hub.small.clock.nowMillis()
        #expect(state.consultations.allSatisfy { $0.askedMs == now && $0.stage == "pertimbangan" })
        #expect(try await hub.file(area: "340299").consultations[0].unit == "kecamatan-b", "the wider area serves it")
    }

    @Test("the last advice sends the case on in the same commit, whatever the advice is")
    func joined() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        let first = try await hub.advise("ketertiban", on: state, by: .guardian)
        #expect(first.stage == "pertimbangan" && first.advice == ["kecamatan open", "ketertiban given"])
        let last = try await hub.advise(
            "kecamatan", on: state, by: .district, favourable: false, note: "Jalan sedang diperbaiki")
        #expect(last.stage == "keputusan" && last.version == first.version + 1)
        #expect(last.consultations.map(\.favourable) == [false, true])
        #expect(last.consultations[0].by == Caller.district.principal.urn)
        #expect(last.deadlines.map(\.state) == [.met])
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.kind == .consulted && event.action == "kecamatan" && event.note == "Jalan sedang diperbaiki")
        #expect(event.stageBefore == "pertimbangan" && event.stageAfter == "keputusan")
        #expect(event.consultations.map(\.favourable) == [false, true] && event.consultations[0].note.isEmpty)
    }

    @Test("a case that is sent back drops what is open, and asks everybody anew when it comes again")
    func dropped() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        try await hub.advise("ketertiban", on: state, by: .guardian)
        let back = try await hub.small.act("kembalikan", on: state, by: .officer)
        #expect(back.advice == ["kecamatan dropped", "ketertiban given"])
        await #expect(throws: HubError(.actionNotAllowed, "")) {
            try await hub.advise("kecamatan", on: state, by: .district)
        }
        let again = try await hub.small.act("kirim", on: state, by: .officer)
        #expect(
            again.advice == ["kecamatan dropped", "ketertiban given", "kecamatan open", "ketertiban open"])
        try await hub.advise("kecamatan", on: state, by: .district)
        #expect(try await hub.advise("ketertiban", on: state, by: .guardian).stage == "keputusan")
    }

    @Test("a step within the stage asks nobody twice, and a case that is withdrawn waits for nobody")
    func within() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        try await hub.advise("ketertiban", on: state, by: .guardian)
        let noted = try await hub.small.act("catat", on: state, by: .officer)
        #expect(noted.advice == ["kecamatan open", "ketertiban given"])
        let gone = try await hub.small.act("tarik", .withdrawComplaint, on: state, by: .portal)
        #expect(gone.advice == ["kecamatan dropped", "ketertiban given"])
        #expect(try await hub.queue(of: .district) == [])
    }

    @Test("an area that no department serves is refused before anything is remembered, with its field")
    func nobodyToAsk() async throws {
        let hub = try await ConsultingHub.open()
        do {
            try await hub.file(area: "3501")
            Issue.record("nobody serves the area, and the case was taken")
        } catch let error as HubError {
            #expect(error.code == .refusedByRule && error.violations.map(\.field) == ["wilayah"])
        }
        // The regency serves every area and is no department: nobody there advises.
        #expect(try await refusal { try await hub.file(area: "349900") } == .refusedByRule)
        #expect(try await hub.small.ledger.counts().cases == 0)
    }

    @Test("a case can be sent round and round 32 times, and then it is stopped")
    func rounds() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        for _ in 2...32 {
            try await hub.small.act("kembalikan", on: state, by: .officer)
            try await hub.small.act("kirim", on: state, by: .officer)
        }
        let back = try await hub.small.act("kembalikan", on: state, by: .officer)
        #expect(back.consultations.count == 64)
        #expect(try await refusal { try await hub.small.act("kirim", on: state, by: .officer) } == .refusedByRule)
    }

    // MARK: Who advises

    @Test("officers of the unit that is asked advise, once, and nobody else does")
    func rights() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        for caller in [Caller.district, .officer, .portal, .admin] {
            #expect(
                try await refusal { try await hub.advise("ketertiban", on: state, by: caller) } == .permissionDenied,
                "\(caller.principal.urn)")
        }
        #expect(
            try await refusal { try await hub.advise("ketertiban", on: state, by: .regent) } == .caseNotFound)
        #expect(try await refusal { try await hub.advise("lurah", on: state, by: .guardian) } == .formInvalid)
        #expect(
            try await refusal { try await hub.advise("ketertiban", on: state, by: .guardian, note: " ") }
                == .formInvalid
        )
        try await hub.advise("ketertiban", on: state, by: .patrol)
        #expect(
            try await refusal { try await hub.advise("ketertiban", on: state, by: .guardian) } == .actionNotAllowed)
    }

    @Test("who stands in for an officer of the unit advises in its place")
    func standIn() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        #expect(try await refusal { try await hub.advise("ketertiban", on: state, by: .stranger) } == .caseNotFound)
        let absence = LayananSetAbsenceRequest.with {
            ($0.absence.officer, $0.absence.substitute) = (Caller.guardian.principal.urn, Caller.stranger.principal.urn)
            ($0.absence.firstDay, $0.absence.lastDay) = ("2026-01-01", "2026-12-31")
        }
        _ = try await hub.small.call(.setAbsence, absence, as: LayananSetAbsenceReply.self, by: .guardian)
        #expect(try await hub.queue(of: .stranger, .advice) == ["advice \(state.number)"])
        #expect(
            try await hub.advise("ketertiban", on: state, by: .stranger).advice == [
                "kecamatan open", "ketertiban given",
            ])
    }

    @Test("the same key gives the same answer again, and an old version is refused")
    func once() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        let key = Array("advice-key-000000001".utf8)
        let first = try await hub.advise("ketertiban", on: state, by: .guardian, version: state.version, key: key)
        let again = try await hub.advise("ketertiban", on: state, by: .guardian, version: state.version, key: key)
        #expect(first == again)
        #expect(
            try await refusal { try await hub.advise("kecamatan", on: state, by: .district, version: state.version) }
                == .versionStale)
    }

    // MARK: Who sees what

    @Test("a unit that is asked sees the case, then and afterwards, and takes none of its actions")
    func access() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        try await hub.advise("ketertiban", on: state, by: .guardian, note: "Aman")
        let seen = try await hub.small.get(state, by: .district)
        #expect(seen.consultations[1].note == "Aman", "offices tell each other")
        #expect(try await refusal { try await hub.small.act("catat", on: state, by: .district) } == .permissionDenied)
        try await hub.small.act("kembalikan", on: state, by: .officer)
        #expect(try await hub.small.get(state, by: .district).stage == "perbaikan")
        #expect(try await hub.small.history(of: state, by: .guardian).events.map(\.note).contains("Aman"))
        #expect(try await refusal { try await hub.small.get(state, by: .stranger) } == .caseNotFound)
    }

    @Test("an applicant sees whom the case waits for and who has answered, and nothing of what was advised")
    func applicants() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        for (name, caller) in [("ketertiban", Caller.guardian), ("kecamatan", .district)] {
            try await hub.advise(name, on: state, by: caller, note: "Rahasia")
        }
        try await hub.small.act("putuskan", on: state, by: .officer)
        let seen = try await hub.small.get(state, by: .portal)
        #expect(seen.ended && seen.advice == ["kecamatan given", "ketertiban given"])
        #expect(seen.consultations.allSatisfy { $0.note.isEmpty && $0.by.isEmpty && !$0.favourable })
        let events = try await hub.small.history(of: state, by: .portal).events
        #expect(events.count == 4 && events.allSatisfy { !$0.note.contains("Rahasia") })
        #expect(events.allSatisfy { $0.consultations.allSatisfy { !$0.favourable } && $0.actor.principal.isEmpty })
    }

    @Test("what waits for a unit's advice stands in its queue until it is given, beside the department's own")
    func queues() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        for caller in [Caller.guardian, .district, .patrol] {
            #expect(try await hub.queue(of: caller) == ["advice \(state.number)"], "\(caller.principal.urn)")
        }
        #expect(try await hub.queue(of: .officer).contains("unclaimed \(state.number)"))
        try await hub.advise("ketertiban", on: state, by: .guardian)
        #expect(try await hub.queue(of: .guardian) == [])
        #expect(try await hub.queue(of: .district) == ["advice \(state.number)"])
    }

    // MARK: Rules

    @Test("a chart that drops a unit whose advice is awaited is refused with the list, and so is one nobody could ask")
    func charts() async throws {
        let hub = try await ConsultingHub.open()
        let state = try await hub.file()
        var chart = ConsultingHub.organisation(version: "2")
        chart.units.removeAll { $0.code == "kecamatan-a" }
        #expect(try await findings(chart, hub).map(\.cases) == [[state.number]])
        chart = ConsultingHub.organisation(version: "2")
        chart.units.removeAll { $0.code == "ketertiban" }
        chart.positions.removeAll { $0.unit == "ketertiban" }
        chart.officers.removeFirst()
        #expect(try await findings(chart, hub).map(\.rule).sorted() == ["consultee", "running_cases"])
    }

    @Test("a definition that consults a unit of no department is refused when it is published")
    func definitions() async throws {
        let hub = try await ConsultingHub.open()
        let next = ConsultingHub.definition {
            ($0.version, $0.validFrom) = ("2026.2", "2026-02-01")
            $0.stages[0].consults.consultees[1].unit = "kabupaten"
        }
        let request = HubCheckRulesRequest.with {
            $0.files = [
                .with { ($0.path, $0.content) = ("services/a.bin", .init((try? next.ledgerBytes()) ?? [])) }
            ]
        }
        let reply = try await hub.small.call(.checkRules, request, as: HubCheckRulesReply.self, by: .admin)
        #expect(reply.findings.map(\.rule) == ["consultee"])
    }

    @Test("a version that was corrected on its own day binds other rules as long as a case runs by it")
    func replaced() async throws {
        let hub = try await ConsultingHub.open()
        let next = ConsultingHub.definition {
            $0.version = "2026.2"
            $0.stages[0].consults.consultees.removeLast()
        }
        let request = HubPublishRulesRequest.with {
            $0.files = [(try? MessageRules.file("services/a.bin", next)) ?? HubRuleFile()]
            $0.note = "Tanpa pertimbangan ketertiban"
        }
        var chart = ConsultingHub.organisation(version: "2")
        chart.units.removeAll { $0.code == "ketertiban" }
        chart.positions.removeAll { $0.unit == "ketertiban" }
        chart.officers.removeAll { officer in
            officer.positions.contains { post in !chart.positions.contains { $0.code == post } }
        }
        let old = try await hub.file()
        _ = try await hub.small.call(.publishRules, request, as: HubPublishRulesReply.self, by: .admin)
        #expect(try await findings(chart, hub).map(\.rule).contains("consultee"))
        try await hub.small.act("tarik", .withdrawComplaint, on: old, by: .portal)
        #expect(try await findings(chart, hub).map(\.remedy) == [])
    }

    private func findings(_ chart: HubOrganisation, _ hub: ConsultingHub) async throws -> [HubRuleFinding] {
        let request = HubCheckRulesRequest.with {
            $0.files = [
                .with { ($0.path, $0.content) = ("organisation/m.bin", .init((try? chart.ledgerBytes()) ?? [])) }
            ]
        }
        return try await hub.small.call(.checkRules, request, as: HubCheckRulesReply.self, by: .admin).findings
    }
}
