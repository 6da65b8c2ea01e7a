// Clocks: start, pause, resume, end, pass.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("deadline plan")
struct DeadlinePlanTests {
    static let hour: Int64 = 3_600_000

    /// A complaint's life with four clocks, as a definition would write it.
    static let definition = HubServiceDefinition.with {
        $0.service = "uji"
        $0.stages = ["diterima", "diteruskan", "dijawab", "menunggu", "selesai", "gugur"].map { name in
            .with {
                $0.name = name
                $0.title.id = name.capitalized
                $0.ended = name == "selesai" || name == "gugur"
            }
        }
        $0.clocks = [
            .with {
                $0.name = "respons"
                $0.unit = .hours
                $0.amount = 72
                $0.runsIn = ["", "diterima", "diteruskan"]
                $0.pausedIn = ["menunggu"]
                $0.onPassed = .escalate
            },
            .with {
                $0.name = "tuntas"
                $0.unit = .workingDays
                $0.amount = 5
                $0.amountBy = "kelas"
                $0.amounts = ["sengketa": 14, "lapangan": 60, "saran": 0]
                $0.runsIn = ["diterima", "diteruskan"]
                $0.pausedIn = ["menunggu"]
                $0.onPassed = .escalate
                $0.calendar = "id-2026"
            },
            .with {
                $0.name = "lengkapi"
                $0.unit = .workingDays
                $0.amount = 10
                $0.runsIn = ["menunggu"]
                $0.onPassed = .move
                $0.moveTo = "gugur"
                $0.calendar = "id-2026"
            },
            .with {
                $0.name = "mendesak"
                $0.unit = .hours
                $0.amount = 6
                $0.runsIn = ["diterima"]
                $0.onPassed = .mark
                $0.onlyField = "darurat"
                $0.onlyValue = "true"
            },
        ]
        $0.escalation = ["kepala-seksi", "kepala-dinas"].map { name in .with { $0.name = name } }
    }

    let plan: DeadlinePlan

    init() throws {
        plan = DeadlinePlan(definition: Self.definition, calendars: ["id-2026": try Self.calendar()])
    }

    /// March 2026 around Eid al-Fitr; holidays and joint leave as decreed.
    static func calendar() throws -> WorkCalendar {
        let closed = ["2026-03-18", "2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24"]
        return WorkCalendar(
            name: "id-2026", version: "1", firstDay: try day("2026-01-01"), lastDay: try day("2026-12-31"),
            openWeekdays: [1, 2, 3, 4, 5], closedDays: Set(try closed.map(day)), utcOffsetMinutes: 420)
    }

