// One service as the hub describes it, beside what the scenario says of it.

import HubProto

/// Definition and plan of a service, ready for looking up.
struct ServiceBook: Sendable {
    let plan: ServicePlan
    let definition: HubServiceDefinition
    /// By stage.
    let steps: [String: StepPlan]
    /// Clocks that move a case when they pass.
    let movers: Set<String>

    /// Places of the clocks whose passing is an office's fault: somebody above is asked then.
    let promises: [Int]

    /// - Throws: ``ParameterFault`` when the plan names an action that the definition has not, nobody moves a case on
    ///   from one of its stages, or a stage asks an authority what that does not give.
    init(_ plan: ServicePlan, _ definition: HubServiceDefinition, _ authorities: [AuthorityPlan]) throws {
        self.plan = plan
        self.definition = definition
        steps = Dictionary(plan.steps.map { ($0.stage, $0) }) { first, _ in first }
        movers = Set(definition.clocks.filter { $0.onPassed == .move }.map(\.name))
        promises = definition.clocks.indices.filter { definition.clocks[$0].onPassed == .escalate }
        let stages = definition.stages.map(\.name)
        let actions = definition.actions.map(\.name)
        // Steps of stages that this version has not are left out; a stage of which nobody thought is told below.
        var reasons = plan.steps.filter { stages.contains($0.stage) }.flatMap(\.outcomes).map(\.action)
            .filter { !actions.contains($0) }.map { "it has no action \($0)" }
        let planned = Set(plan.steps.map(\.stage))
        reasons += definition.stages.filter {
            !$0.ended && !planned.contains($0.name) && !definition.isAfterEnd($0.name)
        }
        .map { "nobody moves a case on from stage \($0.name)" }
        for stage in definition.stages where stage.hasInquires || steps[stage.name]?.actor == .authority {
            let (rule, giver) = (stage.inquires, authorities.first { $0.name == stage.inquires.authority })
            if steps[stage.name]?.actor != .authority || !stage.hasInquires {
                reasons.append(
                    "stage \(stage.name) inquires of an authority, and nothing else moves a case on from there")
            }
            for wanted in rule.receives where !wanted.mayLack && giver?.gives[rule.name]?[wanted.field] == nil {
                reasons.append("authorities: \(rule.authority) gives no \(wanted.field) for \(rule.name)")
            }
        }
        for stage in definition.stages {
            guard case .counter? = steps[stage.name]?.actor else {
                if stage.hasBooks { reasons.append("people come in stage \(stage.name): by: counter") }
                continue
            }
            if !stage.hasBooks { reasons.append("nobody comes in stage \(stage.name)") }
        }
        guard reasons.isEmpty else {
            throw ParameterFault(reasons: reasons.map { "services[\(plan.code)]: \($0)" })
        }
    }

    func stageNumber(_ name: String) -> Int { definition.stages.firstIndex { $0.name == name } ?? 0 }

    func clockNumber(_ name: String) -> Int? { definition.clocks.firstIndex { $0.name == name } }

    func action(_ name: String) -> HubAction? { definition.actions.first { $0.name == name } }

    /// Whom a stage asks; empty = nobody.
    func authority(in stage: String) -> String {
        definition.stages.first { $0.name == stage }?.inquires.authority ?? ""
    }

    /// Somebody beside the regency is to act in this stage.
    func isOutside(_ stage: String) -> Bool {
        switch steps[stage]?.actor {
        case .applicant, .payer, .outside, .authority, .counter: true
        case .office, .advisers, nil: false
        }
    }
}

extension HubServiceDefinition {
    /// Only what has ended comes to this stage: a permit that is renewed years later is not of this year.
    fileprivate func isAfterEnd(_ stage: String) -> Bool {
        let ended = Set(stages.filter(\.ended).map(\.name))
        let ways = actions.filter { $0.to.contains(stage) }
        return !ways.isEmpty && ways.allSatisfy { !$0.from.isEmpty && ended.isSuperset(of: $0.from) }
            && !clocks.contains { $0.moveTo == stage }
    }
}
