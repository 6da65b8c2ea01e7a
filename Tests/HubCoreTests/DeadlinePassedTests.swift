// What a passed deadline does to its case.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("passed deadlines")
struct DeadlinePassedTests {
    let life: DeadlinePlanTests

    init() throws { life = try DeadlinePlanTests() }

    func walk(_ steps: [(stage: String, time: String)]) throws -> HubCase { try life.walk(steps) }

    @Test("a complaint nobody answers in three days goes one step up, and then to the end of the ladder and no further")
    func ladder() throws {
        var state = try walk([("diterima", "2026-03-13 10:00")])
        state = try life.plan.passed("respons", of: state, nowMillis: life.at("2026-03-16 10:00"))
        #expect(try life.row("respons", state).state == .passed)
        #expect(state.escalation == 1 && state.escalatedTo == "kepala-seksi")
        #expect(state.stage == "diterima")
        state = try life.plan.passed("tuntas", of: state, nowMillis: life.at("2026-03-28 00:00"))
        #expect(state.escalation == 2 && state.escalatedTo == "kepala-dinas")
        state.deadlines[0].state = .running
        state = try life.plan.passed("respons", of: state, nowMillis: life.at("2026-04-28 00:00"))
        #expect(state.escalation == 2 && state.escalatedTo == "kepala-dinas")
        state.escalation = .max
        state.deadlines[0].state = .running
        #expect(try life.plan.passed("respons", of: state, nowMillis: life.at("2026-04-28 00:00")).escalation == 2)
    }

    @Test("without a ladder an escalation only marks")
    func noLadder() throws {
        var definition = DeadlinePlanTests.definition
        definition.escalation = []
        let plan = DeadlinePlan(definition: definition, calendars: ["id-2026": try DeadlinePlanTests.calendar()])
        let state = try plan.passed(
            "respons", of: try walk([("diterima", "2026-03-13 10:00")]), nowMillis: try life.at("2026-03-16 10:00"))
        #expect(state.escalation == 0 && state.escalatedTo.isEmpty)
        #expect(try life.row("respons", state).state == .passed)
    }

    @Test("a deadline can move the case, which ends the clocks that ran or waited")
    func move() throws {
        let waiting = try walk([("diterima", "2026-03-13 10:00"), ("menunggu", "2026-03-13 12:00")])
        let due = try life.row("lengkapi", waiting).dueMs
        #expect(due == (try life.at("2026-04-04 00:00")))
        let state = try life.plan.passed("lengkapi", of: waiting, nowMillis: due)
        #expect(state.stage == "gugur" && state.stageTitle.id == "Gugur" && state.ended)
        #expect(try life.row("lengkapi", state).state == .passed)
        #expect(try life.row("respons", state).state == .met)
        #expect(try life.row("tuntas", state).state == .met)
        #expect(state.escalation == 0)
    }

    @Test("a mark changes nothing but the deadline")
    func mark() throws {
        let urgent = HubFieldValue.with {
            $0.name = "darurat"
            $0.flag = true
        }
        let before = try life.walk([("diterima", "2026-03-13 10:00")], data: [urgent])
        let row = try #require(before.deadlines.firstIndex { $0.name == "mendesak" })
        var expected = before
        expected.deadlines[row].state = .passed
        #expect(try life.plan.passed("mendesak", of: before, nowMillis: life.at("2026-03-13 16:00")) == expected)
    }

    @Test("what does not run or is not due cannot pass")
    func notDue() throws {
        let running = try walk([("diterima", "2026-03-13 10:00")])
        let met = try walk([("diterima", "2026-03-13 10:00"), ("dijawab", "2026-03-13 11:00")])
        let early = try life.at("2026-03-16 10:00") - 1
        for (name, state, now) in [
            ("respons", running, early), ("respons", met, Int64.max), ("lengkapi", running, .max), ("", running, .max),
        ] {
            #expect(throws: HubError(.internalFault, "")) { try life.plan.passed(name, of: state, nowMillis: now) }
        }
    }

    @Test("a move to a stage that the definition lacks is the definition's fault")
    func moveNowhere() throws {
        var definition = DeadlinePlanTests.definition
        definition.clocks[2].moveTo = "entah"
        let plan = DeadlinePlan(definition: definition, calendars: ["id-2026": try DeadlinePlanTests.calendar()])
        let waiting = try walk([("menunggu", "2026-03-13 10:00")])
        #expect(throws: HubError(.definitionInvalid, "")) {
            try plan.passed("lengkapi", of: waiting, nowMillis: .max)
        }
    }
}
