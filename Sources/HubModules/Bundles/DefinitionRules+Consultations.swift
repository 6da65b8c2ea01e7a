// What must hold where a stage asks for advice: who is asked can be found, and the case knows where it goes then.

import HubDomain
import HubProto

extension DefinitionRules {
    /// Units that one stage asks.
    private static let consulteesMax = 8

    func consultations() {
        for stage in definition.stages where stage.hasConsults { consultation(in: stage) }
    }

    private func consultation(in stage: HubStage) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "stage \(stage.name) \(remedy)", "stages", stage.name)
        }
        let rule = stage.consults
        if stage.ended { wrong("consults", "has ended and consults: the advice would come too late") }
        if stage.hasBill { wrong("consults", "bills and consults: give each a stage of its own") }
        if rule.consultees.isEmpty || rule.consultees.count > Self.consulteesMax {
            wrong("consults", "must ask 1 to \(Self.consulteesMax) units")
        }
        let names = rule.consultees.map(\.name)
        if Set(names).count < names.count { wrong("consultee", "asks for advice twice under one name") }
        for consultee in rule.consultees {
            if !consultee.name.isEmpty, !Name.isIdentifier(consultee.name) {
                wrong("consultee", "names advice `\(consultee.name.prefix(48))`: it must match [a-z][a-z0-9_-]{0,47}")
            }
            if consultee.unit.isEmpty == consultee.area.isEmpty {
                wrong("consultee", "must say who gives \(consultee.name): either unit or area")
            }
            if !consultee.area.isEmpty, field(consultee.area)?.type != .code || !isSure(consultee.area) {
                wrong("consultee", "must name a code in area of \(consultee.name), which a case always has")
            }
        }
        if !stageNames.contains(rule.joinedTo) || rule.joinedTo == stage.name {
            wrong("joined_to", "must name another stage in joined_to")
        }
    }
}
