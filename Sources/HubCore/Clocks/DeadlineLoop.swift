// Makes passed deadlines happen: rows in the ledger, not timers in a process.

package import HubDomain
import HubProto
import Logging

/// One loop for all clocks of all cases. A deadline that passed while the hub was down passes when it is up again.
package struct DeadlineLoop: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let catalogue: ServiceCatalogue
    let clock: any HubClock
    let bell: DeadlineBell
    let logger: Logger

    /// Longest sleep in milliseconds, in case the machine's time of day jumps.
    static let sleepMillisMax: Int64 = 30_000
    /// Deadlines read at once.
    private static let batch = 200

    /// Runs until its task is cancelled.
    ///
    /// - Parameter sleep: Waits for so many milliseconds; passed in, as all time is.
    package func run(sleep: @escaping @Sendable (Int64) async -> Void) async throws(HubError) {
        var rings = bell.stream.makeAsyncIterator()
        while !Task.isCancelled {
            let passed = try await fire()
            if passed > 0 { logger.info("deadlines passed", metadata: ["count": "\(passed)"]) }
            let due = try await ledger.nextDueMillis()
            bell.sleeping(until: due ?? .max)
            let wait = min(max((due ?? .max) &- clock.nowMillis(), 1), Self.sleepMillisMax)
            let alarm = Task {
                await sleep(wait)
                bell.ring()
            }
            defer { alarm.cancel() }
            guard await rings.next() != nil else { return }
        }
    }

    /// Makes every deadline happen that is due now. Returns how many passed.
    @discardableResult
    func fire() async throws(HubError) -> UInt32 {
        var passed: UInt32 = 0
        while true {
            let due = try await ledger.dueDeadlines(nowMillis: clock.nowMillis(), limit: Self.batch)
            var progress = false
            for deadline in due where try await pass(deadline) {
                passed += 1
                progress = true
            }
            // Without progress the rest belongs to cases whose definition is not here; they wait for their module.
            guard progress, due.count == Self.batch else { return passed }
        }
    }

    /// Moves a manual clock on, stopping at each deadline on the way, so that everything happens at its time.
    package func advance(_ manual: ManualClock, byMillis: Int64) async throws(HubError) -> UInt32 {
        let target = manual.nowMillis() + byMillis
        var passed: UInt32 = 0
        while let due = try await ledger.nextDueMillis(), due <= target {
            manual.advance(toMillis: due)
            let now = try await fire()
            passed += now
            if now == 0 { break }
        }
        manual.advance(toMillis: target)
        return passed + (try await fire())
    }

    /// Makes one deadline happen; false when the case changed meanwhile or its definition is not known here.
    private func pass(_ due: DueDeadline) async throws(HubError) -> Bool {
        guard let before = try await ledger.caseState(id: due.caseID),
            before.deadlines.contains(where: { $0.name == due.name && $0.state == .running && $0.dueMs == due.dueMillis }),
            let definition = try? catalogue.definition(of: before)
        else { return false }
        let plan = DeadlinePlan(definition: definition, calendars: catalogue.calendars)
        let now = clock.nowMillis()
        var state: HubCase
        do { state = try plan.passed(due.name, of: before, nowMillis: now) } catch {
            logger.error(
                "a passed deadline cannot be applied",
                metadata: ["service": "\(before.service)", "deadline": "\(due.name)", "error": "\(error)"])
            return false
        }
        state.version = before.version + 1
        state.updatedMs = now
        var event = HubEvent(about: state, kind: .deadlinePassed, atMillis: now)
        event.action = due.name
        event.stageBefore = before.stage
        var commit = Commit(key: nil, atMillis: now)
        commit.cases = [
            CaseWrite(
                state: state, expectedVersion: before.version,
                index: indexEntries(of: state.data, definition: definition))
        ]
        commit.events = [event]
        guard case .committed = try await journal.commit(commit) else { return false }
        return true
    }
}
