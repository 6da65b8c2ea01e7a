// Applicants judge their cases once, and the index is exactly what they said.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Surveys")
struct SurveyTests {
    // MARK: Who judges what, and when

    @Test("the applicant of a case that has ended judges it, and the same key counts once however often it is sent")
    func once() async throws {
        let hub = try await SurveyHub.open()
        let state = try await hub.ended()
        let asked = try await hub.asked(state)
        #expect(asked.open && asked.questionnaire.elements.map(\.name) == ["U1", "U2", "U3"] && !asked.lastDay.isEmpty)
        let key = [UInt8](repeating: 5, count: 16)
        let first = try await hub.judge(state, key: key)
        let again = try await hub.judge(state, key: key)
        #expect(first == again && first.caseVersion == state.version + 1)
        let results = try await hub.results()
        #expect(results.map(\.answers) == [1] && results[0].versions[0].respondents == 1)
        let told = try await hub.asked(state)
        #expect(!told.open && told.given.marks.map(\.mark) == [4, 3, 2] && told.reason.en.contains("already"))
    }

    @Test("a case that goes on, one that was judged and one that ended too long ago are refused, each by name")
    func obstacles() async throws {
        let hub = try await SurveyHub.open()
        let running = try await hub.small.submit(for: SmallHub.anna)
        #expect(try await hub.faults { try await hub.judge(running) } == ["case not_ended"])
        let judged = try await hub.ended()
        let late = try await hub.ended()
        try await hub.judge(judged)
        #expect(try await hub.faults { try await hub.judge(judged) } == ["case answered"])
        let onTime = try await hub.ended()
        hub.small.wait(hours: 30 * 24)
        try await hub.judge(onTime)
        hub.small.wait(hours: 24)
        #expect(try await hub.faults { try await hub.judge(late) } == ["case late"])
        #expect(try await hub.asked(late).open == false)
    }

