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
    }

    func check(_ clock: HubClockRule) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "clock \(clock.name) \(remedy)", "clocks", clock.name)
        }
        // The request itself is a stage called "" (definition.proto).
        for stage in Set(clock.runsIn.filter { !$0.isEmpty } + clock.pausedIn).subtracting(stageNames).sorted() {
            wrong("stage", "names stage \(stage), which is not there")
        }
        for stage in Set(clock.runsIn + clock.pausedIn).intersection(endedStages).sorted() {
            wrong("ended", "runs in stage \(stage), where nothing is expected any more")
        }
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
        if !clock.amountBy.isEmpty {
            for value in clock.amounts.keys.sorted() where !offers(clock.amountBy, value) {
                wrong("amount_by", "gives an amount for \(value), which field \(clock.amountBy) does not offer")
            }
            if clock.amounts.isEmpty { wrong("amount_by", "gives no amounts") }
        }
    }
}
