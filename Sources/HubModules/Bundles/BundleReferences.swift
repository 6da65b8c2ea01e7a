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
        let tables = Set(all.flatMap { $0.bundle.tables.map(\.name) })
        let calendars = Set(all.flatMap { $0.bundle.calendars.map(\.name) })
        let bases = Set(all.flatMap { $0.bundle.calendars.filter(\.basedOn.isEmpty).map(\.name) })
        var found: [String] = []
        for definition in bundle.bundle.definitions {
            let name = "services/\(definition.service)"
            for table in definition.tableNames where !tables.contains(table) {
                found.append("\(name) table: no bundle brings a table \(table)")
            }
            for calendar in definition.calendarNames where !calendars.contains(calendar) {
                found.append("\(name) calendar: no bundle brings a calendar \(calendar)")
            }
            for other in all where other.id != bundle.id && other.services.contains(definition.service) {
                found.append("\(name) service: \(other.id) decides on it too")
            }
        }
        for calendar in bundle.bundle.calendars
        where !calendar.basedOn.isEmpty && !bases.contains(calendar.basedOn) {
            found.append("calendars based_on: no bundle brings a calendar \(calendar.basedOn) that rests on none")
        }
        for other in all
        where other.id != bundle.id && !other.bundle.organisations.isEmpty && !bundle.bundle.organisations.isEmpty {
            found.append("organisation: \(other.id) brings one too, and a regency has one")
        }
        for calendar in bundle.bundle.calendars {
            for other in all
            where other.id != bundle.id && other.bundle.calendars.contains(where: { $0.name == calendar.name }) {
                found.append("calendars name: \(other.id) brings a calendar \(calendar.name) too")
            }
        }
        for table in bundle.bundle.tables {
            for other in all
            where other.id != bundle.id && other.bundle.tables.contains(where: { $0.name == table.name }) {
                found.append("tables/\(table.name).csv name: \(other.id) brings a table of this name too")
            }
        }
        return found
    }
}
