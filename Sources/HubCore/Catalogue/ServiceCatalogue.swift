// Every version of every service, with its tables and calendars. Built once when the hub starts.

package import HubDomain
package import HubProto
package import Logging
import SwiftProtobuf

/// What can be asked for.
package struct ServiceCatalogue: Sendable {
    /// A service's versions and the module that decides on them.
    struct Entry: Sendable {
        var module: String
        /// From the bundles: candidates for new cases.
        var offered: [HubServiceDefinition]
        /// Every version that a case may have begun with.
        var known: [String: HubServiceDefinition]
    }

    private var entries: [String: Entry] = [:]
    let tables: [String: TableIndex]
    let calendars: [String: WorkCalendar]
    /// Minutes east of UTC of the regency's time, from its calendar.
    let utcOffsetMinutes: Int

    /// Builds the catalogue from accepted bundles and what the ledger keeps of older versions, and keeps new versions.
    ///
    /// A version whose text changed without a new version number is not offered: the text that cases began with stays.
    package static func load(
        bundles: [LoadedBundle], ledger: some Ledger, nowMillis: Int64, logger: Logger
    ) async throws(HubError) -> ServiceCatalogue {
        var catalogue = try ServiceCatalogue(bundles: bundles)
        for record in try await ledger.records(prefix: recordPrefix) {
            guard let definition = try? HubServiceDefinition(serializedBytes: record.body) else {
                throw HubError(.ledgerFailed, "record \(record.key) cannot be decoded")
            }
            catalogue.remember(definition, logger: logger)
        }
        for definition in catalogue.entries.values.flatMap(\.offered) {
            let key = "\(recordPrefix)\(definition.service)/\(definition.version)"
            guard try await ledger.record(key) == nil else { continue }
            var commit = Commit(key: nil, atMillis: nowMillis)
            commit.records = [RecordWrite(key: key, expectedVersion: 0, body: try definition.ledgerBytes())]
            _ = try await ledger.commit(commit)
        }
        return catalogue
    }

    private static let recordPrefix = "definition/"

    init(bundles: [LoadedBundle]) throws(HubError) {
        var tables: [String: TableIndex] = [:]
        var calendars: [String: WorkCalendar] = [:]
        var offset: Int?
        for bundle in bundles {
            for table in bundle.tables { tables[table.name] = TableIndex(table) }
            for calendar in bundle.calendars {
                let work = try WorkCalendar(calendar)
                calendars[calendar.name] = work
                offset = offset ?? work.utcOffsetMinutes
            }
            for definition in bundle.definitions {
                entries[definition.service, default: Entry(module: bundle.module, offered: [], known: [:])]
                    .offered.append(definition)
                entries[definition.service]?.known[definition.version] = definition
            }
        }
        self.tables = tables
        self.calendars = calendars
        utcOffsetMinutes = offset ?? 0
    }

    private mutating func remember(_ definition: HubServiceDefinition, logger: Logger) {
        guard entries[definition.service] != nil else { return }  // Its department's module is gone; reads still work.
        let offered = entries[definition.service]?.known[definition.version]
        if let offered, offered.hash != definition.hash {
            logger.error(
                "a definition changed without a new version; the text that cases began with stays in force",
                metadata: ["service": "\(definition.service)", "version": "\(definition.version)"])
            entries[definition.service]?.offered.removeAll { $0.version == definition.version }
            entries[definition.service]?.offered.append(definition)
        }
        entries[definition.service]?.known[definition.version] = definition
    }

    /// Tells the operator of calendars that soon know no day more: clocks that reach past their last day cannot start.
    func warnOfEndingCalendars(nowMillis: Int64, logger: Logger) {
        let horizon = CalendarDate(epochMillis: nowMillis, utcOffsetMinutes: utcOffsetMinutes)
            .adding(days: Self.calendarWarningDays)
        for calendar in calendars.values where calendar.lastDay < horizon {
            logger.warning(
                "a calendar ends soon; bring a newer one, or requests whose clocks reach past its end are refused",
                metadata: ["calendar": "\(calendar.name)/\(calendar.version)", "last_day": "\(calendar.lastDay)"])
        }
    }

    /// Days before a calendar's last one.
    private static let calendarWarningDays = 60

    // MARK: Questions

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
                key = table.firstKey
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

extension WorkCalendar {
    /// From the message that a bundle's YAML becomes.
    init(_ message: HubCalendar) throws(HubError) {
        guard let first = CalendarDate(iso: message.firstDay), let last = CalendarDate(iso: message.lastDay) else {
            throw HubError(.definitionInvalid, "calendar \(message.name): first_day and last_day must be dates")
        }
        var closed: Set<CalendarDate> = []
        for day in message.closed {
            guard let date = CalendarDate(iso: day.day) else {
                throw HubError(.definitionInvalid, "calendar \(message.name): \(day.day) is not a date")
            }
            closed.insert(date)
        }
        self.init(
            name: message.name, version: message.version, firstDay: first, lastDay: last,
            openWeekdays: Set(message.openWeekdays.map(Int.init)), closedDays: closed,
            utcOffsetMinutes: Int(message.utcOffsetMinutes))
    }
}
