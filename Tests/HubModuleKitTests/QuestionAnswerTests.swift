// The words in which a department asks and answers.

import HubDomain
import HubModuleKit
import HubProto
import Testing

@Suite("A question has everything a decision needs, an answer says everything that follows")
struct QuestionAnswerTests {
    private func field(_ name: String, _ value: HubFieldValue.OneOf_Value?) -> HubFieldValue {
        var field = HubFieldValue()
        field.name = name
        field.value = value
        return field
    }

    @Test("fields are read by their type, and a wrong type is as good as none")
    func fields() {
        var raw = HubDecideRequest()
        raw.command.form = [
            field("name", .text("x")), field("area", .integer(-5)), field("own", .flag(true)),
            field("born", .text("2024-02-29")), field("empty", nil),
        ]
        let question = Question(raw)
        #expect(question.text("name") == "x")
        #expect(question.integer("area") == -5)
        #expect(question.flag("own") == true)
        #expect(question.date("born") == CalendarDate(iso: "2024-02-29"))
        #expect(question.date("name") == nil)
        #expect(question.text("area") == nil)
        #expect(question.integer("absent") == nil)
        #expect(question.flag("empty") == nil)
    }

    @Test("a case that does not exist yet has no stage, and no origin unless it is imported")
    func surroundings() {
        var raw = HubDecideRequest()
        raw.definition.service = "contoh"
        raw.command.kind = .submit
        raw.command.action = "submit"
        raw.actor.role = "officer"
        raw.command.documents = [.with { $0.kind = "ktp" }, .with { $0.kind = "ktp" }]
        raw.records = [
            .with {
                $0.table = "kbli"; $0.values = ["risk": "low"]
            }
        ]
        raw.nowMs = 1_767_200_400_000  // 31 December 2025, 17:00 UTC
        raw.utcOffsetMinutes = 420
        raw.seed = 9
        var question = Question(raw)
        #expect(question.stage == "")
        #expect(question.origin == nil)
        #expect(question.kind == .submit)
        #expect(question.action == "submit")
        #expect(question.service == "contoh")
        #expect(question.role == "officer")
        #expect(question.documentKinds == ["ktp"])
        #expect(question.record("kbli") == ["risk": "low"])
        #expect(question.record("other") == nil)
        #expect(question.today == CalendarDate(iso: "2026-01-01"))
        #expect(question.seed == 9)
        raw.case.stage = "checked"
        raw.command.origin.source = "old"
        question = Question(raw)
        #expect(question.stage == "checked")
        #expect(question.origin?.source == "old")
    }

    @Test("an acceptance carries stage, values, warnings and unit; the last value of a name counts")
    func acceptance() {
        let accepted = Answer.go(to: "next").setting("risk", "low").setting("risk", "high").setting("fee", 5)
            .setting("free", false).warning("odd", field: "risk", id: "periksa", en: "check").held(by: "unit-1")
            .decision.accepted
        #expect(accepted.stage == "next")
        #expect(
            accepted.data == [field("risk", .text("high")), field("fee", .integer(5)), field("free", .flag(false))])
        #expect(accepted.warnings.map(\.code) == ["odd"])
        #expect(accepted.warnings.first?.text.id == "periksa")
        #expect(accepted.unit == "unit-1")
    }

    @Test(
        "a route is read with its unit and values, apart from the tables; a field that is cleared goes without a value")
    func routes() {
        var raw = HubDecideRequest()
        raw.records = [.with { ($0.table, $0.values) = ("limits", ["unit": "days"]) }]
        #expect(Question(raw).route == nil)
        raw.records.append(
            .with {
                ($0.table, $0.key) = ("routes/parks", "lamps"); $0.values = ["unit": "gardens", "set.class": "x"]
            })
        let route = Question(raw).route
        #expect(route?.rule == "lamps" && route?.unit == "gardens" && route?.values == ["class": "x"])
        let accepted = Answer.go(to: "next").setting("risk", "low").clearing("risk").decision.accepted
        #expect(accepted.data == [field("risk", nil)])
    }

    @Test("a refusal carries every reason, and nothing that is added to it")
    func refusal() {
        let answer = Answer.refuse(
            Violation("a", "required", id: "isi", en: "fill in"), Violation("", "closed", id: "tutup", en: "closed"))
        let decision = answer.setting("risk", "low").held(by: "unit-1").decision
        #expect(decision.rejected.reasons.map(\.rule) == ["required", "closed"])
        #expect(decision.rejected.reasons.first?.text.en == "fill in")
        #expect(decision == answer.decision)
    }
}
