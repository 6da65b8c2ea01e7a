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

    /// - Throws: ``ParameterFault`` when the plan names an action that the definition has not, or nobody moves a
    ///   case on from one of its stages.
    init(_ plan: ServicePlan, _ definition: HubServiceDefinition) throws {
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
        reasons += definition.stages.filter { !$0.ended && !planned.contains($0.name) }
            .map { "nobody moves a case on from stage \($0.name)" }
        guard reasons.isEmpty else {
            throw ParameterFault(reasons: reasons.map { "services[\(plan.code)]: \($0)" })
        }
    }

    func stageNumber(_ name: String) -> Int { definition.stages.firstIndex { $0.name == name } ?? 0 }

    func clockNumber(_ name: String) -> Int? { definition.clocks.firstIndex { $0.name == name } }

    func action(_ name: String) -> HubAction? { definition.actions.first { $0.name == name } }

    /// Somebody beside the regency is to act in this stage.
    func isOutside(_ stage: String) -> Bool {
        switch steps[stage]?.actor {
        case .applicant, .payer, .outside: true
        case .office, .advisers, nil: false
        }
    }
}
