// A hub whose one service counts working days, and what its department publishes.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf

/// `SmallHub` with a clock of five working days, a calendar and a table.
struct PublishingHub {
    let small: SmallHub

    static let calendarPath = "calendars/kalender.bin"
    static let tablePath = "tables/jalan.bin"
    static let definitionPath = "services/aduan-uji.bin"

    static func open(
        ledger: any Ledger = InMemoryLedger(), bundle: LoadedBundle = bundle
    ) async throws -> PublishingHub {
        PublishingHub(small: try await SmallHub.open(ledger: ledger, bundle: bundle))
    }

    // MARK: What is in force

    static let bundle = LoadedBundle(
        module: "uji", department: "pengaduan", definitions: [definition()], standing: [table(), calendar()])

    static func definition(
        _ version: String = "2026.1", from day: String = "2026-01-01",
        _ change: (inout HubServiceDefinition) -> Void = { _ in }
    ) -> HubServiceDefinition {
        var definition = SmallHub.definition
        definition.version = version
        definition.validFrom = day
        definition.fields.append(.with { ($0.name, $0.type, $0.table) = ("jalan", .code, "jalan") })
        definition.clocks = [
            .with {
                ($0.name, $0.unit, $0.amount, $0.calendar) = ("respons", .workingDays, 5, "kalender")
                ($0.runsIn, $0.onPassed) = (["diterima"], .escalate)
            }
        ]
        change(&definition)
        definition.hash = .init([UInt8](version.utf8) + [UInt8](definition.title.en.utf8))
        return definition
    }

    /// Monday to Friday from 2026 to 2027 in the regency's time, but for `closed`.
    static func calendar(
        _ version: String = "1", closed: [String] = [], until lastDay: String = "2027-12-31"
    ) -> HubCalendar {
        .with {
            ($0.name, $0.version, $0.source) = ("kalender", version, "uji")
            ($0.firstDay, $0.lastDay, $0.utcOffsetMinutes) = ("2026-01-01", lastDay, 420)
            $0.openWeekdays = [1, 2, 3, 4, 5]
            $0.closed = closed.map { day in .with { $0.day = day } }
        }
    }

    static func table(_ version: String = "1", _ keys: [String] = ["melati", "mawar"]) -> HubTable {
        .with {
            ($0.name, $0.version, $0.source) = ("jalan", version, "uji")
            $0.columns = ["kode", "nama"]
            $0.rows = keys.map { key in .with { $0.values = [key, "Jalan \(key)"] } }
        }
    }

    // MARK: What departments do

    static let head = Caller.officer

    static func file(_ calendar: HubCalendar) throws -> HubRuleFile { try MessageRules.file(calendarPath, calendar) }
    static func file(_ table: HubTable) throws -> HubRuleFile { try MessageRules.file(tablePath, table) }
    static func file(_ definition: HubServiceDefinition) throws -> HubRuleFile {
        try MessageRules.file(definitionPath, definition)
    }

    @discardableResult
    func publish(
        _ files: [HubRuleFile], by caller: Caller = head, note: String = "Perbup 1/2026", key: [UInt8]? = nil
    ) async throws -> HubPublication {
        let request = HubPublishRulesRequest.with { ($0.files, $0.note) = (files, note) }
        return try await small.call(
            .publishRules, request, as: HubPublishRulesReply.self, by: caller, key: key
        ).publication
    }

    func check(_ files: [HubRuleFile], by caller: Caller = head) async throws -> HubCheckRulesReply {
        try await small.call(
            .checkRules, HubCheckRulesRequest.with { $0.files = files }, as: HubCheckRulesReply.self, by: caller)
    }

    func history(of name: String = "") async throws -> [HubPublication] {
        try await small.call(
            .rulesHistory, HubRulesHistoryRequest.with { $0.name = name }, as: HubRulesHistoryReply.self,
            by: PublishingHub.head
        ).publications
    }

    /// A complaint in this street.
    func file(street: String = "melati") async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = [
                .with { ($0.name, $0.text) = ("isi", "Jalan berlubang") },
                .with { ($0.name, $0.text) = ("jalan", street) },
            ]
        }
        return try await small.call(.fileComplaint, request, as: LayananCaseReply.self, by: .portal).case
    }

    /// The state of a case after everything that is due has happened.
    func settled(_ state: HubCase) async throws -> HubCase {
        _ = try await small.hub.deadlines.advance(small.clock, byMillis: 0)
        return try await small.get(state, by: .officer)
    }
}
