// What must hold for what a case brings about: papers have sound numbers, last days are dates, names are of papers.

import HubDomain
import HubProto

extension DefinitionRules {
    func papers() {
        var issued: Set<String> = []
        for stage in definition.stages {
            for rule in stage.issues {
                check(rule, of: stage)
                if !issued.insert(rule.paper).inserted {
                    wrong(stage, "unique", "issues \(rule.paper), which another rule issues too")
                }
            }
        }
        for stage in definition.stages {
            for name in stage.revokes where !issued.contains(name) {
                wrong(stage, "revokes", "revokes \(name), which no stage issues")
            }
        }
        for action in definition.actions {
            let reachable = Set(
                definition.stages.filter { action.to.contains($0.name) }.flatMap(\.issues).map(\.paper))
            for name in action.reissues where !reachable.contains(name) {
                find(
                    "reissues", "action \(action.name) issues \(name) anew, which none of its stages issues", "actions",
                    action.name)
            }
        }
    }

    private func check(_ rule: HubPaperRule, of stage: HubStage) {
        do throws(HubError) {
            let pattern = try NumberPattern(rule.number)
            let known = Set(definition.fields.map(\.name) + rule.values.map(\.name))
            for name in pattern.names where !known.contains(name) {
                wrong(stage, "number", "numbers \(rule.paper) by {\(name)}, which is neither field nor value")
            }
        } catch {
            for fault in error.violations {
                wrong(stage, "number", "numbers \(rule.paper): \(fault.field) \(fault.english)")
            }
        }
        if !rule.validUntil.isEmpty {
            if field(rule.validUntil)?.type != .date || !isSure(rule.validUntil) {
                wrong(stage, "valid_until", "must name a date in valid_until of \(rule.paper), required or decided")
            }
            if rule.validMonths > 0, field(rule.validUntil)?.decided != true {
                wrong(
                    stage, "valid_until", "has valid_months beside valid_until of \(rule.paper), which is not decided")
            }
        }
        for value in rule.values where PlaceholderText("{\(value.name)}") == nil {
            wrong(stage, "values", "value names of \(rule.paper) must match [a-z][a-z0-9_]{0,47}")
        }
    }

    private func wrong(_ stage: HubStage, _ rule: String, _ remedy: String) {
        find(rule, "stage \(stage.name) \(remedy)", "stages", stage.name)
    }
}
