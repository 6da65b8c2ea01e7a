// Whether offices fit together, and whether everything that stages book can be booked.

import HubDomain
import HubProto

extension RuleReview {
    /// An office stands once in a regency, in a unit and by a calendar that are there; what stages book stays on offer.
    func places(of offices: HubOfficeRules, _ file: String, _ verdict: inout RuleVerdict) {
        let others = Set(verdict.catalogue.officeBook.rules(beside: offices.name).flatMap(\.offices).map(\.code))
        let owner = verdict.catalogue.inForce[RuleName(kind: .offices, name: offices.name)]?.department
        for office in offices.offices {
            if others.contains(office.code) {
                verdict.find(file, "unique", "office \(office.code) stands in another rule")
            }
            if verdict.catalogue.calendars[office.calendar] == nil {
                verdict.find(file, "calendar", "office \(office.code): no calendar \(office.calendar) is in force")
            }
            if let chart = verdict.catalogue.chart, chart.department(of: office.unit) != owner {
                verdict.find(file, "unit", "office \(office.code): the department has no unit \(office.unit)")
            }
        }
        var next = verdict.catalogue
        next.keep(offices)
        for definition in verdict.living where definition.department == owner {
            for problem in definition.unbookable(in: next) { verdict.find(file, "kinds", problem) }
        }
    }
}

extension HubServiceDefinition {
    /// Appointments that no office of the department offers: a sentence each.
    func unbookable(in catalogue: ServiceCatalogue) -> [String] {
        stages.filter(\.hasBooks).compactMap { stage in
            let rule = stage.books
            let offering = catalogue.offices(of: department, offering: rule.kind).map(\.code)
            guard !offering.isEmpty else {
                return "stage \(stage.name) of \(service): no office of \(department) offers \(rule.kind)"
            }
            return rule.office.isEmpty || offering.contains(rule.office)
                ? nil : "stage \(stage.name) of \(service): office \(rule.office) does not offer \(rule.kind)"
        }
    }
}

extension RunningCases {
    /// Slots, and places of them, that are taken away without closing their day are kept until those who have booked them were there, or have
    /// another one. A day that is declared closed frees its bookings: that is told, and cannot wait.
    func bookings(of rules: RuleSet, _ verdict: inout RuleVerdict) async throws(HubError) {
        guard verdict.changes.contains(where: { $0.rule.kind == .offices }) else { return }
        let conflicts = SlotConflicts(ledger: ledger, catalogue: verdict.catalogue, nowMillis: nowMillis)
        let lost = try await conflicts.cases().filter { !$0.isDeclared }.map(\.state.number)
        guard !lost.isEmpty, let file = rules.all(HubOfficeRules.self).first?.file else { return }
        verdict.find(
            file, "running_cases",
            "slots are booked that would be gone, or too full: change those appointments first, or give the day hours of its own",
            cases: Array(lost.prefix(Self.toldMax)), of: UInt64(lost.count))
    }
}
