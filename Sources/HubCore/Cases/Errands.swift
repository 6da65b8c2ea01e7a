// What the hub still has to do for a case by itself: papers that wait for their signature, bills that are covered,
// inquiries that nobody answers, appointments that nobody keeps, what other cases shall know, what shall be known no more.

import HubDomain
import HubProto

/// Does what a timer of a case stands for that is no deadline.
struct Errands: Sendable {
    let completion: StepCompletion

    private var settlement: BillSettlement { BillSettlement(completion: completion) }

    /// Milliseconds until a bill is tried again that cannot be settled yet.
    private static let retryMillis: Int64 = 600_000

    /// The timer is one of these.
    static func has(_ timer: String) -> Bool {
        timer.hasPrefix(PaperOffice.timerPrefix) || timer.hasPrefix(HubBill.timerPrefix)
            || timer.hasPrefix(HubInquiry.timerPrefix) || timer.hasPrefix(FlagPlan.timerPrefix)
            || timer.hasPrefix(HubAppointment.timerPrefix) || timer == RetentionPlan.timerName
    }

    /// What is to be remembered; nil = there is nothing to do.
    ///
    /// - Throws: What stands in its way; a paper or bill that can wait throws nothing.
    func commit(
        _ timer: String, of before: HubCase, _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> Commit? {
        if timer.hasPrefix(FlagPlan.timerPrefix) {
            return try await completion.flags.commit(timer, of: before, catalogue, nowMillis: nowMillis)
        }
        if timer == RetentionPlan.timerName { return try await forgetting(before, catalogue, nowMillis) }
        if timer.hasPrefix(HubInquiry.timerPrefix) { return try waking(timer, before, catalogue, nowMillis) }
        if timer.hasPrefix(HubAppointment.timerPrefix) { return try await lapsing(before, catalogue, nowMillis) }
        return timer.hasPrefix(PaperOffice.timerPrefix)
            ? try await issuing(before, catalogue, nowMillis) : try await settling(timer, before, catalogue, nowMillis)
    }

    private func forgetting(
        _ before: HubCase, _ catalogue: ServiceCatalogue, _ nowMillis: Int64
    ) async throws(HubError) -> Commit? {
        let plan = RetentionPlan(definition: try catalogue.definition(of: before), nowMillis: nowMillis)
        guard var commit = plan.commit(of: before) else { return nil }
        commit.records += try await FollowBook(ledger: completion.registers.ledger).forgetting([UInt8](before.id))
        return commit
    }

    private func issuing(
        _ before: HubCase, _ catalogue: ServiceCatalogue, _ nowMillis: Int64
    ) async throws(HubError) -> Commit {
        let definition = try catalogue.definition(of: before)
        var state = before
        try await completion.papers.issue(&state, definition, catalogue, nowMillis: nowMillis)
        state.follow(before, nowMillis)
        return Commit(state, after: before, .paper, definition) { event in
            event.action = event.papers.first?.number ?? ""
        }
    }

    private func waking(
        _ timer: String, _ before: HubCase, _ catalogue: ServiceCatalogue, _ nowMillis: Int64
    ) throws(HubError) -> Commit? {
        let definition = try catalogue.definition(of: before)
        guard let index = before.inquiries.firstIndex(where: { $0.timer?.name == timer }),
            let rule = definition.inquiry(in: before.inquiries[index].stage)
        else { return nil }
        var state = before
        state.inquiries[index].wake(rule, nowMillis: nowMillis)
        guard state.inquiries[index] != before.inquiries[index] else { return nil }
        state.follow(before, nowMillis)
        return Commit(state, after: before, .inquired, definition) { $0.action = rule.name }
    }

    /// Whoever booked was not there in time; or the day ended before a number's turn, which is the office's fault.
    private func lapsing(
        _ before: HubCase, _ catalogue: ServiceCatalogue, _ nowMillis: Int64
    ) async throws(HubError) -> Commit? {
        guard var step = try AppointmentStep(before, by: HubActor(), catalogue, nowMillis: nowMillis) else {
            return nil
        }
        if step.appointment.state == .booked { try step.miss() } else { try await step.free(completion.slots) }
        return try await step.commit(completion)
    }

    private func settling(
        _ timer: String, _ before: HubCase, _ catalogue: ServiceCatalogue, _ nowMillis: Int64
    ) async throws(HubError) -> Commit? {
        guard let index = before.bills.firstIndex(where: { $0.timer?.name == timer }),
            let treasury = catalogue.treasury
        else { return nil }
        var account = BillAccount(
            before.bills[index], treasury, utcOffsetMinutes: catalogue.utcOffsetMinutes, nowMillis: nowMillis)
        _ = account.settle(.bank)
        do throws(HubError) {
            return try await settlement.commit(account, bill: index, of: before, catalogue).commit
        } catch let error where error.code != .ledgerFailed {
            var state = before
            state.bills[index].retryMs = nowMillis.addingReportingOverflow(Self.retryMillis).partialValue
            state.follow(before, nowMillis)
            return Commit(state, after: before, .paid, try catalogue.definition(of: before)) { event in
                event.action = state.bills[index].number
            }
        }
    }
}
