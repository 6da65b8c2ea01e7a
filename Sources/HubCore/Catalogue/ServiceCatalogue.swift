// What is in force: every version of every service, the tables and calendars they lean on, and who decides.

package import HubDomain
package import HubProto
import Logging
import SwiftProtobuf

/// What can be asked for. A value: the ``Rulebook`` holds the present one, and ``RulebookOpening`` makes the first.
package struct ServiceCatalogue: Sendable {
    /// A service's versions and the module that decides on them.
    struct Entry: Sendable {
        var module: String
        var department: String
        /// Candidates for new cases.
        var offered: [HubServiceDefinition] = []
        /// Every version that a case may have begun with.
        var known: [String: HubServiceDefinition] = [:]
    }

    private(set) var entries: [String: Entry] = [:]
    var tables: [String: TableIndex] = [:]
    private(set) var calendars: [String: WorkCalendar] = [:]
    private var calendarTexts: [String: HubCalendar] = [:]
    var tariffs: [String: TariffPrices] = [:]
    /// The regency's accounts; nil = nobody has said them yet.
    var treasury: HubTreasury?
    /// Who works where; nil = nobody has said it yet.
    var chart: OrganisationChart?
    /// How papers look that are issued now, by name.
    var papers: [String: HubPaperTemplate] = [:]
    /// What registers hold, by name.
    var registers: [String: HubRegister] = [:]
    /// What applicants are asked when their cases have ended, by name.
    var questionnaires: [String: HubQuestionnaire] = [:]
    /// Where people come, and what can be booked there.
    private(set) var officeBook = OfficeBook()
    /// Which request goes to which unit, by name.
    var routes: [String: RoutePlan] = [:]
    private var noticeRules: [String: HubNoticeRules] = [:]
    /// Whom the hub tells what, now.
    private(set) var noticeBook = NoticeBook()
    /// Calendars, tables, papers and the organisation that hold now.
    private(set) var inForce: [RuleName: HubRuleVersion] = [:]
    /// Hash of every version that was ever published, by ``HubRuleVersion/recordKey``.
    private(set) var published: [String: [UInt8]] = [:]
    /// Number of the publication that brought the version in force.
    private var enforcedBy: [RuleName: UInt64] = [:]
    /// Number of the newest publication; 0 = none yet.
    private(set) var publications: UInt64 = 0

    /// Knows who decides on what; what is in force comes with the functions below.
    init(bundles: [LoadedBundle]) {
        for bundle in bundles {
            for definition in bundle.definitions {
                entries[definition.service] = Entry(module: bundle.module, department: bundle.department)
            }
        }
    }

    // MARK: Coming into force

    /// New cases may begin with it from its first day on. One whose department's module is not here is left out; reads
    /// of its cases still work.
    mutating func offer(_ definition: HubServiceDefinition) {
        // Whatever was published last for a day holds on that day: a wrong version can be corrected at once.
        entries[definition.service]?.offered.removeAll {
            $0.version == definition.version || $0.validFrom == definition.validFrom
        }
        entries[definition.service]?.offered.append(definition)
        know(definition)
    }

    /// Cases may have begun with it.
    mutating func know(_ definition: HubServiceDefinition) {
        entries[definition.service]?.known[definition.version] = definition
    }

    /// From now on this version of a standing rule holds.
    mutating func enforce(_ rule: some StandingRule, as version: HubRuleVersion) throws(HubError) {
        try rule.enforce(in: &self)
        inForce[version.ruleName] = version
    }

    /// A calendar's text holds; those that rest on it follow.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when a day is none, or a calendar rests on one that is not there.
    mutating func keep(_ calendar: HubCalendar) throws(HubError) {
        var texts = calendarTexts
        texts[calendar.name] = calendar
        var built: [String: WorkCalendar] = [:]
        for (name, text) in texts { built[name] = try WorkCalendar(text, among: texts) }
        (calendarTexts, calendars) = (texts, built)
    }

    /// Notices are told by this text.
    mutating func keep(_ notices: HubNoticeRules) {
        noticeRules[notices.name] = notices
        noticeBook = NoticeBook(noticeRules.values)
    }

    /// Offices are as this text says.
    mutating func keep(_ offices: HubOfficeRules) { officeBook.keep(offices) }

    /// Rules of notices with another name.
    func noticeRules(beside name: String) -> [HubNoticeRules] {
        noticeRules.values.filter { $0.name != name }.sorted { $0.name < $1.name }
    }

    /// Names of the calendars that rest on one.
    func calendarsResting(on name: String) -> [String] {
        calendarTexts.values.filter { $0.basedOn == name }.map(\.name).sorted()
    }

    /// Remembers that a publication happened, without its texts.
    mutating func note(_ publication: HubPublication) {
        publications = max(publications, publication.number)
        for rule in publication.changes.map(\.rule) {
            note(rule)
            enforcedBy[rule.ruleName] = publication.number
        }
    }

    /// Remembers that a version has its text for ever.
    mutating func note(_ rule: HubRuleVersion) { published[rule.recordKey] = [UInt8](rule.hash) }

    /// What counts a calendar's days, for comparing: its version with the publications that brought it and its base.
    func state(ofCalendar calendar: WorkCalendar) -> String {
        let base = calendarTexts[calendar.name]?.basedOn ?? ""
        let numbers = [calendar.name, base].map { enforcedBy[RuleName(kind: .calendar, name: $0)] ?? 0 }
        return "\(calendar.version)#\(numbers.max() ?? 0)"
    }

    /// Minutes east of UTC of the regency's time; all calendars have the same.
    var utcOffsetMinutes: Int { calendars.values.first?.utcOffsetMinutes ?? 0 }

    /// The regency's day at a moment, milliseconds since 1970 UTC.
    func today(_ nowMillis: Int64) -> CalendarDate {
        CalendarDate(epochMillis: nowMillis, utcOffsetMinutes: utcOffsetMinutes)
    }

    /// Tells the operator of calendars that soon know no day more: clocks that reach past their last day cannot start.
    func warnOfEndingCalendars(nowMillis: Int64, logger: Logger) {
        let horizon = today(nowMillis).adding(days: Self.calendarWarningDays)
        for calendar in calendars.values where calendar.lastDay < horizon {
            logger.warning(
                "a calendar ends soon; bring a newer one, or requests whose clocks reach past its end are refused",
                metadata: ["calendar": "\(calendar.name)/\(calendar.version)", "last_day": "\(calendar.lastDay)"])
        }
    }

    /// Days before a calendar's last one.
    private static let calendarWarningDays = 60

    // MARK: Questions

    /// Every version that new cases may begin with, now or later.
    var offered: [HubServiceDefinition] { entries.keys.sorted().flatMap { entries[$0]?.offered ?? [] } }

    /// All services that new requests can be made for on `today`, by code.
    package func current(today: CalendarDate) -> [HubServiceDefinition] {
        entries.keys.sorted().compactMap { current($0, today: today) }
    }

    /// The version that a new case of this service begins with.
    func current(_ service: String, today: CalendarDate) -> HubServiceDefinition? {
        let iso = today.iso
        return entries[service]?.offered.filter { $0.validFrom <= iso }.max { $0.validFrom < $1.validFrom }
    }

    /// The version that a case began with.
    func definition(of state: HubCase) throws(HubError) -> HubServiceDefinition {
        guard let definition = entries[state.service]?.known[state.definitionVersion] else {
            throw HubError(
                .moduleUnavailable, "no module here decides on \(state.service) \(state.definitionVersion)")
        }
        return definition
    }

    /// Module that decides on a service.
    package func module(of service: String) -> String? { entries[service]?.module }

    /// The rows that a decision on this form may look at.
    func records(for definition: HubServiceDefinition, form: [HubFieldValue]) -> [HubRecord] {
        definition.lookups.compactMap { lookup in
            guard let table = tables[lookup.table] else { return nil }
            let key: String?
            if lookup.field.isEmpty {
                key = lookup.key.isEmpty ? table.firstKey : lookup.key
            } else {
                key = form.first { $0.name == lookup.field }?.text
            }
            guard let key, let row = table.row(key) else { return nil }
            return HubRecord.with {
                $0.table = lookup.table
                $0.key = key
                $0.values = row
            }
        }
    }

    /// How many working days there are before the dates of a form, where the definition wants to know.
    func workingDays(
        for definition: HubServiceDefinition, form: [HubFieldValue], nowMillis: Int64
    ) -> [HubWorkingDayCount] {
        definition.fields.filter { !$0.countedBy.isEmpty }.compactMap { field in
            guard let calendar = calendars[field.countedBy],
                let date = form.first(where: { $0.name == field.name }).flatMap({ CalendarDate(iso: $0.text) })
            else { return nil }
            return .with {
                $0.field = field.name
                $0.days = UInt32(clamping: calendar.workingDays(from: today(nowMillis), before: date))
            }
        }
    }
}

extension HubServiceDefinition {
    /// The action that begins a case.
    var submitAction: HubAction? { actions.first { $0.kind == .submit } }

    func stage(_ name: String) -> HubStage? { stages.first { $0.name == name } }

    /// What a module is told about the definition: enough to know which text is meant.
    var reference: HubServiceDefinition {
        .with {
            $0.service = service
            $0.version = version
            $0.department = department
            $0.hash = hash
        }
    }
}
