// What must hold for the life of a case: every stage can be reached, and left unless it ends the case.

import HubProto

extension DefinitionRules {
    var stageNames: Set<String> { Set(definition.stages.map(\.name)) }
    private var endedStages: Set<String> { Set(definition.stages.lazy.filter(\.ended).map(\.name)) }

    func stages() {
        var left: Set<String> = []
        var reached: Set<String> = []
        for action in definition.actions {
            reached.formUnion(action.to)
            left.formUnion(action.from.filter { from in action.to.contains { $0 != from } })
        }
        for clock in definition.clocks where clock.onPassed == .move {
            reached.insert(clock.moveTo)
            left.formUnion(clock.runsIn.filter { $0 != clock.moveTo })
        }
        for stage in definition.stages where stage.hasBill {
            reached.insert(stage.bill.settledTo)
            left.insert(stage.name)
        }
        for stage in definition.stages where stage.hasConsults {
            reached.insert(stage.consults.joinedTo)
            left.insert(stage.name)
        }
        for stage in definition.stages where stage.hasInquires {
            reached.formUnion([stage.inquires.answeredTo, stage.inquires.refusedTo])
            left.insert(stage.name)
        }
        for stage in definition.stages where stage.hasBooks {
            reached.formUnion([stage.books.servedTo, stage.books.missedTo])
            left.insert(stage.name)
        }
        reached.formUnion(definition.stages.filter(\.merged).map(\.name))
        for stage in definition.stages {
            if !stage.ended, !left.contains(stage.name) {
                find("dead_end", "stage \(stage.name) has not ended and nothing leads out of it", "stages", stage.name)
            }
            if !reached.contains(stage.name) {
                find("unreachable", "nothing leads to stage \(stage.name)", "stages", stage.name)
            }
        }
        if endedStages.isEmpty { find("ended", "one stage must end the case", "stages") }
    }

    func actions() {
        let submits = definition.actions.filter { $0.kind == .submit }
        if submits.count != 1 || submits.first?.name != "submit" {
            find("submit", "exactly one action, named submit, of kind submit", "actions")
        }
        for action in definition.actions { check(action) }
    }

    private func check(_ action: HubAction) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "action \(action.name) \(remedy)", "actions", action.name)
        }
        if (action.kind == .submit) != action.from.isEmpty {
            wrong("from", action.kind == .submit ? "begins the case and has no `from`" : "needs `from`")
        }
        if action.to.isEmpty { wrong("to", "leads nowhere") }
        if action.roles.isEmpty { wrong("roles", "may be taken by nobody") }
        for stage in Set(action.from + action.to).subtracting(stageNames).sorted() {
            wrong("stage", "names stage \(stage), which is not there")
        }
        for name in action.fields {
            switch field(name)?.decided {
            case nil: wrong("field", "names field \(name), which is not there")
            case true?: wrong("field", "opens field \(name), which the module alone decides")
            case false?: break
            }
        }
        for adoption in action.adopts { check(adoption, wrong) }
        for name in action.clears where field(name) == nil || field(name)?.required == true {
            wrong("clears", "clears \(name), which is not there or required")
        }
    }

    /// A value moves between two fields that hold the same.
    private func check(_ adoption: HubAdoption, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        guard var target = field(adoption.field), let source = field(adoption.from) else {
            wrong("adopts", "moves \(adoption.from) to \(adoption.field); both must be fields")
            return
        }
        if source.required { wrong("adopts", "empties \(source.name), which is required") }
        (target.name, target.title, target.required) = (source.name, source.title, source.required)
        (target.index, target.when, target.decided) = (source.index, source.when, source.decided)
        if !source.hasWhen { target.clearWhen() }
        if target != source { wrong("adopts", "moves \(source.name) to \(adoption.field), which holds something else") }
    }

    func check(_ clock: HubClockRule) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "clock \(clock.name) \(remedy)", "clocks", clock.name)
        }
        // The request itself is a stage called "" (definition.proto).
        for stage in Set(clock.runsIn.filter { !$0.isEmpty } + clock.pausedIn).subtracting(stageNames).sorted() {
            wrong("stage", "names stage \(stage), which is not there")
        }
        if (clock.unit == .days) == clock.untilPaper.isEmpty {
            wrong(
                "until_paper", clock.unit == .days ? "counts days and names no paper" : "counts days until a paper ends"
            )
        }
        if clock.untilPaper.isEmpty {
            for stage in Set(clock.runsIn + clock.pausedIn).intersection(endedStages).sorted() {
                wrong("ended", "runs in stage \(stage), where nothing is expected any more")
            }
        } else {
            term(clock, wrong)
        }
        for value in clock.sets { check(value, clock, wrong) }
        for stage in Set(clock.runsIn).intersection(clock.pausedIn).sorted() {
            wrong("paused_in", "runs and pauses in stage \(stage)")
        }
        if clock.runsIn.isEmpty { wrong("runs_in", "never runs") }
        if (clock.onPassed == .move) == clock.moveTo.isEmpty {
            wrong("move_to", "needs on_passed: move and move_to together")
        }
        if !clock.moveTo.isEmpty, !stageNames.contains(clock.moveTo) {
            wrong("move_to", "names stage \(clock.moveTo), which is not there")
        }
        if (clock.unit == .workingDays) == clock.calendar.isEmpty {
            wrong("calendar", clock.unit == .workingDays ? "needs a calendar" : "counts hours and names a calendar")
        }
        if clock.onPassed == .escalate, definition.escalation.isEmpty { wrong("escalation", "has no ladder to go up") }
        if !clock.onlyField.isEmpty, !offers(clock.onlyField, clock.onlyValue) {
            wrong("only", "must name a choice field and one of its values")
        }
        amounts(clock, wrong)
    }

    /// A clock that runs until a paper ends follows from that paper alone.
    private func term(_ clock: HubClockRule, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        if !definition.stages.contains(where: { stage in stage.issues.contains { $0.paper == clock.untilPaper } }) {
            wrong("until_paper", "names paper \(clock.untilPaper), which no stage issues")
        }
        if !clock.pausedIn.isEmpty || !clock.amountBy.isEmpty || !clock.onlyField.isEmpty {
            wrong("until_paper", "follows from its paper alone: no paused_in, amount_by, only")
        }
    }

    private func check(
        _ value: HubFieldValue, _ clock: HubClockRule, _ wrong: (_ rule: String, _ remedy: String) -> Void
    ) {
        if clock.onPassed != .move { wrong("sets", "sets values and does not move the case") }
        guard let field = field(value.name), field.decided, [.choice, .text].contains(field.type) else {
            wrong("sets", "sets \(value.name), which is no decided text or choice")
            return
        }
        if field.type == .choice, !offers(value.name, value.text) {
            wrong("sets", "sets \(value.name) to a value that it does not offer")
        }
    }

    private func amounts(_ clock: HubClockRule, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        if !clock.amountBy.isEmpty {
            for value in clock.amounts.keys.sorted() where !offers(clock.amountBy, value) {
                wrong("amount_by", "gives an amount for \(value), which field \(clock.amountBy) does not offer")
            }
            if clock.amounts.isEmpty { wrong("amount_by", "gives no amounts") }
        }
    }
}
