// Cases change hands, and the ladder finds the person who is asked.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("A desk")
struct DeskTests {
    /// The fixture's department with two sections, of which `loket` is where the officer works.
    private static let organisation = HubOrganisation.with {
        ($0.name, $0.version, $0.source) = ("makmur", "1", "uji")
        $0.units = [
            .with { $0.code = "kabupaten" },
            .with { ($0.code, $0.parent, $0.department) = ("dinas", "kabupaten", "pengaduan") },
            .with { ($0.code, $0.parent) = ("loket", "dinas") },
            .with { ($0.code, $0.parent) = ("arsip", "dinas") },
            .with { ($0.code, $0.parent, $0.department) = ("lain", "kabupaten", "perizinan") },
        ]
        $0.positions = [
            .with { ($0.code, $0.unit, $0.rung) = ("kepala", "dinas", "kepala-seksi") },
            .with { ($0.code, $0.unit) = ("staf-dinas", "dinas") },
            .with { ($0.code, $0.unit) = ("staf-loket", "loket") },
            .with { ($0.code, $0.unit) = ("staf-arsip", "arsip") },
        ]
        $0.officers = [
            .with { ($0.principal, $0.positions) = (Caller.chief.principal.urn, ["kepala"]) },
            .with { ($0.principal, $0.positions) = (Caller.clerk.principal.urn, ["staf-dinas"]) },
            .with { ($0.principal, $0.positions) = (Caller.deputy.principal.urn, ["staf-dinas"]) },
            .with { ($0.principal, $0.positions) = (Caller.archivist.principal.urn, ["staf-arsip"]) },
        ]
    }

    private func open() async throws -> SmallHub {
        var bundle = SmallHub.bundle
        bundle[HubOrganisation.self] = [Self.organisation]
        return try await SmallHub.open(
            bundle: bundle, principals: [Caller.chief, .clerk, .deputy, .archivist, .officer, .stranger])
    }

    @discardableResult
    private func change(
        _ hub: SmallHub, _ method: HubMethod, _ state: HubCase, by caller: Caller, version: UInt64 = 0,
        key: [UInt8]? = nil
    ) async throws -> HubCase {
        let request = LayananHoldRequest.with { ($0.case, $0.expectedVersion) = (state.number, version) }
        return try await hub.call(method, request, as: LayananCaseReply.self, by: caller, key: key).case
    }

    @discardableResult
    private func assign(_ hub: SmallHub, _ state: HubCase, to officer: Caller, by caller: Caller) async throws
        -> HubCase
    {
        let request = LayananAssignRequest.with { ($0.case, $0.officer) = (state.number, officer.principal.urn) }
        return try await hub.call(.assignCase, request, as: LayananCaseReply.self, by: caller).case
    }

    @discardableResult
    private func handOver(_ hub: SmallHub, _ state: HubCase, to unit: String, by caller: Caller) async throws -> HubCase
    {
        let request = LayananHandOverRequest.with { ($0.case, $0.unit, $0.note) = (state.number, unit, "salah alamat") }
        return try await hub.call(.handOverCase, request, as: LayananCaseReply.self, by: caller).case
    }

    private func away(_ officer: Caller, _ days: (String, String), substitute: Caller?, _ hub: SmallHub, by: Caller)
        async throws
    {
        let request = LayananSetAbsenceRequest.with {
            $0.absence.officer = officer.principal.urn
            ($0.absence.firstDay, $0.absence.lastDay) = days
            $0.absence.substitute = substitute?.principal.urn ?? ""
        }
        _ = try await hub.call(.setAbsence, request, as: LayananSetAbsenceReply.self, by: by)
    }

    private func queue(_ hub: SmallHub, of caller: Caller) async throws -> [String] {
        let reply = try await hub.call(.queue, LayananQueueRequest(), as: LayananQueueReply.self, by: caller)
        return reply.entries.map { "\($0.reason) \($0.case.number)" }
    }

