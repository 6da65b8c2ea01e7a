// What must hold where a stage asks an authority: what is sent and received is there, and nobody goes round the answer.

import HubProto

extension DefinitionRules {
    /// Fields that one answer fills.
    private static let receivesMax = 16

    func inquiries() {
        var names: Set<String> = []
        for stage in definition.stages where stage.hasInquires {
            if !names.insert(stage.inquires.name).inserted {
                find("unique", "stage \(stage.name) asks under a name that stands twice", "stages", stage.name)
            }
            inquiry(in: stage)
        }
    }

    private func inquiry(in stage: HubStage) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "stage \(stage.name) \(remedy)", "stages", stage.name)
        }
        let rule = stage.inquires
        if stage.ended { wrong("inquires", "has ended and inquires: the answer would come too late") }
        if stage.hasBill || stage.hasConsults || !stage.issues.isEmpty {
            wrong("inquires", "inquires, and bills, consults or issues: give each a stage of its own")
        }
        if !rule.name.isEmpty, !Name.isIdentifier(rule.name) {
            wrong("name", "asks `\(rule.name.prefix(48))`: it must match [a-z][a-z0-9_-]{0,47}")
        }
        if !rule.authority.isEmpty, !Name.isCode(rule.authority) {
            wrong("authority", "must name an authority that matches [a-z][a-z0-9-]{0,31}")
        }
        for name in rule.sends where field(name) == nil { wrong("sends", "sends \(name), which is no field") }
        if Set(rule.sends).count < rule.sends.count { wrong("sends", "sends a field twice") }
        for kind in rule.documents where !definition.documents.contains(where: { $0.kind == kind }) {
            wrong("documents", "takes document \(kind), which the service does not have")
        }
        receives(rule, wrong)
        if rule.waitSecondsMax < rule.waitSeconds { wrong("wait_seconds", "has wait_seconds above wait_seconds_max") }
        for (key, next) in [("answered_to", rule.answeredTo), ("refused_to", rule.refusedTo)]
        where !stageNames.contains(next) || next == stage.name {
            wrong(key, "must name another stage in \(key)")
        }
        if let next = definition.stages.first(where: { $0.name == rule.answeredTo }), next.hasInquires,
            next.inquires.answeredTo == stage.name
        {
            wrong("answered_to", "and \(next.name) lead in a circle")
        }
        for action in definition.actions
        where action.from.contains(stage.name) && action.to.contains(rule.answeredTo) {
            find(
                "unanswered", "action \(action.name) leads from \(stage.name) to \(rule.answeredTo) without an answer",
                "actions", action.name)
        }
    }

    private func receives(_ rule: HubInquiryRule, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        let names = rule.receives.map(\.field)
        if Set(names).count < names.count { wrong("receives", "receives a field twice") }
        if names.count > Self.receivesMax || !rule.receives.contains(where: { !$0.mayLack }) {
            wrong("receives", "must receive 1 to \(Self.receivesMax) fields, of which one is not optional")
        }
        for received in rule.receives {
            guard let field = field(received.field) else {
                wrong("receives", "receives \(received.field), which is no field")
                continue
            }
            if !field.decided { wrong("receives", "receives \(field.name), which is not marked `decided: true`") }
            if received.digits > 0, field.type != .text {
                wrong("digits", "counts digits of \(field.name), which is no text")
            }
        }
    }
}
