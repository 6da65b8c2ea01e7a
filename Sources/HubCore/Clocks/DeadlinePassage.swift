// One passed deadline becomes an event of its case.

import HubDomain
import HubProto
import Logging
import Synchronization

/// Makes deadlines happen whose time has come, for the loop and for whoever is about to act on a case.
struct DeadlinePassage: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let catalogue: ServiceCatalogue
    let clock: any HubClock
    let counters: HubCounters
    let stuck: StuckClocks

    /// How often a case that changed meanwhile is read anew.
    private static let attempts = 3

    /// Makes one deadline happen, if it still runs. One that its definition cannot let pass stays as it is.
    func pass(_ due: DueDeadline) async throws(HubError) {
        for _ in 1...Self.attempts {
            guard let before = try await ledger.caseState(id: due.caseID),
                before.deadlines.contains(where: {
                    $0.name == due.name && $0.state == .running && $0.dueMs == due.dueMillis
                }),
                let commit = commit(passing: due.name, of: before)
            else { return }
            if case .committed = try await journal.commit(commit) {
                counters.deadlinesPassed.add(1, ordering: .relaxed)
                return
            }
        }
        // Whoever changes the case all the time rings the bell each time, or lets it pass itself.
    }

    /// The case after everything that is due for it has passed: an action that comes late does not undo what it missed.
    func settle(_ state: HubCase) async throws(HubError) -> HubCase {
        let now = clock.nowMillis()
        let due = state.deadlines.filter { $0.state == .running && $0.dueMs <= now }.sorted { $0.dueMs < $1.dueMs }
        guard !due.isEmpty else { return state }
        for deadline in due {
            try await pass(DueDeadline(caseID: [UInt8](state.id), name: deadline.name, dueMillis: deadline.dueMs))
        }
        return try await ledger.caseState(id: [UInt8](state.id)) ?? state
    }

    /// nil when the definition is not here or cannot say what follows.
    private func commit(passing name: String, of before: HubCase) -> Commit? {
        do throws(HubError) {
            let definition = try catalogue.definition(of: before)
            let plan = DeadlinePlan(definition: definition, calendars: catalogue.calendars)
            let now = clock.nowMillis()
            var state = try plan.passed(name, of: before, nowMillis: now)
            state.version = before.version + 1
            state.updatedMs = now
            var event = HubEvent(about: state, kind: .deadlinePassed, atMillis: now)
            event.action = name
            event.stageBefore = before.stage
            var commit = Commit(key: nil, atMillis: now)
            commit.cases = [
                CaseWrite(
                    state: state, expectedVersion: before.version,
                    index: indexEntries(of: state.data, definition: definition))
            ]
            commit.events = [event]
            return commit
        } catch {
            stuck.tell(name, of: before, error)
            return nil
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
