// After a calendar has changed: every open case whose deadlines it counts, once, whatever happens meanwhile.

import HubDomain
import HubProto
import Logging

/// Lets open cases follow the calendars. What is finished stands in the ledger, so that a hub that dies in the middle
/// goes on when it is up again; a case that is there already has nothing to move.
struct RecountRound: Sendable {
    let ledger: any Ledger
    let passage: DeadlinePassage
    let rulebook: Rulebook
    let clock: any HubClock
    let logger: Logger

    private static let recordPrefix = "recounted/"

    /// Counts deadlines anew for every calendar that changed since the last round; cheap when none did.
    func run() async throws(HubError) {
        var marks: [String: (version: UInt64, state: String)] = [:]
        for record in try await ledger.records(prefix: Self.recordPrefix) {
            let name = String(record.key.dropFirst(Self.recordPrefix.count))
            marks[name] = (record.version, String(decoding: record.body, as: UTF8.self))
        }
        guard !changed(rulebook.catalogue, since: marks).isEmpty else { return }
        // A command that saw the calendar of before may still bring a case; it is waited for.
        let catalogue = await rulebook.settled()
        let changed = changed(catalogue, since: marks)
        let moved = try await recountAll(countedBy: changed.map(\.name), catalogue)
        if moved > 0 {
            logger.notice(
                "deadlines moved with their calendars",
                metadata: ["calendars": "\(changed.map(\.name).joined(separator: ", "))", "cases": "\(moved)"])
        }
        var commit = Commit(key: nil, atMillis: clock.nowMillis())
        commit.records = changed.map { calendar in
            RecordWrite(
                key: Self.recordPrefix + calendar.name, expectedVersion: marks[calendar.name]?.version ?? 0,
                body: Array(catalogue.state(ofCalendar: calendar).utf8))
        }
        _ = try await ledger.commit(commit)
    }

    private func changed(
        _ catalogue: ServiceCatalogue, since marks: [String: (version: UInt64, state: String)]
    ) -> [WorkCalendar] {
        catalogue.calendars.values.filter { marks[$0.name]?.state != catalogue.state(ofCalendar: $0) }
            .sorted { $0.name < $1.name }
    }

    /// Returns how many cases moved. One that cannot be counted stays as it is and is told.
    private func recountAll(countedBy calendars: [String], _ catalogue: ServiceCatalogue) async throws(HubError) -> Int
    {
        var moved = 0
        try await RunningCases(ledger: ledger, nowMillis: clock.nowMillis()).each { state throws(HubError) in
            guard calendars.contains(where: state.isCounted) else { return }
            if try await passage.recount(state, catalogue) { moved += 1 }
        }
        return moved
    }
}

extension HubCase {
    /// A running deadline counts days of this calendar.
    func isCounted(by calendar: String) -> Bool {
        deadlines.contains { $0.state == .running && $0.calendarName == calendar }
    }
}

extension HubDeadline {
    /// Name of the calendar that counts its days, without the version; nil for hours.
    var calendarName: String? { calendar.split(separator: "/").first.map(String.init) }
}
