// Sums of answers in the ledger: one record for each service, unit, month and version, changed by the commit of each answer.

import HubDomain
import HubProto
import SwiftProtobuf

/// Reads and writes sums. Whole numbers alone; the index is made of them when somebody asks.
struct SurveyTallies: Sendable {
    let ledger: any Ledger

    /// The record that a further answer makes.
    ///
    /// - Parameter month: `YYYY-MM`
    func adding(
        _ response: HubSurveyResponse, of state: HubCase, month: String
    ) async throws(HubError) -> RecordWrite {
        let place = SurveyPlace(state)
        let key = Self.prefix(month) + "\(place.key)/\(response.questionnaire)/\(response.version)"
        let present = try await ledger.record(key)
        var tally: HubSurveyTally
        if let present {
            tally = try decoded(present.body, key)
        } else {
            tally = .with {
                ($0.service, $0.department, $0.unit, $0.month) = (place.service, place.department, place.unit, month)
                ($0.questionnaire, $0.version) = (response.questionnaire, response.version)
                $0.elements = response.marks.map { mark in
                    .with { ($0.element, $0.counts) = (mark.element, [0, 0, 0, 0]) }
                }
            }
        }
        try tally.count(response, key)
        return RecordWrite(key: key, expectedVersion: present?.version ?? 0, body: try tally.ledgerBytes())
    }

    /// Sums of one month, by key.
    func tallies(in month: String) async throws(HubError) -> [HubSurveyTally] {
        var tallies: [HubSurveyTally] = []
        for record in try await ledger.records(prefix: Self.prefix(month)) {
            tallies.append(try decoded(record.body, record.key))
        }
        return tallies
    }

    private static func prefix(_ month: String) -> String { "survey/\(month)/" }
}

/// Whose work is judged.
struct SurveyPlace: Hashable, Sendable {
    var service: String
    var department: String
    /// Empty = the department's front.
    var unit: String

    init(_ state: HubCase) { (service, department, unit) = (state.service, state.department, state.unit) }
    init(_ event: HubEvent) { (service, department, unit) = (event.service, event.department, event.unit) }
    init(_ tally: HubSurveyTally) { (service, department, unit) = (tally.service, tally.department, tally.unit) }
    init(_ endings: HubSurveyEndings) {
        (service, department, unit) = (endings.service, endings.department, endings.unit)
    }

    /// Part of a record's key.
    var key: String { "\(service)/\(department)/\(unit.isEmpty ? "-" : unit)" }
}

extension HubSurveyTally {
    /// Counts an answer to the same questions.
    fileprivate mutating func count(_ response: HubSurveyResponse, _ key: String) throws(HubError) {
        guard elements.map(\.element) == response.marks.map(\.element) else {
            throw HubError(.ledgerFailed, "record \(key) counts other questions")
        }
        respondents += 1
        for (index, mark) in response.marks.enumerated() {
            guard elements[index].counts.count == 4, HubQuestionnaire.marks.contains(mark.mark) else {
                throw HubError(.ledgerFailed, "record \(key) is no sum of answers")
            }
            elements[index].counts[Int(mark.mark) - 1] += 1
        }
    }
}
