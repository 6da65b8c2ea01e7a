// What bundles refer to in each other: tables, calendars, and names that only one of them may have.

import HubCore
import HubProto

/// Checks all bundles together; a bundle that leans on a refused one is refused with it.
struct BundleReferences {
    private let bundles: [ModuleSpecification]

    init(_ bundles: [ModuleSpecification]) { self.bundles = bundles }

    /// The same bundles with what was found; refusals spread until nothing new is found.
    func checked() -> [ModuleSpecification] {
        var result = bundles
        var ids: Set<String> = []
        for index in result.indices where !ids.insert(result[index].id).inserted {
            result[index].refusals.append("manifest.yaml id: another bundle is called \(result[index].id)")
        }
        var changed = true
        while changed {
            changed = false
            let sound = result.filter(\.refusals.isEmpty)
            for index in result.indices where result[index].refusals.isEmpty {
                let found = findings(in: result[index], among: sound)
                if !found.isEmpty {
                    result[index].refusals = found
                    changed = true
                }
            }
        }
        return result
    }

    private func findings(in bundle: ModuleSpecification, among all: [ModuleSpecification]) -> [String] {
        let tables = Set(all.flatMap { $0.bundle[HubTable.self].map(\.name) })
        let calendars = Set(all.flatMap { $0.bundle[HubCalendar.self].map(\.name) })
        let bases = Set(all.flatMap { $0.bundle[HubCalendar.self].filter(\.basedOn.isEmpty).map(\.name) })
        let tariffs = Set(all.flatMap { $0.bundle[HubTariff.self].map(\.name) })
        let papers = Set(all.flatMap { $0.bundle[HubPaperTemplate.self].map(\.name) })
        let questionnaires = Set(all.flatMap { $0.bundle[HubQuestionnaire.self].map(\.name) })
        let registers = bundle.bundle[HubRegister.self]
        let accounts = Set(all.flatMap { $0.bundle[HubTreasury.self].flatMap(\.accounts) }.map(\.code))
        let chart = all.flatMap { $0.bundle[HubOrganisation.self] }.first.map(OrganisationChart.init)
        var found: [String] = []
        for tariff in bundle.bundle[HubTariff.self] where !accounts.contains(tariff.account) {
            found.append("tariffs/\(tariff.name) account: no bundle's treasury has an account \(tariff.account)")
        }
        for definition in bundle.bundle.definitions {
            let name = "services/\(definition.service)"
            for table in definition.tableNames where !tables.contains(table) {
                found.append("\(name) table: no bundle brings a table \(table)")
            }
            for tariff in Set(definition.charges.map(\.tariff)).sorted() where !tariffs.contains(tariff) {
                found.append("\(name) tariff: no bundle brings a tariff \(tariff)")
            }
            for paper in definition.paperNames where !papers.contains(paper) {
                found.append("\(name) paper: no bundle brings a paper \(paper)")
            }
            if !definition.questionnaire.isEmpty, !questionnaires.contains(definition.questionnaire) {
                found.append("\(name) questionnaire: no bundle brings a questionnaire \(definition.questionnaire)")
            }
            for register in definition.registerNames {
                guard let text = registers.first(where: { $0.name == register }) else {
                    found.append("\(name) register: this bundle brings no register \(register)")
                    continue
                }
                found += definition.unregistered(in: text)
            }
            if !definition.routes.isEmpty {
                guard
                    let text = all.flatMap({ $0.bundle[HubRoutes.self] }).first(where: { $0.name == definition.routes })
                else {
                    found.append("\(name) routes: no bundle brings routes \(definition.routes)")
                    continue
                }
                let areas = definition.fields.map(\.table).compactMap { name in
                    all.flatMap { $0.bundle[HubTable.self] }.first { $0.name == name }
                }
                let tables = Dictionary(areas.map { ($0.name, TableIndex($0)) }) { first, _ in first }
                found += definition.misrouted(by: text, tables: tables, chart: chart)
            }
            for calendar in definition.calendarNames where !calendars.contains(calendar) {
                found.append("\(name) calendar: no bundle brings a calendar \(calendar)")
            }
            for other in all where other.id != bundle.id && other.services.contains(definition.service) {
                found.append("\(name) service: \(other.id) decides on it too")
            }
        }
        for calendar in bundle.bundle[HubCalendar.self]
        where !calendar.basedOn.isEmpty && !bases.contains(calendar.basedOn) {
            found.append("calendars based_on: no bundle brings a calendar \(calendar.basedOn) that rests on none")
        }
        for other in all where other.id != bundle.id { found += disputes(between: bundle.bundle, and: other) }
        return found
    }

    /// Standing rules that both bring.
    private func disputes(between bundle: LoadedBundle, and other: ModuleSpecification) -> [String] {
        var found: [String] = []
        for rule in bundle.standing {
            let kind = type(of: rule).kind
            let rivals = other.bundle.standing.filter { type(of: $0).kind == kind }
            if kind.isSingle, !rivals.isEmpty {
                found.append("\(kind.word): \(other.id) brings one too, and a regency has one")
            } else if rivals.contains(where: { $0.name == rule.name }) {
                found.append("\(kind.word) \(rule.name) name: \(other.id) brings one of this name too")
            }
        }
        return found
    }
}
