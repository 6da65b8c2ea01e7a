// Before the first day: the hub is put together, and everybody who will come in the year is known.

import HubCore
import HubDomain
import HubProto

/// What one run is made with, besides the scenario.
struct YearSettings: Sendable {
    /// Folder of the departments' bundles.
    var plugins: String
    var seed: UInt64
    /// nil = as the scenario says.
    var people: Double?
    var days = 365
    /// Of the officers and of the arrivals of the scenario.
    var officers = 1.0
    var arrivals = 1.0
    /// For a ledger on disk; nil = in memory.
    var ledgerFolder: String?
}

extension HubYear {
    /// - Throws: ``ParameterFault`` when scenario and bundles do not fit together; ``HubError`` when the hub cannot start.
    static func open(_ scenario: Scenario, _ settings: YearSettings) async throws -> HubYear {
        let chance = Chance(seed: settings.seed)
        let loaded = await (try LinkedModules(plugins: settings.plugins)).bundles()
        let changes = try RuleChanges(scenario.changes, bundles: loaded, plugins: settings.plugins)
        let hours = OfficeHours(scenario.hours, changes.calendar.before.closing(nil))
        let days = scenario.days(settings.days)
        let span = hours.start(of: days.lowerBound)...hours.start(of: days.upperBound)
        let inside = try await HubInside.open(
            plugins: settings.plugins, ledgerFolder: settings.ledgerFolder, startMillis: span.lowerBound,
            outages: Outages(
                "signature", count: scenario.outages.value * Double(settings.days) / 365, hours: scenario.outageHours,
                in: span, chance: chance), chance: chance)
        var services: [ServiceBook] = []
        for plan in scenario.services {
            let request = LayananGetServiceRequest.with { $0.service = plan.code }
            let reply = try await inside.call(
                .getService, request, as: LayananGetServiceReply.self, by: .portal)
            services.append(try ServiceBook(plan, reply.definition, scenario.authorities))
        }
        let authorities = scenario.authorities.map { plan in
            OutsideAuthority(
                plan,
                outages: Outages(
                    "authority/\(plan.name)", count: plan.outages.value * Double(settings.days) / 365,
                    hours: plan.outageHours, in: span, chance: chance))
        }
        let arrivals = scenario.arrivals(
            days: days, people: settings.people ?? scenario.people.value, factor: settings.arrivals, chance: chance,
            startOfDay: hours.start(of:))
        return HubYear(
            scenario: scenario, inside: inside, chance: chance,
            forms: FormMaker(districts: scenario.districts, start: scenario.start, chance: chance), arrivals: arrivals,
            services: services,
            endMillis: span.upperBound, hours: hours,
            pools: scenario.pools.map { plan in
                Workforce(
                    plan, scale: scenario.scale(settings.people), factor: settings.officers,
                    isAbsent: !plan.hasStandIn, chance: chance)
            },
            poolsByName: Dictionary(scenario.pools.enumerated().map { ($1.name, $0) }) { first, _ in first },
            poolsByUnit: Dictionary(
                scenario.pools.enumerated().filter { !$1.unit.isEmpty }.map { ($1.unit, $0) }
            ) { first, _ in first },
            authorities: Dictionary(authorities.map { ($0.plan.name, $0) }) { first, _ in first },
            changes: changes)
    }
}

extension Scenario {
    /// People of a run for each of the scenario's.
    func scale(_ people: Double?) -> Double { (people ?? self.people.value) / self.people.value }
}
