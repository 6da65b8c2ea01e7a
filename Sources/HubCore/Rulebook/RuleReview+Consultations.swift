// Whether advice can be asked for: every unit that a definition consults is in the chart.

import HubDomain
import HubProto

extension RuleReview {
    /// A chart must have the units whose advice new cases ask for.
    func advisers(in organisation: HubOrganisation, _ file: String, _ verdict: inout RuleVerdict) {
        let chart = OrganisationChart(organisation)
        for definition in verdict.living {
            for problem in definition.unadvised(by: chart) { verdict.find(file, "consultee", problem) }
        }
    }
}

extension HubServiceDefinition {
    /// Consultees whom nobody would answer for: a sentence each. Which unit serves an area is known with the case alone.
    func unadvised(by chart: OrganisationChart?) -> [String] {
        stages.filter(\.hasConsults).flatMap { stage in
            stage.consults.consultees.compactMap { consultee in
                if chart == nil { return "stage \(stage.name) of \(service) consults, and no organisation is in force" }
                guard !consultee.unit.isEmpty, chart?.department(of: consultee.unit) == nil else { return nil }
                return "stage \(stage.name) of \(service) consults \(consultee.name): no department has a unit "
                    + consultee.unit
            }
        }
    }
}
