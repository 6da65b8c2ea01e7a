// Who is away, and who stands in: kept in the ledger, asked whenever somebody is needed.

import HubDomain
import HubProto
import SwiftProtobuf
import Synchronization

/// All absences that the hub knows. Those that are over stay until they are replaced, and count no more.
package final class AbsenceBoard: Sendable {
    /// Absences with the versions of their records: of two that come at once the later one counts.
    private let known: Mutex<[String: (version: UInt64, absence: LayananAbsence)]>
    /// Substitutes of substitutes that are followed; a longer chain is a circle, or might as well be.
    private static let chainMax = 5

    private init(_ absences: [String: (version: UInt64, absence: LayananAbsence)]) { known = Mutex(absences) }

    static func load(from ledger: some Ledger) async throws(HubError) -> AbsenceBoard {
        var all: [String: (version: UInt64, absence: LayananAbsence)] = [:]
        for record in try await ledger.records(prefix: recordPrefix) {
            let absence: LayananAbsence = try decoded(record.body, record.key)
            all[absence.officer] = (record.version, absence)
        }
        return AbsenceBoard(all)
    }

    /// Record under which the ledger keeps an officer's absence.
    static func recordKey(_ officer: String) -> String { recordPrefix + officer }
    private static let recordPrefix = "absence/"

    /// Takes what the ledger already keeps, with its record's version.
    func set(_ absence: LayananAbsence, version: UInt64) {
        known.withLock { known in
            guard version > known[absence.officer]?.version ?? 0 else { return }
            known[absence.officer] = (version, absence)
        }
    }

    /// Absences of today or later, by officer.
    func current(on day: CalendarDate) -> [LayananAbsence] {
        let today = day.iso
        return known.withLock { $0.values.map(\.absence).filter { $0.lastDay >= today } }.sorted {
            $0.officer < $1.officer
        }
    }

    /// Who does an officer's work on a day: itself, its substitute, or the substitute's; nil when nobody does.
    func standIn(for officer: String, on day: CalendarDate) -> String? {
        let today = day.iso
        return known.withLock { known in
            var person = officer
            for _ in 0...Self.chainMax {
                guard let absence = known[person]?.absence, absence.firstDay <= today, today <= absence.lastDay,
                    !absence.firstDay.isEmpty
                else {
                    return person
                }
                guard !absence.substitute.isEmpty else { return nil }
                person = absence.substitute
            }
            return nil
        }
    }

    /// The officer and everybody for whom it stands in on a day.
    func represented(by officer: String, on day: CalendarDate) -> [String] {
        let away = current(on: day).map(\.officer).filter { standIn(for: $0, on: day) == officer }
        return [officer] + away.filter { $0 != officer }
    }
}