    static func day(_ iso: String) throws -> CalendarDate { try #require(CalendarDate(iso: iso)) }

    /// Milliseconds of a time in the regency, such as `2026-03-13 10:00`.
    func at(_ text: String) throws -> Int64 {
        let time = try #require(TimeOfDay(text.suffix(5)))
        return try Self.day(String(text.prefix(10))).startMillis(utcOffsetMinutes: 420)
            + Int64(time.minutesSinceMidnight) * 60_000
    }

    /// A case that moves through stages at times; all its deadlines are kept in it.
    func walk(_ steps: [(stage: String, time: String)], data: [HubFieldValue] = []) throws -> HubCase {
        var state = HubCase()
        state.data = data
        for (stage, time) in steps { try go(&state, stage, time) }
        return state
    }

    func go(_ state: inout HubCase, _ stage: String, _ time: String) throws {
        state.deadlines = try plan.deadlines(
            after: stage, stageBefore: state.stage.isEmpty ? nil : state.stage, current: state.deadlines,
            data: state.data, nowMillis: at(time), history: nil)
        state.stage = stage
    }

    func row(_ name: String, _ state: HubCase) throws -> HubDeadline {
        try #require(state.deadlines.first { $0.name == name })
    }

    func kelas(_ value: String) -> [HubFieldValue] {
        [
            .with {
                $0.name = "kelas"
                $0.text = value
            }
        ]
    }

    // MARK: Start and end

    @Test("a request starts its clocks: hours by the clock, working days by the calendar")
    func start() throws {
        let state = try walk([("diterima", "2026-03-13 10:00")])
        #expect(state.deadlines.map(\.name) == ["respons", "tuntas"])
        let response = try row("respons", state)
        #expect(response.state == .running && response.amount == 72 && response.calendar.isEmpty)
        #expect(response.startedMs == (try at("2026-03-13 10:00")))
        #expect(response.dueMs == (try at("2026-03-16 10:00")))
        let settled = try row("tuntas", state)
        #expect(settled.state == .running && settled.amount == 5 && settled.calendar == "id-2026/1")
        #expect(settled.dueMs == (try at("2026-03-28 00:00")))
    }

    @Test(
        "a clock that pauses just after its calendar has changed keeps the days that it has by the new one",
        arguments: [("2026-03-17", Int64(4)), (nil, Int64(4))] as [(String?, Int64)])
    func pausedAfterChange(closed: String?, left: Int64) throws {
        // Friday 13 March; the 17th is closed by one of both calendars.
        let open = try Self.calendar()
        let other = WorkCalendar(
            name: open.name, version: "2", firstDay: open.firstDay, lastDay: open.lastDay,
            openWeekdays: open.openWeekdays, closedDays: open.closedDays.union([try Self.day("2026-03-17")]),
            utcOffsetMinutes: 420)
        let (before, after) = closed == nil ? (other, open) : (open, other)
        func step(_ calendar: WorkCalendar, to stage: String, _ state: inout HubCase, _ time: String) throws {
            let plan = DeadlinePlan(definition: Self.definition, calendars: [calendar.name: calendar])
            state.deadlines = try plan.deadlines(
                after: stage, stageBefore: state.stage.isEmpty ? nil : state.stage, current: state.deadlines,
                data: state.data, nowMillis: at(time), history: nil)
            state.stage = stage
        }
        var state = HubCase()
        try step(before, to: "diterima", &state, "2026-03-13 10:00")
        try step(after, to: "menunggu", &state, "2026-03-16 10:00")
        // One of five days is used up, whichever calendar counts.
        let row = try row("tuntas", state)
        #expect(row.left == left, "\(row)")
    }

    @Test("moving between a clock's stages changes nothing")
    func stays() throws {
        let first = try walk([("diterima", "2026-03-13 10:00")])
        let second = try walk([("diterima", "2026-03-13 10:00"), ("diteruskan", "2026-03-14 10:00")])
        #expect(first.deadlines == second.deadlines)
    }

    @Test("leaving in time is met; leaving at the very millisecond is too late")
    func met() throws {
        let inTime = try walk([("diterima", "2026-03-13 10:00"), ("dijawab", "2026-03-16 09:59")])
        #expect(try row("respons", inTime).state == .met)
        let late = try walk([("diterima", "2026-03-13 10:00"), ("dijawab", "2026-03-16 10:00")])
        #expect(try row("respons", late).state == .passed)
        #expect(try row("tuntas", late).state == .met)
    }

    @Test("a clock of the request itself is met at once when the request leads straight to its end")
    func straightThrough() throws {
        let state = try walk([("selesai", "2026-03-13 10:00")])
        #expect(state.deadlines.map(\.name) == ["respons"])
        #expect(try row("respons", state).state == .met)
        let waiting = try walk([("menunggu", "2026-03-13 10:00")])
        #expect(try row("respons", waiting).state == .paused)
        #expect(try row("respons", waiting).left == 72 * Self.hour)
        #expect(!waiting.deadlines.contains { $0.name == "tuntas" })
    }

    // MARK: Pause

    @Test("hours that are paused keep what is left to the millisecond")
    func pausedHours() throws {
        var state = try walk([("diterima", "2026-03-13 10:00"), ("menunggu", "2026-03-13 22:30")])
        #expect(try row("respons", state).state == .paused)
        #expect(try row("respons", state).left == 59 * Self.hour + Self.hour / 2)
        try go(&state, "diteruskan", "2026-04-01 08:00")
        #expect(try row("respons", state).state == .running)
        #expect(try row("respons", state).dueMs == (try at("2026-04-03 19:30")))
    }

    @Test("working days that are paused across the holidays keep whole days")
    func pausedWorkingDays() throws {
        // Filed Friday the 13th, due with the 27th; asked on Tuesday the 17th with 25, 26 and 27 March left.
        var state = try walk([("diterima", "2026-03-13 10:00"), ("menunggu", "2026-03-17 15:00")])
        #expect(try row("tuntas", state).state == .paused)
        #expect(try row("tuntas", state).left == 3)
        // Answered on a holiday: the three days are the next three on which offices are open.
        try go(&state, "diterima", "2026-03-19 08:00")
        #expect(try row("tuntas", state).dueMs == (try at("2026-03-28 00:00")))
        // Asked again in April, answered a week later.
        try go(&state, "menunggu", "2026-03-26 09:00")
        #expect(try row("tuntas", state).left == 1)
        try go(&state, "diterima", "2026-04-02 09:00")
        #expect(try row("tuntas", state).dueMs == (try at("2026-04-04 00:00")))
    }

    @Test("paused on the last day, the rest of a day is given back, and never a closed one")
    func pausedOnLastDay() throws {
        var state = try walk([("diterima", "2026-03-13 10:00"), ("menunggu", "2026-03-27 09:00")])
        #expect(try row("tuntas", state).left == 0)
        try go(&state, "diterima", "2026-03-28 09:00")  // A Saturday.
        #expect(try row("tuntas", state).dueMs == (try at("2026-03-31 00:00")))
    }

    @Test("a paused clock is met when the case ends, and one that is overdue cannot be paused away")
    func pausedThenEnded() throws {
        let ended = try walk([
            ("diterima", "2026-03-13 10:00"), ("menunggu", "2026-03-14 10:00"), ("selesai", "2026-06-01 10:00"),
        ])
        #expect(try row("respons", ended).state == .met)
        let late = try walk([("diterima", "2026-03-13 10:00"), ("menunggu", "2026-03-16 11:00")])
        #expect(try row("respons", late).state == .passed)
    }

    // MARK: Coming back

    @Test("a reopened case starts its clocks anew, also those that had passed")
    func reopened() throws {
        var state = try walk([("diterima", "2026-03-13 10:00"), ("selesai", "2026-03-16 11:00")])
        #expect(try row("respons", state).state == .passed)
        #expect(try row("tuntas", state).state == .met)
        try go(&state, "diteruskan", "2026-04-06 08:00")
        for name in ["respons", "tuntas"] {
            #expect(try row(name, state).state == .running)
            #expect(try row(name, state).startedMs == (try at("2026-04-06 08:00")))
        }
        #expect(try row("respons", state).dueMs == (try at("2026-04-09 08:00")))
        #expect(try row("tuntas", state).dueMs == (try at("2026-04-14 00:00")))
    }

    @Test("what has passed stays passed while the case stays with the clock")
    func staysPassed() throws {
        var state = try walk([("diterima", "2026-03-13 10:00")])
        state = try plan.passed("respons", of: state, nowMillis: at("2026-03-16 10:00"))
        for (stage, time) in [
            ("diteruskan", "2026-03-16 11:00"), ("menunggu", "2026-03-16 12:00"), ("diterima", "2026-03-17 12:00"),
        ] {
            try go(&state, stage, time)
            #expect(try row("respons", state).state == .passed)
        }
        try go(&state, "dijawab", "2026-03-17 13:00")
        #expect(try row("respons", state).state == .passed)
    }

    // MARK: Data

    @Test("a clock of some cases only does not exist for the others")
    func onlyField() throws {
        let urgent = [
            HubFieldValue.with {
                $0.name = "darurat"
                $0.flag = true
            }
        ]
        let state = try walk([("diterima", "2026-03-13 10:00")], data: urgent)
        #expect(try row("mendesak", state).dueMs == (try at("2026-03-13 16:00")))
        let calm = try walk([("diterima", "2026-03-13 10:00")])
        #expect(!calm.deadlines.contains { $0.name == "mendesak" })
    }

    @Test("a clock appears with its data, from that moment on, and goes with it unless it has ended")
    func dataChanges() throws {
        let urgent = [
            HubFieldValue.with {
                $0.name = "darurat"
                $0.flag = true
            }
        ]
        var state = try walk([("diterima", "2026-03-13 10:00")])
        state.data = urgent
        try go(&state, "diterima", "2026-03-13 12:00")
        #expect(try row("mendesak", state).startedMs == (try at("2026-03-13 12:00")))
        var calmed = state
        calmed.data = []
        try go(&calmed, "diterima", "2026-03-13 13:00")
        #expect(!calmed.deadlines.contains { $0.name == "mendesak" })
        try go(&state, "diteruskan", "2026-03-13 13:00")
        state.data = []
        try go(&state, "dijawab", "2026-03-13 14:00")
        #expect(try row("mendesak", state).state == .met)
    }

    @Test(
        "the amount follows a field, falls back to the clock's own, and 0 means no clock",
        arguments: [("sengketa", 14, "2026-04-10"), ("lapangan", 60, "2026-06-13"), ("lainnya", 5, "2026-03-28")])
    func amounts(value: String, amount: UInt32, due: String) throws {
        let state = try walk([("diterima", "2026-03-13 10:00")], data: kelas(value))
        #expect(try row("tuntas", state).amount == amount)
        #expect(try row("tuntas", state).dueMs == (try at("\(due) 00:00")))
        let suggestion = try walk([("diterima", "2026-03-13 10:00")], data: kelas("saran"))
        #expect(suggestion.deadlines.map(\.name) == ["respons"])
    }

    @Test("a case of another class gets longer or shorter by the difference, pauses kept")
    func reclassified() throws {
        var state = try walk([
            ("diterima", "2026-03-13 10:00"), ("menunggu", "2026-03-17 15:00"), ("diterima", "2026-03-25 08:00"),
        ])
        #expect(try row("tuntas", state).dueMs == (try at("2026-03-31 00:00")))
        state.data = kelas("sengketa")
        try go(&state, "diteruskan", "2026-03-25 09:00")
        #expect(try row("tuntas", state).amount == 14)
        #expect(try row("tuntas", state).dueMs == (try at("2026-04-11 00:00")))
        try go(&state, "menunggu", "2026-04-10 09:00")
        state.data = []
        try go(&state, "menunggu", "2026-04-10 10:00")
        #expect(try row("tuntas", state).left == 0)
        try go(&state, "diterima", "2026-04-10 11:00")
        #expect(try row("tuntas", state).dueMs == (try at("2026-04-11 00:00")))
    }

    // MARK: What cannot be computed

    @Test("days that the calendar does not know, and calendars that are not here, are errors of the definition")
    func unknownDays() throws {
        #expect(throws: HubError(.definitionInvalid, "")) { try walk([("diterima", "2026-12-28 10:00")]) }
        let bare = DeadlinePlan(definition: Self.definition, calendars: [:])
        #expect(throws: HubError(.definitionInvalid, "")) {
            try bare.deadlines(
                after: "diterima", stageBefore: nil, current: [], data: [], nowMillis: 0, history: nil)
        }
    }

