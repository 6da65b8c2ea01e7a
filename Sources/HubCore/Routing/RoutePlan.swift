// Which request goes to which unit by the routes in force. Pure.

import HubDomain
package import HubProto

/// Routes, taken apart once.
package struct RoutePlan: Sendable {
    package let routes: HubRoutes
    /// Phrases of each condition with words, by rule and condition.
    private let phrases: [[[[String]]]]

    package init(_ routes: HubRoutes) {
        self.routes = routes
        phrases = routes.rules.map { rule in
            rule.conditions.map { condition in condition.words.map { PhraseSearch.words(of: $0) } }
        }
    }

    /// What routes say of one form.
    package struct Outcome: Sendable {
        /// The first rule that fits; nil = none does.
        package var rule: HubRouteRule?
        /// Rules before it, each with the field by which it failed.
        package var passed: [(rule: String, field: String)] = []
    }

    /// - Parameter form: Values in their one spelling (``FormRules``).
    package func outcome(for form: [HubFieldValue]) -> Outcome {
        var outcome = Outcome()
        var texts: [String: PhraseSearch] = [:]
        for (index, rule) in routes.rules.enumerated() {
            var failed: String?
            for (place, condition) in rule.conditions.enumerated() where failed == nil {
                let value = form.plainText(of: condition.field) ?? ""
                if !condition.words.isEmpty, texts[condition.field] == nil {
                    texts[condition.field] = PhraseSearch(value)
                }
                let holds =
                    condition.words.isEmpty
                    ? condition.values.contains(value) || condition.areas.contains { value.hasPrefix($0) }
                    : phrases[index][place].contains { texts[condition.field]?.holds($0) ?? false }
                if !holds { failed = condition.field }
            }
            guard let failed else {
                outcome.rule = rule
                return outcome
            }
            outcome.passed.append((rule.name, failed))
        }
        return outcome
    }
}

extension HubRoutes {
    /// What the table of a record is called that tells a module of routes.
    static let recordPrefix = "routes/"
}

extension HubRouteRule {
    /// As a module is told.
    func record(of routes: String) -> HubRecord {
        .with {
            ($0.table, $0.key) = (HubRoutes.recordPrefix + routes, name)
            $0.values = Dictionary(values.map { ("set.\($0.name)", $0.text) }) { first, _ in first }
            if !unit.isEmpty { $0.values["unit"] = unit }
        }
    }
}

extension ServiceCatalogue {
    /// The rule by which a request that is made or repaired would go, with those of its values that the definition takes; nil =
    /// none fits.
    func route(for definition: HubServiceDefinition, _ action: HubAction, form: [HubFieldValue]) -> HubRouteRule? {
        guard action.kind == .submit || action.kind == .repair, let plan = routes[definition.routes],
            var rule = plan.outcome(for: form).rule
        else { return nil }
        // A case may have begun with a version that offers less.
        rule.values.removeAll { value in
            definition.fields.first { $0.name == value.name }?.takes(routed: value) != true
        }
        return rule
    }
}

extension HubFormField {
    /// A route may set this value.
    fileprivate func takes(routed value: HubFieldValue) -> Bool {
        switch type {
        case .choice: choices.contains { $0.value == value.text }
        case .text: !value.text.isEmpty && value.text.unicodeScalars.count <= (lengthMax == 0 ? 2_000 : Int(lengthMax))
        default: false
        }
    }
}

extension HubServiceDefinition {
    /// What does not fit between this definition and its routes: a sentence each.
    ///
    /// - Parameters:
    ///   - tables: Of the area codes.
    ///   - chart: nil = there is no organisation yet, and units are not looked for.
    package func misrouted(
        by routes: HubRoutes, tables: [String: TableIndex], chart: OrganisationChart?
    ) -> [String] {
        routes.rules.flatMap { rule -> [String] in
            var problems: [String] = []
            for condition in rule.conditions {
                guard let problem = problem(with: condition, tables) else { continue }
                problems.append("rule \(rule.name): \(problem) in \(service)")
            }
            for value in rule.values {
                let field = fields.first { $0.name == value.name }
                if field?.takes(routed: value) != true {
                    problems.append("rule \(rule.name) sets \(value.name): no choice or text of \(service) takes it")
                }
            }
            if let chart, !rule.unit.isEmpty, chart.department(of: rule.unit) == nil {
                problems.append("rule \(rule.name): no department has a unit \(rule.unit)")
            }
            return problems
        }
    }

    private func problem(with condition: HubRouteCondition, _ tables: [String: TableIndex]) -> String? {
        guard let field = fields.first(where: { $0.name == condition.field }) else {
            return "\(condition.field) is no field"
        }
        if !condition.values.isEmpty {
            let offered = field.type == .flag ? ["true", "false"] : field.choices.map(\.value)
            return Set(condition.values).isSubset(of: offered)
                ? nil : "\(field.name) offers not every value of the condition"
        }
        if !condition.areas.isEmpty {
            guard field.type == .code else { return "\(field.name) is no area code" }
            guard let table = tables[field.table] else { return nil }  // Told where tables are looked for.
            return condition.areas.first { !table.contains($0) }.map { "table \(field.table) has no \($0)" }
        }
        return field.type == .text ? nil : "\(field.name) is no text, in which words could stand"
    }
}
