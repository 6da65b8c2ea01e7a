// One passed deadline becomes an event of its case.

import HubDomain
import HubProto
import Logging
import Synchronization

/// Makes deadlines happen whose time has come, for the loop and for whoever is about to act on a case.
struct DeadlinePassage: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let absences: AbsenceBoard
    let completion: StepCompletion
    let clock: any HubClock
    let counters: HubCounters
    let stuck: StuckClocks

    /// How often a case that changed meanwhile is read anew.
    private static let attempts = 3

    /// Makes one deadline happen, if it still runs. One that its definition cannot let pass stays as it is; one that the
    /// present calendar counts otherwise moves instead.
    func pass(_ due: DueDeadline) async throws(HubError) {
        try await rulebook.use { catalogue throws(HubError) in try await pass(due, catalogue) }
    }

    private func pass(_ due: DueDeadline, _ catalogue: ServiceCatalogue) async throws(HubError) {
        for _ in 1...Self.attempts {
            guard let before = try await ledger.caseState(id: due.caseID),
                before.timers.contains(DueTimer(name: due.name, dueMillis: due.dueMillis))
            else { return }
            let isErrand = Errands.has(due.name)
            if !isErrand, try await recount(before, catalogue) { continue }
            guard let commit = try await commit(due.name, of: before, catalogue) else { return }
            switch try await journal.commit(commit) {
            case .committed:
                if !isErrand { counters.deadlinesPassed.add(1, ordering: .relaxed) }
                return
            case .conflict(let key, let present) where !key.hasPrefix("case/") && !StepCompletion.isShared(key):
                let error = HubError(.internalFault, "record \(key) has version \(present) already")
                stuck.tell(due.name, of: before, error)
            case .conflict, .replayed, .keyReused: break
            }
        }
        // Whoever changes the case all the time rings the bell each time, or lets it pass itself.
    }

    /// The case after everything that is due for it has passed: an action that comes late does not undo what it missed.
    func settle(_ state: HubCase) async throws(HubError) -> HubCase {
        let now = clock.nowMillis()
        var state = state
        var tried: Set<DueDeadline> = []
        // What passes or moves may leave another deadline due; one that cannot pass does not hold up the others.
        while let due = state.deadlines.filter({ $0.state == .running && $0.dueMs <= now })
            .map({ DueDeadline(caseID: [UInt8](state.id), name: $0.name, dueMillis: $0.dueMs) })
            .filter({ !tried.contains($0) }).min(by: { $0.dueMillis < $1.dueMillis })
        {
            tried.insert(due)
            try await pass(due)
            state = try await ledger.caseState(id: [UInt8](state.id)) ?? state
        }
        return state
    }

    /// Moves those deadlines of a case that its calendars count otherwise now; false when there is nothing to move or it
    /// cannot be counted.
    func recount(_ state: HubCase, _ catalogue: ServiceCatalogue) async throws(HubError) -> Bool {
        var before = state
        for _ in 1...Self.attempts {
            guard let commit = commit(recounting: before, catalogue) else { return false }
            if case .committed = try await journal.commit(commit) { return true }
            guard let present = try await ledger.caseState(id: [UInt8](state.id)), !present.ended else { return false }
            before = present
        }
        return false
    }

    private func commit(recounting before: HubCase, _ catalogue: ServiceCatalogue) -> Commit? {
        do throws(HubError) {
            let now = clock.nowMillis()
            let recount = DeadlineRecount(calendars: catalogue.calendars, nowMillis: now)
            guard let (recounted, moves) = try recount.recounted(before) else { return nil }
            var state = recounted
            state.follow(before, now)
            return Commit(state, after: before, .recounted, try catalogue.definition(of: before)) { $0.moved = moves }
        } catch {
            stuck.tell("recount", of: before, error)
            return nil
        }
    }

    /// nil when the definition is not here or cannot say what follows.
    ///
    /// - Throws: When the ledger fails.
    private func commit(
        _ name: String, of before: HubCase, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> Commit? {
        do throws(HubError) {
            return Errands.has(name)
                ? try await Errands(completion: completion)
                    .commit(name, of: before, catalogue, nowMillis: clock.nowMillis())
                : try await commit(passing: name, of: before, catalogue)
        } catch let error where error.code != .ledgerFailed {
            stuck.tell(name, of: before, error)
            return nil
        }
    }

    private func commit(
        passing name: String, of before: HubCase, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> Commit {
        let definition = try catalogue.definition(of: before)
        let plan = DeadlinePlan(definition: definition, calendars: catalogue.calendars)
        let now = clock.nowMillis()
        var state = try plan.passed(name, of: before, nowMillis: now)
        let records = try await completion.complete(
            &state, after: before, by: nil, definition, catalogue, nowMillis: now)
        if state.escalation != before.escalation {
            state.asked = catalogue.chart?.asked(state, absences, on: catalogue.today(now)) ?? ""
        }
        state.follow(before, now)
        return Commit(state, after: before, .deadlinePassed, definition, records: records) {
            ($0.action, $0.changed) = (name, state.stage == before.stage ? [] : definition.clock(name)?.sets ?? [])
        }
    }
}

/// Clocks that could not pass: each is told to the operator once, whatever number of cases has it.
final class StuckClocks: Sendable {
    private struct Clock: Hashable {
        var service: String
        var version: String
        var name: String
    }
    private let told = Mutex<Set<Clock>>([])
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func tell(_ name: String, of state: HubCase, _ error: HubError) {
        let clock = Clock(service: state.service, version: state.definitionVersion, name: name)
        guard told.withLock({ $0.insert(clock).inserted }) else { return }
        logger.error(
            "deadlines wait: they are due and cannot pass",
            metadata: [
                "service": "\(clock.service)", "version": "\(clock.version)", "deadline": "\(clock.name)",
                "error": "\(error)",
            ])
    }
}