    @Test("an imported case has history, whatever its age, and nothing that runs")
    func imported() throws {
        let created = try at("2011-04-01 09:00")
        func deadlines(_ stage: String, _ before: String?, _ current: [HubDeadline], _ created: Int64) throws
            -> [HubDeadline]
        {
            try plan.deadlines(
                after: stage, stageBefore: before, current: current, data: [], nowMillis: at("2026-03-13 10:00"),
                history: (created, created + Self.hour))
        }
        let old = try deadlines("selesai", nil, [], created)
        #expect(old.map(\.name) == ["respons", "tuntas", "lengkapi"])
        #expect(old.allSatisfy { $0.state == .history && $0.startedMs == created })
        #expect(old.map(\.dueMs) == [created + 72 * Self.hour, 0, 0])
        #expect(try deadlines("diterima", "selesai", old, created) == old)
        let recent = try deadlines("diterima", nil, [], at("2026-03-13 10:00"))
        #expect(recent[1].state == .history)
        #expect(recent[1].dueMs == (try at("2026-03-28 00:00")))
    }

    @Test("extreme times and amounts end in an error or a bound, never in a trap")
    func extremes() throws {
        for now in [Int64.min, -1, 0, .max] {
            for left in [Int64.min, 0, .max] {
                var current = try walk([("diterima", "2026-03-13 10:00")]).deadlines
                for index in current.indices {
                    current[index].state = left == 0 ? .running : .paused
                    current[index].left = left
                    current[index].dueMs = left
                    current[index].amount = .max
                }
                for stage in ["diterima", "menunggu", "selesai"] {
                    let after = try? plan.deadlines(
                        after: stage, stageBefore: "diterima", current: current, data: kelas("lapangan"),
                        nowMillis: now, history: nil)
                    #expect((after?.count ?? 0) <= 4)
                }
            }
        }
    }
}