    @Test("neither an office, in its own name or a citizen's, nor another citizen judges a case")
    func applicantsOnly() async throws {
        let hub = try await SurveyHub.open()
        let state = try await hub.ended()
        for citizen in ["", SmallHub.anna] {
            #expect(
                try await hub.faults { try await hub.judge(state, by: .officer, for: citizen) } == ["case applicant"])
        }
        await #expect(throws: HubError(.caseNotFound, "")) { try await hub.judge(state, for: SmallHub.budi) }
        #expect(try await hub.results().first?.answers == 0)
    }

    @Test("an officer's own case is judged by no officer")
    func officersOwn() async throws {
        let hub = try await SurveyHub.open()
        let state = try await hub.small.submit(by: .officer)
        try await hub.small.act("tarik", .withdrawComplaint, on: state, by: .officer)
        #expect(try await hub.faults { try await hub.judge(state, by: .officer, for: "") } == ["case applicant"])
        #expect(try await hub.asked(state, by: .officer, for: "").open == false)
    }

    @Test("what had ended in an older register is judged and counted only once it was opened here and ended here")
    func brought() async throws {
        let hub = try await SurveyHub.open()
        let state = try await hub.brought()
        #expect(state.stage == "selesai" && state.stageSinceMs == state.origin.closedMs)
        #expect(try await hub.faults { try await hub.judge(state) } == ["case not_ended"])
        _ = try await hub.ended(for: SmallHub.budi)
        #expect(try await hub.results()[0].ended == 1)
        try await hub.small.act("buka", .reopenComplaint, on: state, by: .portal, for: SmallHub.anna)
        #expect(try await hub.results()[0].ended == 1, "its first end was never counted")
        try await hub.small.act("tarik", .withdrawComplaint, on: state, by: .portal, for: SmallHub.anna)
        #expect(try await hub.results()[0].ended == 2)
        try await hub.judge(state)
        try await hub.small.act("buka", .reopenComplaint, on: state, by: .portal, for: SmallHub.anna)
        #expect(try await hub.results()[0].ended == 1)
    }

    @Test("everything that is wrong with an answer is named at once, and nothing of it is counted")
    func violations() async throws {
        let hub = try await SurveyHub.open()
        let state = try await hub.ended()
        #expect(
            try await hub.faults { try await hub.judge(state, []) } == ["U1 required", "U2 required", "U3 required"])
        #expect(
            try await hub.faults {
                try await hub.judge(state, [0, 5, 4, 4], comment: String(repeating: "a", count: 21))
            } == ["U1 choices", "U2 choices", "marks unknown", "comment length_max"])
        #expect(try await hub.faults { try await hub.judge(state, comment: "a\u{0}") } == ["comment control"])
        #expect(try await hub.faults { try await hub.judge(state, version: "0") } == ["version version"])
        #expect(try await hub.small.get(state, by: .portal, for: SmallHub.anna).hasSurvey == false)
        #expect(try await hub.results().first?.answers == 0)
    }

    @Test("of two answers to one case that meet, one is counted and the other is told that it came second")
    func race() async throws {
        let hub = try await SurveyHub.open()
        let state = try await hub.ended()
        let faults = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { try await hub.faults { try await hub.judge(state) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(faults.count { $0.isEmpty } == 1)
        #expect(faults.count { $0 == ["case answered"] } == 7)
        #expect(try await hub.results()[0].versions[0].respondents == 1)
    }

    @Test("answers to many cases that meet in one sum are all counted")
    func sums() async throws {
        let hub = try await SurveyHub.open()
        var cases: [HubCase] = []
        for serial in 0..<24 { cases.append(try await hub.ended(for: SurveyHub.citizen(serial))) }
        let filed = cases
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (serial, state) in filed.enumerated() {
                group.addTask {
                    try await hub.judge(state, [UInt32(serial % 4 + 1), 4, 1], for: SurveyHub.citizen(serial))
                }
            }
            try await group.waitForAll()
        }
        let index = try await hub.results()[0].versions[0]
        #expect(index.respondents == 24)
        #expect(index.elements.map(\.counts) == [[6, 6, 6, 6], [0, 0, 0, 24], [24, 0, 0, 0]])
    }

    // MARK: What is told

    @Test("marks are for the applicant alone; offices read the comment, and neither watchers nor the history get them")
    func privacy() async throws {
        let hub = try await SurveyHub.open()
        let state = try await hub.ended()
        try await hub.judge(state, comment: "Lebih cepat")
        #expect(try await hub.small.get(state, by: .portal, for: SmallHub.anna).survey.marks.count == 3)
        for (caller, citizen) in [(Caller.officer, ""), (.officer, SmallHub.anna), (.admin, "")] {
            let seen = try await hub.small.get(state, by: caller, for: citizen).survey
            #expect(seen.marks.isEmpty && seen.comment == "Lebih cepat" && seen.atMs > 0)
        }
        for (caller, citizen) in [(Caller.officer, ""), (.portal, SmallHub.anna)] {
            let events = try await hub.small.history(of: state, by: caller, for: citizen).events
            let event = try #require(events.last)
            #expect(event.kind == .surveyed && event.survey.marks.isEmpty && event.survey.comment.isEmpty)
        }
        let kept = try await hub.small.ledger.events(ofCase: [UInt8](state.id), afterVersion: 0, limit: 9).last
        #expect(kept?.survey.marks.map(\.mark) == [4, 3, 2], "the log proves the sums")
        #expect(kept?.survey.comment.isEmpty == true)
    }

    @Test("the end of a case invites to judge it until a day; no other notice does, and the answer leaves none")
    func invitation() async throws {
        var questionnaire = SurveyHub.questionnaire()
        questionnaire.openDays = 30
        let templates = [TellingHub.template(.stage, "{tahap}\nNilai sampai {survei}", "{tahap}\nJudge until {survei}")]
        let rules = HubNoticeRules.with { ($0.name, $0.version, $0.templates) = ("umum", "1", templates) }
        var definition = SmallHub.definition
        definition.questionnaire = "skm"
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition], standing: [rules, questionnaire])
        let hub = SurveyHub(
            small: try await SmallHub.open(
                bundle: bundle, equip: { ports in ports.couriers = [.file: NotingCourier()] }))
        let state = try await hub.ended()
        try await hub.judge(state)
        let texts = try await hub.small.ledger.notices(.waiting, after: nil, limit: 9).map(\.text.en)
        #expect(texts.count == 2 && texts.count { $0.contains("Judge until") } == 1)
    }

    // MARK: The index

    @Test(
        "the index is the mean of all marks times 25 as a fraction, with its grade, and beside it the satisfied share")
    func exactIndex() async throws {
        let hub = try await SurveyHub.open()
        // A sum of 32 over 9 marks: 88.888…; two thirds of the marks would be 4.
        for (serial, marks) in [[4, 4, 4], [4, 4, 4], [4, 2, 2]].enumerated() {
            let citizen = SurveyHub.citizen(serial)
            try await hub.judge(hub.ended(for: citizen), marks.map(UInt32.init), for: citizen)
        }
        let index = try await hub.results()[0].versions[0]
        #expect(index.numerator * 9 == 32 * 25 * index.denominator)
        #expect(index.hundredths == 8_889 && index.interval == 35_556 && index.grade == "A")
        #expect(index.satisfied == 7 && index.marks == 9 && index.share == 7_778)
        #expect(index.elements.map(\.hundredths) == [10_000, 8_333, 8_333])
    }

    @Test("of fewer answers than the questionnaire wants nothing but their number is told")
    func withheld() async throws {
        let hub = try await SurveyHub.open(answersMin: 2)
        try await hub.judge(hub.ended())
        let few = try await hub.results()[0].versions[0]
        #expect(few.withheld && few.respondents == 1 && few.elements.isEmpty && few.numerator == 0 && few.grade.isEmpty)
        try await hub.judge(hub.ended(for: SmallHub.budi), for: SmallHub.budi)
        #expect(try await hub.results()[0].versions[0].withheld == false)
    }

    @Test("answers are counted against the cases that ended less those that were opened again, whenever somebody asks")
    func rate() async throws {
        let hub = try await SurveyHub.open()
        let first = try await hub.ended()
        try await hub.judge(first)
        #expect(try await hub.results().map { [$0.answers, $0.ended, UInt64($0.rate)] } == [[1, 1, 10_000]])
        let second = try await hub.ended()
        _ = try await hub.ended()
        #expect(try await hub.results()[0].rate == 3_333)
        _ = try await hub.small.act("buka", .reopenComplaint, on: second, by: .portal, for: SmallHub.anna)
        #expect(try await hub.results()[0].ended == 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            _ = try await hub.ended()
            for _ in 0..<6 { group.addTask { _ = try await hub.results() } }
            try await group.waitForAll()
        }
        #expect(try await hub.results()[0].ended == 3, "several that count at once count once")
    }

    @Test("service, department, unit and months choose what is added up, and a span that is none is refused")
    func filters() async throws {
        let hub = try await SurveyHub.open()
        try await hub.judge(hub.ended())
        func answers(_ change: (inout LayananSurveyIndexRequest) -> Void) async throws -> UInt64 {
            try await hub.results(change).first?.answers ?? 0
        }
        #expect(try await answers { $0.service = SmallHub.service } == 1)
        #expect(try await answers { $0.service = "lain" } == 0)
        #expect(try await answers { $0.department = "pengaduan" } == 1)
        #expect(try await answers { $0.department = "perizinan" } == 0)
        #expect(try await answers { $0.unit = "dinas" } == 1)
        #expect(try await answers { $0.unit = "kabupaten" } == 1, "the unit is above the one that holds the case")
        #expect(try await answers { $0.unit = "satpol" } == 0)
        #expect(try await answers { ($0.firstMonth, $0.lastMonth) = ("2020-01", "2020-12") } == 0)
        for (first, last) in [("2026-02", "2026-01"), ("2020-01", "2026-01"), ("2026", "2026"), ("2026-13", "2026-13")]
        {
            await #expect(throws: HubError(.filterInvalid, "")) {
                try await hub.results { ($0.firstMonth, $0.lastMonth) = (first, last) }
            }
        }
    }

    @Test("two versions of a questionnaire are not added up, and who read the older one may still answer it")
    func versions() async throws {
        let hub = try await SurveyHub.open()
        let (first, second, third) = (try await hub.ended(), try await hub.ended(), try await hub.ended())
        try await hub.judge(first)
        hub.small.wait(hours: 1)
        try await hub.publish(SurveyHub.questionnaire(version: "2") { $0.elements.removeLast() })
        try await hub.judge(second, [1, 1], version: "2")
        try await hub.judge(third, version: "1")
        let versions = try await hub.results()[0].versions
        #expect(versions.map(\.version) == ["1", "2"] && versions.map(\.respondents) == [2, 1])
        #expect(versions.map(\.elements.count) == [3, 2])
        hub.small.wait(hours: 1)
        let later = try await hub.ended()
        #expect(try await hub.faults { try await hub.judge(later, version: "1") } == ["version version"])
    }
}
