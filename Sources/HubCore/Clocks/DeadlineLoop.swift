// Makes passed deadlines happen: rows in the ledger, not timers in a process.

package import HubDomain
import HubProto
import Logging

/// One loop for all clocks of all cases. A deadline that passed while the hub was down passes when it is up again.
package struct DeadlineLoop: Sendable {
    let ledger: any Ledger
    let passage: DeadlinePassage
    /// Lets open cases follow a calendar that changed, before anything passes by it.
    let recount: RecountRound
    /// Frees bookings of slots that are gone.
    let freeing: FreeingRound
    let asking: AskingRound
    let clock: any HubClock
    let bell: DeadlineBell
    let logger: Logger

    /// Longest sleep in milliseconds, in case the machine's time of day jumps; also how often stuck deadlines are tried.
    static let sleepMillisMax: Int64 = 30_000
    /// Sleep in milliseconds after the ledger failed.
    static let failureMillis: Int64 = 1_000
    /// Deadlines read at once.
    private static let batch = 200

    /// Runs until its task is cancelled. A ledger that fails is asked again.
    ///
    /// - Parameter sleep: Waits for so many milliseconds; passed in, as all time is.
    package func run(sleep: @escaping @Sendable (Int64) async -> Void) async {
        var rings = bell.stream.makeAsyncIterator()
        while !Task.isCancelled {
            let wait = await round()
            let alarm = Task { [bell] in
                await sleep(wait)
                // Only an alarm that went off rings; one that was put away would wake the loop for nothing, for ever.
                if !Task.isCancelled { bell.ring() }
            }
            let ring: Void? = await rings.next()
            alarm.cancel()
            guard ring != nil else { return }
        }
    }

    /// Lets pass what is due. Returns how many milliseconds to sleep.
    private func round() async -> Int64 {
        let before = passage.counters.deadlinesPassed.load(ordering: .relaxed)
        do throws(HubError) {
            // Until the next sleep is known every commit with a deadline rings, so that none falls between.
            bell.sleeping(until: .max)
            try await fire()
            let passed = passage.counters.deadlinesPassed.load(ordering: .relaxed) - before
            if passed > 0 { logger.info("deadlines passed", metadata: ["count": "\(passed)"]) }
            let now = clock.nowMillis()
            let next = try await ledger.nextDueMillis(after: now) ?? .max
            bell.sleeping(until: next)
            return min(max(next.subtractingReportingOverflow(now).partialValue, 1), Self.sleepMillisMax)
        } catch {
            if !Task.isCancelled {
                logger.error("deadlines cannot pass now; trying again", metadata: ["error": "\(error)"])
            }
            return Self.failureMillis
        }
    }

    /// Makes every deadline happen that is due now. One that cannot pass does not hold up those behind it.
    func fire() async throws(HubError) {
        var last: DueDeadline?
        var failure: HubError?
        // What cannot be counted anew now does not keep the rest from passing; each looks at its calendar itself.
        do throws(HubError) { try await recount.run() } catch { failure = error }
        do throws(HubError) { try await freeing.run() } catch { failure = failure ?? error }
        do throws(HubError) { try await asking.run() } catch { failure = failure ?? error }
        while !Task.isCancelled {
            let due = try await ledger.dueDeadlines(nowMillis: clock.nowMillis(), after: last, limit: Self.batch)
            for deadline in due {
                do throws(HubError) { try await passage.pass(deadline) } catch { failure = failure ?? error }
            }
            last = due.last
            guard due.count == Self.batch else { break }
        }
        if let failure { throw failure }
    }

    /// Moves a manual clock on, stopping at each deadline on the way, so that everything happens at its time. Returns how
    /// many passed, whether here or in the loop that runs beside it.
    package func advance(_ manual: ManualClock, byMillis: Int64) async throws(HubError) -> UInt32 {
        let target = manual.nowMillis() + byMillis
        let before = passage.counters.deadlinesPassed.load(ordering: .relaxed)
        while let due = try await ledger.nextDueMillis(after: manual.nowMillis()), due <= target {
            manual.advance(toMillis: due)
            try await fire()
        }
        manual.advance(toMillis: target)
        try await fire()
        return UInt32(clamping: passage.counters.deadlinesPassed.load(ordering: .relaxed) - before)
    }
}
