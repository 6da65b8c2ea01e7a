// Whether requests can go where routes say: fields, values and units are there.

import HubDomain
import HubProto

extension RuleReview {
    /// Services that go by these routes still fit.
    func services(by routes: HubRoutes, _ file: String, _ verdict: inout RuleVerdict) {
        for definition in verdict.living where definition.routes == routes.name {
            for problem in definition.misrouted(
                by: routes, tables: verdict.catalogue.tables, chart: verdict.catalogue.chart)
            {
                verdict.find(file, "route", problem)
            }
        }
    }

    /// A chart must have the units to which requests go.
    func routes(in organisation: HubOrganisation, _ file: String, _ verdict: inout RuleVerdict) {
        let chart = OrganisationChart(organisation)
        for name in Set(verdict.living.map(\.routes)).sorted() {
            for rule in verdict.catalogue.routes[name]?.routes.rules ?? []
            where !rule.unit.isEmpty && chart.department(of: rule.unit) == nil {
                verdict.find(file, "route", "routes \(name), rule \(rule.name): no department has a unit \(rule.unit)")
            }
        }
    }
}

extension HubServiceDefinition {
    /// What its routes in force do not fit: a sentence each.
    func misrouted(in catalogue: ServiceCatalogue) -> [String] {
        guard !routes.isEmpty else { return [] }
        guard let plan = catalogue.routes[routes] else { return ["\(service): no routes \(routes) are in force"] }
        return misrouted(by: plan.routes, tables: catalogue.tables, chart: catalogue.chart)
    }
}
