// How many cases could have been judged: counted from the log when somebody asks, so that no step of a case waits for it.

import HubDomain
import HubProto
import SwiftProtobuf

/// Counts ends of cases by service, unit and month. What was counted is kept with the place in the log up to which it was, in
/// one commit; of two that count at once one counts.
struct SurveyEndings: Sendable {
    let ledger: any Ledger
    let journal: Journal

    /// Events of one commit.
    private static let batch = 5_000
    /// Events of one case that are read at once.
    private static let page = 200
    private static let progressKey = "survey-endings-progress"

    /// Counts what has happened since somebody asked last, then reads one month after the other.
    ///
    /// - Parameter months: `YYYY-MM`
    func endings(in months: [String], _ catalogue: ServiceCatalogue, nowMillis: Int64) async throws(HubError)
        -> [HubSurveyEndings]
    {
        try await catchUp(catalogue, nowMillis: nowMillis)
        var found: [HubSurveyEndings] = []
        for month in months {
            for record in try await ledger.records(prefix: Self.prefix(month)) {
                found.append(try decoded(record.body, record.key))
            }
        }
        return found
    }

    private func catchUp(_ catalogue: ServiceCatalogue, nowMillis: Int64) async throws(HubError) {
        let head = try await ledger.head().sequence
        while true {
            let record = try await ledger.record(Self.progressKey)
            var progress = HubSurveyProgress()
            if let record { progress = try decoded(record.body, Self.progressKey) }
            guard progress.sequence < head else { return }
            let events = try await ledger.events(after: progress.sequence, limit: Self.batch)
            guard let last = events.last else { return }
            progress.sequence = last.sequence
            var commit = Commit(key: nil, atMillis: nowMillis)
            commit.records = [
                RecordWrite(
                    key: Self.progressKey, expectedVersion: record?.version ?? 0, body: try progress.ledgerBytes())
            ]
            commit.records += try await records(of: events, catalogue)
            // After a conflict somebody else has counted these; look how far.
            _ = try await journal.commit(commit)
        }
    }

    /// What a span of the log adds to the sums.
    private func records(of events: [HubEvent], _ catalogue: ServiceCatalogue) async throws(HubError) -> [RecordWrite] {
        var changes: [String: (place: SurveyPlace, questionnaire: String, month: String, cases: Int64)] = [:]
        for event in events {
            guard let (change, questionnaire) = Self.change(event, catalogue) else { continue }
            if change < 0, try await endedElsewhere(event) { continue }
            let (place, month) = (SurveyPlace(event), catalogue.today(event.atMs).monthText)
            let key = Self.prefix(month) + "\(place.key)/\(questionnaire)"
            changes[key, default: (place, questionnaire, month, 0)].cases += change
        }
        var records: [RecordWrite] = []
        for (key, change) in changes.sorted(by: { $0.key < $1.key }) {
            let present = try await ledger.record(key)
            var endings = HubSurveyEndings()
            if let present { endings = try decoded(present.body, key) }
            (endings.service, endings.department, endings.unit) = (
                change.place.service, change.place.department, change.place.unit
            )
            (endings.questionnaire, endings.month) = (change.questionnaire, change.month)
            endings.cases += change.cases
            records.append(
                RecordWrite(key: key, expectedVersion: present?.version ?? 0, body: try endings.ledgerBytes()))
        }
        return records
    }

    /// +1 for a case that came to its end, −1 for one that was opened again; nil = neither, or nobody is asked.
    private static func change(_ event: HubEvent, _ catalogue: ServiceCatalogue) -> (Int64, questionnaire: String)? {
        guard event.stageBefore != event.stageAfter, event.kind != .imported,
            let definition = catalogue.entries[event.service]?.known[event.definitionVersion],
            !definition.questionnaire.isEmpty
        else { return nil }
        let (was, isNow) = (
            definition.stage(event.stageBefore)?.ended ?? false, definition.stage(event.stageAfter)?.ended ?? false
        )
        return was == isNow ? nil : (isNow ? 1 : -1, definition.questionnaire)
    }

    /// The end that an opening takes back came with the case from an older register, and was not counted.
    private func endedElsewhere(_ opening: HubEvent) async throws(HubError) -> Bool {
        var (version, left) = (UInt64(0), Self.batch)
        var isImported = false
        while left > 0 {
            let events = try await ledger.events(
                ofCase: [UInt8](opening.caseID), afterVersion: version, limit: Self.page)
            for event in events {
                if event.caseVersion >= opening.caseVersion { return isImported }
                if event.stageBefore != event.stageAfter { isImported = event.kind == .imported }
            }
            left -= events.count
            guard events.count == Self.page, let last = events.last else { break }
            version = last.caseVersion
        }
        return isImported
    }

    private static func prefix(_ month: String) -> String { "survey-endings/\(month)/" }
}
