// What rules lean on: tables and calendars that are in force, and calendars that know the days a clock may need.

import HubDomain
import HubProto

extension RuleReview {
    /// Tables and calendars that a definition names.
    func references(of written: RuleSet.Written<HubServiceDefinition>, _ verdict: inout RuleVerdict) {
        let definition = written.rule
        for table in definition.tableNames where verdict.catalogue.tables[table] == nil {
            verdict.find(written.file, "table", "no table \(table) is in force")
        }
        for calendar in definition.calendarNames where verdict.catalogue.calendars[calendar] == nil {
            verdict.find(written.file, "calendar", "no calendar \(calendar) is in force")
        }
        for problem in definition.unadvised(by: verdict.catalogue.chart) {
            verdict.find(written.file, "consultee", problem)
        }
        for problem in definition.unbookable(in: verdict.catalogue) { verdict.find(written.file, "books", problem) }
        for problem in definition.unregistered(in: verdict.catalogue) {
            verdict.find(written.file, "entries", problem)
        }
        for problem in definition.misrouted(in: verdict.catalogue) { verdict.find(written.file, "route", problem) }
        for problem in definition.unanswerable(by: verdict.catalogue.tables) {
            verdict.find(written.file, "note_table", problem)
        }
        for problem in definition.unprintable(in: verdict.catalogue) { verdict.find(written.file, "paper", problem) }
        let questionnaire = definition.questionnaire
        if !questionnaire.isEmpty, verdict.catalogue.questionnaires[questionnaire] == nil {
            verdict.find(written.file, "questionnaire", "no questionnaire \(questionnaire.prefix(48)) is in force")
        }
        for problem in definition.unpriced(in: verdict.catalogue, nowMillis: nowMillis) {
            verdict.find(written.file, "tariff", problem)
        }
    }

    /// What must hold of a standing rule beside what holds for every one.
    ///
    /// - Parameter old: The text in force.
    func references<Rule: StandingRule>(
        of rule: Rule, after old: Rule?, in file: String, _ verdict: inout RuleVerdict
    ) {
        switch rule {
        case let table as HubTable:
            columns(of: table, old: old as? HubTable, file, &verdict)
            answers(in: table, file, &verdict)
        case let calendar as HubCalendar: time(of: calendar, file, &verdict)
        case let organisation as HubOrganisation:
            areas(of: organisation, file, &verdict)
            advisers(in: organisation, file, &verdict)
            routes(in: organisation, file, &verdict)
        case let treasury as HubTreasury: accounts(of: treasury, old: old as? HubTreasury, file, &verdict)
        case let tariff as HubTariff: account(of: tariff, file, &verdict)
        case let register as HubRegister: fields(of: register, old: old as? HubRegister, file, &verdict)
        case let offices as HubOfficeRules: places(of: offices, file, &verdict)
        case let routes as HubRoutes: services(by: routes, file, &verdict)
        case let notices as HubNoticeRules: places(of: notices, file, &verdict)
        default: break
        }
    }

    /// A calendar and those that rest on it.
    private func names(restingOn calendar: String, _ catalogue: ServiceCatalogue) -> Set<String> {
        Set(catalogue.calendarsResting(on: calendar) + [calendar])
    }

    /// Modules read rows by their columns.
    private func columns(of table: HubTable, old: HubTable?, _ file: String, _ verdict: inout RuleVerdict) {
        if let old, !Set(old.columns).isSubset(of: table.columns) || old.columns.first != table.columns.first {
            verdict.find(file, "columns", "keep the key and every column that is in force: modules read them")
        }
    }

    /// A regency has one time.
    private func time(of calendar: HubCalendar, _ file: String, _ verdict: inout RuleVerdict) {
        guard calendar.basedOn.isEmpty, Int(calendar.utcOffsetMinutes) != before.utcOffsetMinutes else { return }
        verdict.find(file, "utc_offset_minutes", "is \(before.utcOffsetMinutes) in all calendars of a regency")
    }

    /// Units serve areas that are there.
    private func areas(of organisation: HubOrganisation, _ file: String, _ verdict: inout RuleVerdict) {
        guard let areas = verdict.catalogue.tables[Self.areaTable] else { return }
        for unit in organisation.units {
            for area in unit.areas where !areas.contains(area) {
                verdict.find(
                    file, "areas", "unit \(unit.code): table \(Self.areaTable) has no \(area.prefix(13))")
            }
        }
    }

    /// Where areas have their codes (Kepmendagri on codes and data of areas).
    private static let areaTable = "wilayah"

    /// A clock that begins on the first day of a definition, or today, must be countable.
    func reach(of definition: HubServiceDefinition, in file: String, _ verdict: inout RuleVerdict) {
        for clock in definition.clocks where clock.unit == .workingDays {
            guard let calendar = verdict.catalogue.calendars[clock.calendar] else { continue }
            let first = CalendarDate(iso: definition.validFrom)?.startMillis(
                utcOffsetMinutes: calendar.utcOffsetMinutes)
            let days = Int(max(clock.amount, clock.amounts.values.max() ?? 0))
            do throws(HubError) {
                _ = try calendar.deadlineMillis(startMillis: max(first ?? nowMillis, nowMillis), workingDays: days)
            } catch {
                verdict.find(
                    file, "calendar",
                    "clock \(clock.name) of \(definition.service) needs \(days) working days, and \(calendar.name) "
                        + "ends on \(calendar.lastDay): bring a longer calendar first")
            }
        }
    }

    /// A calendar must be long enough for the clocks of everything that new cases may begin with.
    func reach(over calendar: RuleSet.Written<HubCalendar>, _ verdict: inout RuleVerdict) {
        for definition in verdict.living
        where !names(restingOn: calendar.rule.name, verdict.catalogue).isDisjoint(with: definition.calendarNames) {
            reach(of: definition, in: calendar.file, &verdict)
        }
    }
}

extension HubServiceDefinition {
    /// Tables that its fields and lookups name, each once.
    package var tableNames: [String] {
        Set(
            fields.map(\.table) + fields.flatMap(\.fields).map(\.table) + lookups.map(\.table)
                + likenesses.map(\.names) + actions.map(\.noteTable)
        ).filter { !$0.isEmpty }.sorted()
    }

    /// Calendars that its clocks and dates name, each once.
    package var calendarNames: [String] {
        Set(clocks.map(\.calendar) + fields.map(\.countedBy)).filter { !$0.isEmpty }.sorted()
    }
}