    @Test("puts a case into the hands of the officer who claims it, and keeps it from others")
    func claim() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        let held = try await change(hub, .claimCase, state, by: .clerk)
        #expect(held.holder == Caller.clerk.principal.urn)
        #expect(held.heldSinceMs == hub.clock.nowMillis())
        await #expect(throws: HubError(.actionNotAllowed, "")) { try await change(hub, .claimCase, state, by: .deputy) }
        let event = try #require(try await hub.history(of: held, by: .officer).events.last)
        #expect(event.kind == .assigned && event.action == "claim" && event.holder == held.holder)
        let free = try await change(hub, .releaseCase, held, by: .clerk)
        #expect(free.holder.isEmpty && free.heldSinceMs == 0)
    }

    @Test("lets nobody of another unit or department take a case, and no applicant")
    func strangers() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        await #expect(throws: HubError(.permissionDenied, "")) {
            try await change(hub, .claimCase, state, by: .archivist)
        }
        await #expect(throws: HubError(.caseNotFound, "")) { try await change(hub, .claimCase, state, by: .stranger) }
        await #expect(throws: HubError(.permissionDenied, "")) { try await change(hub, .claimCase, state, by: .portal) }
        #expect(
            try await change(hub, .claimCase, state, by: .officer).holder == Caller.officer.principal.urn,
            "a counter that stands on no chart works for its department")
    }

    @Test("lets who leads the unit, and who holds the case, give it to an officer of the unit")
    func assigned() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        await #expect(throws: HubError(.permissionDenied, "")) { try await assign(hub, state, to: .deputy, by: .clerk) }
        try await assign(hub, state, to: .clerk, by: .chief)
        #expect(try await assign(hub, state, to: .deputy, by: .clerk).holder == Caller.deputy.principal.urn)
        await #expect(throws: HubError(.formInvalid, "")) { try await assign(hub, state, to: .archivist, by: .chief) }
        await #expect(throws: HubError(.permissionDenied, "")) {
            try await change(hub, .releaseCase, state, by: .clerk)
        }
        #expect(try await change(hub, .releaseCase, state, by: .chief).holder.isEmpty)
    }

    @Test("hands a case over to another unit of its department, with a reason, and into nobody's hands there")
    func handedOver() async throws {
        let hub = try await open()
        let state = try await change(hub, .claimCase, try await hub.submit(), by: .clerk)
        await #expect(throws: HubError(.formInvalid, "")) { try await handOver(hub, state, to: "lain", by: .clerk) }
        await #expect(throws: HubError(.formInvalid, "")) { try await handOver(hub, state, to: "nowhere", by: .clerk) }
        let after = try await handOver(hub, state, to: "arsip", by: .clerk)
        #expect(after.unit == "arsip" && after.holder.isEmpty)
        #expect(try await queue(hub, of: .archivist) == ["unclaimed \(state.number)"])
        #expect(try await queue(hub, of: .clerk) == [])
    }

    @Test("shows an officer what it holds, what it is asked about and what nobody has, the most urgent first")
    func queues() async throws {
        let hub = try await open()
        let late = try await hub.submit()
        hub.wait(hours: 1)
        let mine = try await change(hub, .claimCase, try await hub.submit(), by: .clerk)
        #expect(try await queue(hub, of: .clerk) == ["unclaimed \(late.number)", "held \(mine.number)"])
        #expect(try await queue(hub, of: .archivist) == [])
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 71 * SmallHub.hour)
        #expect(try await queue(hub, of: .chief).contains("asked \(late.number)"))
        try await hub.act("tarik", .withdrawComplaint, on: late, by: .portal)
        #expect(try await queue(hub, of: .chief) == [], "what has ended waits no more")
    }

    @Test("asks the person whose post answers for the rung, or whoever stands in")
    func escalation() async throws {
        let hub = try await open()
        let first = try await hub.submit()
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 73 * SmallHub.hour)
        #expect(try await hub.get(first, by: .officer).asked == Caller.chief.principal.urn)
        let second = try await hub.submit()
        try await away(.chief, ("2026-01-08", "2026-01-31"), substitute: .deputy, hub, by: .chief)
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 73 * SmallHub.hour)
        #expect(try await hub.get(second, by: .officer).asked == Caller.chief.principal.urn)
        #expect(try await queue(hub, of: .deputy).contains("asked \(second.number)"))
        #expect(try await queue(hub, of: .deputy).contains("asked \(first.number)"), "in the chief's place")
        try await away(.chief, ("", ""), substitute: nil, hub, by: .chief)
        #expect(try await !queue(hub, of: .deputy).contains("asked \(first.number)"))
    }

    @Test("takes absences from the officer and from who leads its unit, and refuses what cannot be")
    func absences() async throws {
        let hub = try await open()
        let week = ("2026-01-12", "2026-01-16")
        await #expect(throws: HubError(.permissionDenied, "")) {
            try await away(.clerk, week, substitute: .deputy, hub, by: .deputy)
        }
        await #expect(throws: HubError(.formInvalid, "")) {
            try await away(.clerk, ("2026-01-16", "2026-01-12"), substitute: .clerk, hub, by: .clerk)
        }
        try await away(.clerk, week, substitute: .deputy, hub, by: .chief)
        let reply = try await hub.call(.absences, LayananAbsencesRequest(), as: LayananAbsencesReply.self, by: .clerk)
        #expect(reply.absences.map(\.officer) == [Caller.clerk.principal.urn])
        hub.wait(hours: 14 * 24)
        let later = try await hub.call(.absences, LayananAbsencesRequest(), as: LayananAbsencesReply.self, by: .clerk)
        #expect(later.absences == [])
    }

    @Test("tells no applicant who the officer is")
    func applicants() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        try await change(hub, .claimCase, state, by: .clerk)
        #expect(try await hub.get(state, by: .portal).holder.isEmpty)
        let events = try await hub.history(of: state, by: .portal).events
        #expect(events.count == 2 && events.allSatisfy { $0.holder.isEmpty && $0.actor.principal.isEmpty })
    }

    @Test("keeps the reason of a hand-over among the officers, whoever reads")
    func reasonStaysInside() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        try await handOver(hub, state, to: "arsip", by: .chief)
        let outside = try await hub.history(of: state, by: .portal).events
        #expect(outside.count == 2 && outside.allSatisfy { !$0.note.contains("salah alamat") })
        #expect(try await hub.history(of: state, by: .officer).events.last?.note == "salah alamat")
    }

    @Test("counts a reason in scalars and takes no control characters, so that no event outgrows a message")
    func reasonsAreBounded() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        for note in ["a" + String(repeating: "\u{301}", count: 4_001), "a\u{1B}[2J", " "] {
            let request = LayananHandOverRequest.with {
                ($0.case, $0.unit, $0.note) = (state.number, "arsip", note)
            }
            await #expect(throws: HubError(.formInvalid, "")) {
                try await hub.call(.handOverCase, request, as: LayananCaseReply.self, by: .chief)
            }
        }
    }

    @Test("shows a case to the department whose unit holds it and to the officer who is asked, wherever they work")
    func otherDepartments() async throws {
        let hub = try await SmallHub.open(
            bundle: Self.bundleAboveDepartments, principals: [Caller.chief, .clerk, .stranger, .regent]
        ) { question, acceptance in
            var acceptance = acceptance
            if question.command.action == "tangani" { acceptance.unit = "lain" }
            return acceptance
        }
        let state = try await hub.submit()
        await #expect(throws: HubError(.caseNotFound, "")) { try await hub.get(state, by: .stranger) }
        let routed = try await hub.act("tangani", on: state, by: .officer)
        #expect(try await queue(hub, of: .stranger) == ["unclaimed \(state.number)"])
        #expect(try await hub.get(routed, by: .stranger).unit == "lain")
        #expect(try await change(hub, .claimCase, routed, by: .stranger).holder == Caller.stranger.principal.urn)
        let late = try await hub.submit()
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 73 * SmallHub.hour)
        #expect(try await queue(hub, of: .regent) == ["asked \(late.number)"])
        #expect(try await hub.get(late, by: .regent).asked == Caller.regent.principal.urn)
    }

    /// As `organisation`, with a unit of another department that has officers, and nobody but the regent to ask.
    private static var bundleAboveDepartments: LoadedBundle {
        var organisation = organisation
        organisation.positions[0].rung = ""
        organisation.positions += [
            .with { ($0.code, $0.unit) = ("staf-lain", "lain") },
            .with { ($0.code, $0.unit, $0.rung) = ("bupati", "kabupaten", "kepala-seksi") },
        ]
        organisation.officers += [
            .with { ($0.principal, $0.positions) = (Caller.stranger.principal.urn, ["staf-lain"]) },
            .with { ($0.principal, $0.positions) = (Caller.regent.principal.urn, ["bupati"]) },
        ]
        var bundle = SmallHub.bundle
        bundle[HubOrganisation.self] = [organisation]
        return bundle
    }

    @Test("lets nobody name oneself as the substitute of an equal")
    func ownSubstitute() async throws {
        let hub = try await open()
        await #expect(throws: HubError(.formInvalid, "")) {
            try await away(.clerk, ("2026-01-12", "2026-01-16"), substitute: .chief, hub, by: .chief)
        }
    }

    @Test("does not lose cases when a chart drops their unit or their officer: such a chart is refused with the list")
    func strandedCases() async throws {
        let hub = try await open()
        let state = try await change(hub, .claimCase, try await hub.submit(), by: .clerk)
        var next = Self.organisation
        next.version = "2"
        next.officers.remove(at: 1)
        let request = HubCheckRulesRequest.with {
            $0.files = [
                .with { ($0.path, $0.content) = ("organisation/m.bin", .init((try? next.ledgerBytes()) ?? [])) }
            ]
        }
        let found = try await hub.call(.checkRules, request, as: HubCheckRulesReply.self, by: .admin)
        #expect(found.findings.map(\.cases) == [[state.number]])
        try await change(hub, .releaseCase, state, by: .clerk)
        let after = try await hub.call(.checkRules, request, as: HubCheckRulesReply.self, by: .admin)
        #expect(after.findings.isEmpty)
    }

    @Test("asks whoever answers for the rung by the new chart, once, and says so in the case's history")
    func successor() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 73 * 3_600_000)
        #expect(try await hub.get(state, by: .clerk).asked == Caller.chief.principal.urn)
        var next = Self.organisation
        next.version = "2"
        next.officers[0].positions = ["staf-dinas"]
        next.officers[2].positions = ["staf-dinas", "kepala"]
        let request = HubPublishRulesRequest.with {
            $0.files = [(try? MessageRules.file("organisation/m.bin", next)) ?? HubRuleFile()]
            $0.note = "Kepala baru"
        }
        _ = try await hub.call(.publishRules, request, as: HubPublishRulesReply.self, by: .admin)
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 0)
        let after = try await hub.get(state, by: .clerk)
        #expect(after.asked == Caller.deputy.principal.urn)
        let queue = LayananQueueRequest.with { $0.reason = .asked }
        let asked = try await hub.call(.queue, queue, as: LayananQueueReply.self, by: .deputy)
        #expect(asked.entries.map(\.case.number) == [state.number])
        #expect(try await hub.call(.queue, queue, as: LayananQueueReply.self, by: .chief).entries.isEmpty)
        #expect(try await hub.history(of: state, by: .clerk).events.last?.kind == .asked)
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 0)
        #expect(try await hub.get(state, by: .clerk).version == after.version)
    }

    @Test("does not leave a case with an officer who goes to another department, nor with a unit that does")
    func transferred() async throws {
        let hub = try await open()
        let state = try await change(hub, .claimCase, try await hub.submit(), by: .clerk)
        func findings(_ change: (inout HubOrganisation) -> Void) async throws -> [[String]] {
            var next = Self.organisation
            next.version = "2"
            change(&next)
            let file = try MessageRules.file("organisation/m.bin", next)
            return try await hub.call(
                .checkRules, HubCheckRulesRequest.with { $0.files = [file] }, as: HubCheckRulesReply.self, by: .admin
            ).findings.map(\.cases)
        }
        let elsewhere: (inout HubOrganisation) -> Void = { next in
            next.positions.append(.with { ($0.code, $0.unit) = ("staf-lain", "lain") })
            next.officers[1].positions = ["staf-lain"]
        }
        #expect(try await findings(elsewhere) == [[state.number]])
        try await change(hub, .releaseCase, state, by: .clerk)
        #expect(try await findings(elsewhere).isEmpty)
        let handed = try await handOver(hub, state, to: "arsip", by: .clerk)
        #expect(try await findings { $0.units[3].parent = "lain" } == [[handed.number]])
    }

    @Test("answers a repeated claim with the first one's answer, and a stale one with the present version")
    func repeated() async throws {
        let hub = try await open()
        let state = try await hub.submit()
        let key = [UInt8](repeating: 3, count: 16)
        let first = try await change(hub, .claimCase, state, by: .clerk, key: key)
        #expect(try await change(hub, .claimCase, state, by: .clerk, key: key) == first)
        await #expect(throws: HubError(.versionStale, "")) {
            try await change(hub, .releaseCase, state, by: .clerk, version: state.version)
        }
    }
}
