// What rules would do to cases that run: which of them would break, and how many are touched.

import HubDomain
import HubProto

/// Looks at open cases, page by page.
struct RunningCases: Sendable {
    let ledger: any Ledger
    let nowMillis: Int64

    /// Cases read at once, and numbers of broken ones that are told.
    private static let page = 200
    static let toldMax = 20

    /// Cases that one rule would break.
    private struct Broken {
        var numbers: [String] = []
        var count: UInt64 = 0

        mutating func add(_ state: HubCase) {
            count += 1
            if numbers.count < RunningCases.toldMax { numbers.append(state.number) }
        }
    }

    /// The versions of definitions by which open cases run.
    func versions() async throws(HubError) -> Set<DefinitionVersion> {
        var versions: Set<DefinitionVersion> = []
        try await each { state throws(HubError) in
            versions.insert(DefinitionVersion(service: state.service, version: state.definitionVersion))
        }
        return versions
    }

    /// Every open case, the newest first.
    func each(_ body: (HubCase) async throws(HubError) -> Void) async throws(HubError) {
        var last: [UInt8]?
        repeat {
            if Task.isCancelled { throw HubError(.cancelled, "the hub stops") }
            let cases = try await page(after: last)
            for state in cases { try await body(state) }
            last = cases.count == Self.page ? cases.last.map { [UInt8]($0.id) } : nil
        } while last != nil
    }

    private func page(after last: [UInt8]?) async throws(HubError) -> [HubCase] {
        var query = CaseQuery()
        (query.openOnly, query.limit, query.before) = (true, Self.page, last)
        return try await ledger.cases(query, nowMillis: nowMillis)
    }

    /// Adds to a verdict what running cases say to it.
    func look(at rules: RuleSet, _ verdict: inout RuleVerdict) async throws(HubError) {
        try await bookings(of: rules, &verdict)
        let tables = Set(verdict.changes.lazy.filter { $0.rule.kind == .table }.map(\.rule.name))
        let changed = verdict.changes.filter { $0.rule.kind == .calendar }.map(\.rule.name)
        let calendars = Set(changed.flatMap { [$0] + verdict.catalogue.calendarsResting(on: $0) })
        let chart = verdict.changes.contains { $0.rule.kind == .organisation } ? verdict.catalogue.chart : nil
        guard !tables.isEmpty || !calendars.isEmpty || !verdict.services.isEmpty || chart != nil else { return }
        let recount = DeadlineRecount(calendars: verdict.catalogue.calendars, nowMillis: nowMillis)
        var broken: [RuleName: Broken] = [:]
        try await each { state throws(HubError) in
            if verdict.services.contains(state.service) { verdict.runningCases += 1 }
            let counting = calendars.filter(state.isCounted)
            if !counting.isEmpty {
                do throws(HubError) {
                    verdict.movedDeadlines += UInt64(try recount.recounted(state)?.moves.count ?? 0)
                } catch {
                    for name in counting {
                        broken[RuleName(kind: .calendar, name: name), default: Broken()].add(state)
                    }
                }
            }
            if let chart, isStranded(state, chart, verdict.before) {
                broken[Self.organisation, default: Broken()].add(state)
            }
            guard !tables.isEmpty, let definition = try? verdict.catalogue.definition(of: state) else { return }
            for table in tables where isLost(state, definition, in: table, verdict.catalogue) {
                broken[RuleName(kind: .table, name: table), default: Broken()].add(state)
            }
        }
        tell(broken, rules, &verdict)
    }

    /// The case waits in a unit, for a unit's advice, or in hands, that the chart knows no more, or no more as its own. Whom
    /// its ladder asks follows the chart (``AskingRound``).
    private func isStranded(_ state: HubCase, _ chart: OrganisationChart, _ before: OrganisationChart?) -> Bool {
        guard let before else { return false }
        let unit = state.unit.isEmpty ? before.front(of: state.department) ?? "" : state.unit
        let isLost =
            before.contains(unit: state.unit)
            && (!chart.contains(unit: state.unit)
                || before.department(of: state.unit) != chart.department(of: state.unit))
        let isUnasked = state.consultations.contains {
            $0.state == .open && before.contains(unit: $0.unit) && chart.department(of: $0.unit) == nil
        }
        // Whoever has another post now would go on reading what the office before has.
        let isTaken = before.works(state.holder, in: unit) && !chart.works(state.holder, in: unit)
        let isGone = before.workplace(of: state.holder) != nil && chart.workplace(of: state.holder) == nil
        return isLost || isUnasked || isTaken || isGone
    }

    private static let organisation = RuleName(kind: .organisation, name: "")

    /// The case holds a key that the table has no more.
    private func isLost(
        _ state: HubCase, _ definition: HubServiceDefinition, in table: String, _ catalogue: ServiceCatalogue
    ) -> Bool {
        let fields =
            definition.fields.filter { $0.table == table }.map(\.name)
            + definition.lookups.filter { $0.table == table }.map(\.field)
        return state.data.contains { value in
            fields.contains(value.name) && !value.text.isEmpty
                && !(catalogue.tables[table]?.contains(value.text) ?? false)
        }
    }

    private func tell(_ broken: [RuleName: Broken], _ rules: RuleSet, _ verdict: inout RuleVerdict) {
        for written in rules.all(HubTable.self) {
            guard let lost = broken[RuleName(kind: .table, name: written.rule.name)] else { continue }
            verdict.find(
                written.file, "running_cases", "running cases hold keys that are gone: keep those rows",
                cases: lost.numbers, of: lost.count)
        }
        for written in rules.all(HubOrganisation.self) {
            guard let lost = broken[Self.organisation] else { continue }
            verdict.find(
                written.file, "running_cases",
                "running cases are in units or in hands that are gone, or wait for the advice of such a unit: "
                    + "hand them over, release them or let them be advised on first",
                cases: lost.numbers, of: lost.count)
        }
        for written in rules.all(HubCalendar.self) {
            let names = [written.rule.name] + verdict.catalogue.calendarsResting(on: written.rule.name)
            for name in names {
                guard let lost = broken[RuleName(kind: .calendar, name: name)] else { continue }
                verdict.find(
                    written.file, "running_cases", "running deadlines reach days that calendar \(name) does not know",
                    cases: lost.numbers, of: lost.count)
            }
        }
    }
}
