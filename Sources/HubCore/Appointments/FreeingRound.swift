// After a calendar or an office has changed: every booking whose place is gone, once, whatever happens meanwhile.

import HubDomain
import HubProto
import Logging

/// Frees what offices do not keep, and tells the people to book anew.
struct FreeingRound: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let completion: StepCompletion
    let follower: RuleFollower
    let clock: any HubClock
    let logger: Logger

    /// How often a case that changes meanwhile is read anew.
    private static let attempts = 5

    /// Cheap when no rule has changed since the last round.
    func run() async throws(HubError) {
        try await follower.once("offices-looked", \.officeRules) { catalogue throws(HubError) in
            let lost = try await SlotConflicts(ledger: ledger, catalogue: catalogue, nowMillis: clock.nowMillis())
                .cases()
            var (freed, stuck) = (0, 0)
            for one in lost {
                do throws(HubError) {
                    if try await free(one, catalogue) { freed += 1 }
                } catch {
                    // Of a service whose module is not here; it stays booked, and is named among the conflicts.
                    guard error.code == .moduleUnavailable else { throw error }
                    stuck += 1
                }
            }
            if stuck > 0 { logger.error("appointments cannot be freed", metadata: ["count": "\(stuck)"]) }
            if freed > 0 { logger.notice("appointments freed by changed rules", metadata: ["count": "\(freed)"]) }
        }
    }

    private func free(_ lost: SlotConflicts.Lost, _ catalogue: ServiceCatalogue) async throws(HubError) -> Bool {
        var before = lost.state
        for _ in 1...Self.attempts {
            guard var step = try AppointmentStep(before, by: HubActor(), catalogue, nowMillis: clock.nowMillis()),
                step.appointment.state == .booked, try await isLost(step, lost)
            else { return false }
            try await step.free(completion.slots)
            if case .committed = try await journal.commit(try await step.commit(completion)) { return true }
            guard let present = try await ledger.caseState(id: [UInt8](lost.state.id)) else { return false }
            before = present
        }
        throw HubError(.versionStale, "a booking changes all the time")
    }

    /// Whoever has another slot meanwhile, or found room because others went, keeps it.
    private func isLost(_ step: AppointmentStep, _ lost: SlotConflicts.Lost) async throws(HubError) -> Bool {
        guard step.appointment.isKept(by: step.catalogue) else { return true }
        guard lost.isBeyond, let found = lost.state.presentAppointment,
            (found.office, found.kind, found.startMs)
                == (step.appointment.office, step.appointment.kind, step.appointment.startMs)
        else { return false }
        return try await completion.slots.isOverfull(step.appointment, step.catalogue)
    }
}

extension ServiceCatalogue {
    /// What says when offices are open, for comparing; empty without offices.
    fileprivate var officeRules: String {
        guard !officeBook.all.isEmpty else { return "" }
        let offices = inForce.values.filter { $0.kind == .offices }.map { "\($0.name)/\($0.version)" }
        let calendars = Set(officeBook.all.map(\.calendar)).compactMap { name in
            self.calendars[name].map { "\(name)/\(state(ofCalendar: $0))" }
        }
        return (offices.sorted() + calendars.sorted()).joined(separator: ",")
    }
}
