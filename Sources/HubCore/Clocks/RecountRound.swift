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

    /// Cases read at once.
    private static let page = 200
    private static let recordPrefix = "recounted/"

    /// Counts deadlines anew for every calendar that changed since the last round; cheap when none did.
    func run() async throws(HubError) {
        for (name, version) in calendarVersions(rulebook.catalogue) {
            let mark = try await ledger.record(Self.recordPrefix + name)
            guard mark.map({ String(decoding: $0.body, as: UTF8.self) }) != version else { continue }
            // A command that saw the calendar of before may still bring a case; it is waited for.
            let catalogue = await rulebook.settled()
            let moved = try await recountAll(countedBy: name, catalogue)
            if moved > 0 {
                logger.notice(
                    "deadlines moved with their calendar",
                    metadata: ["calendar": "\(name)/\(version)", "cases": "\(moved)"])
            }
            guard calendarVersions(catalogue).contains(where: { $0 == (name, version) }) else { continue }
            var commit = Commit(key: nil, atMillis: clock.nowMillis())
            commit.records = [
                RecordWrite(
                    key: Self.recordPrefix + name, expectedVersion: mark?.version ?? 0, body: Array(version.utf8))
            ]
            _ = try await ledger.commit(commit)
        }
    }

    private func calendarVersions(_ catalogue: ServiceCatalogue) -> [(name: String, version: String)] {
        catalogue.calendars.values.map { ($0.name, $0.version) }.sorted { $0.0 < $1.0 }
    }

    /// Returns how many cases moved. One that cannot be counted stays as it is and is told.
    private func recountAll(countedBy calendar: String, _ catalogue: ServiceCatalogue) async throws(HubError) -> Int {
        var moved = 0
        var query = CaseQuery()
        query.openOnly = true
        query.limit = Self.page
        while !Task.isCancelled {
            let cases = try await ledger.cases(query, nowMillis: clock.nowMillis())
            for state in cases where state.isCounted(by: calendar) {
                if try await passage.recount(state, catalogue) { moved += 1 }
            }
            guard cases.count == Self.page, let last = cases.last else { return moved }
            query.before = [UInt8](last.id)
        }
        throw HubError(.cancelled, "the hub stops")
    }
}

extension HubCase {
    /// A running deadline counts days of this calendar.
    func isCounted(by calendar: String) -> Bool {
        deadlines.contains { $0.state == .running && $0.calendar.hasPrefix("\(calendar)/") }
    }
}
