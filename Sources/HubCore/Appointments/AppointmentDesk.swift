// Booking, changing and cancelling, by whoever speaks for the case's applicant or by an officer on behalf.

import HubDomain
import HubProto
import SwiftProtobuf

/// Changes of appointments, made anew while others change the same case or take the same places.
struct AppointmentDesk: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let access: CaseAccess
    let deadlines: DeadlinePassage
    let completion: StepCompletion
    let clock: any HubClock

    var counts: SlotCounts { completion.slots }

    /// How often a change is made anew: whoever meets others at a slot sees one place less each time, and a slot has no more
    /// than 60.
    static let attempts = 64

    // MARK: Methods

    /// `layanan.v1.Appointments/Book`
    func book(_ context: CallContext, _ request: LayananBookRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion) { (step) throws(HubError) in
            try authorise(step)
            guard step.appointment.state == .wanted else {
                throw .appointment("an appointment is booked already: change it instead", step.appointment.state)
            }
            guard step.before.appointments.count <= AppointmentPlan.appointmentsMax else {
                throw .appointment(
                    "too many appointments of this case were booked; come without one, or ask the office")
            }
            try checkChanges(step, at: request.office, beyond: 0)
            try await take(request, &step)
            step.action = "book"
        }
    }

    /// `layanan.v1.Appointments/Change`
    func change(_ context: CallContext, _ request: LayananBookRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion) { (step) throws(HubError) in
            try authorise(step)
            try checkTime(step)
            guard step.appointment.startMs != request.startMs || step.appointment.office != request.office else {
                throw .appointment("this is the place that is booked")
            }
            try checkChanges(step, at: step.appointment.office, beyond: 1)
            step.records = try await counts.releasing([step.appointment], step.catalogue)
            try await take(request, &step)
            if !works(step) { step.state.appointments[step.index].countChange() }
            step.action = "change"
        }
    }

    /// `layanan.v1.Appointments/Cancel`
    func cancel(
        _ context: CallContext, _ request: LayananCancelAppointmentRequest
    ) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion) { (step) throws(HubError) in
            try authorise(step)
            try checkTime(step)
            step.records = try await counts.releasing([step.appointment], step.catalogue)
            step.state.appointments[step.index].end(.cancelled, nowMillis: step.nowMillis)
            if !works(step) { step.state.appointments[step.index].countChange() }
            step.plan.want(&step.state)
            step.action = "cancel"
        }
    }

    // MARK: What must hold

    private func works(_ step: AppointmentStep) -> Bool { access.works(step.actor, on: step.before) }

    private func authorise(_ step: AppointmentStep) throws(HubError) {
        let policy = access.policy
        guard
            policy.mayRepresent(step.before.applicant, step.actor, department: step.before.department) || works(step)
        else {
            throw HubError(.permissionDenied, "appointments are their applicant's, and the office's on behalf")
        }
    }

    /// Applicants change in time; an officer until the appointment has ended.
    private func checkTime(_ step: AppointmentStep) throws(HubError) {
        guard step.appointment.state == .booked else {
            throw .appointment("nothing is booked that could be changed", step.appointment.state)
        }
        guard !works(step) else { return }
        let place = AppointmentPlace(step.appointment.office, step.appointment.kind, step.catalogue)
        let closes = step.appointment.startMs - Int64(place?.kind.changeMinutes ?? 0) * 60_000
        guard step.nowMillis < closes else {
            throw .appointment("it is too late to change or cancel: ask the office", step.appointment.state)
        }
    }

    /// Who books and cancels again and again keeps places from others.
    ///
    /// - Parameters:
    ///   - office: Whose limit holds: where it is booked, or is to be.
    ///   - more: Changes that this one would add.
    private func checkChanges(_ step: AppointmentStep, at office: String, beyond more: UInt32) throws(HubError) {
        // An office that is not there has no slots, either.
        guard !works(step), let kind = step.catalogue.office(office)?.kind(step.rule.kind) else { return }
        let made = step.before.appointments.filter { $0.stage == step.before.stage }.reduce(0) { $0 + $1.changes }
        guard made + more <= kind.changesMax else {
            throw .appointment("this appointment was changed too often: ask the office", step.appointment.state)
        }
    }

    /// Takes the place that is asked for.
    private func take(_ request: LayananBookRequest, _ step: inout AppointmentStep) async throws(HubError) {
        guard step.catalogue.offices(for: step.rule, step.before).contains(where: { $0.code == request.office }),
            let place = AppointmentPlace(request.office, step.rule.kind, step.catalogue),
            let slot = place.bookable(request.startMs, nowMillis: step.nowMillis)
        else { throw HubError(.slotUnknown, "no such slot can be booked for this case") }
        step.records.append(try await counts.taking(slot, at: place))
        step.state.appointments[step.index].book(slot, at: place, nowMillis: step.nowMillis)
    }

    // MARK: The change itself

    /// - Parameter body: Says what becomes of the open appointment.
    func change(
        _ context: CallContext, _ name: String, _ expectedVersion: UInt64,
        _ body: (inout AppointmentStep) async throws(HubError) -> Void
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        for _ in 1...Self.attempts {
            let found = try await CaseReads(ledger: ledger, access: access).find(name, context.actor)
            let before = try await settle(try await deadlines.settle(found))
            guard expectedVersion == 0 || expectedVersion == before.version else {
                throw CaseCommands.stale(present: before.version)
            }
            let outcome = try await rulebook.use { catalogue throws(HubError) in
                guard
                    var step = try AppointmentStep(
                        before, by: context.actor, catalogue, nowMillis: clock.nowMillis())
                else { throw .appointment("the case waits for no appointment") }
                try await body(&step)
                return try await remember(&step, context)
            }
            if let answer = try outcome.callAnswer() { return answer }
            if case .conflict(let key, let present) = outcome, expectedVersion != 0, !StepCompletion.isShared(key) {
                throw CaseCommands.stale(present: present)
            }
        }
        throw CaseCommands.stale(present: 0)
    }

    private func remember(_ step: inout AppointmentStep, _ context: CallContext) async throws(HubError) -> CommitOutcome
    {
        var commit = try await step.commit(completion, key: context.commitKey)
        commit.answer = try LayananCaseReply.with { $0.case = access.view(of: step.state, for: context.actor) }
            .ledgerBytes()
        return try await journal.commit(commit)
    }

    /// The case after its appointment's time is over, if it is: who comes too late does not undo that it was missed.
    func settle(_ state: HubCase) async throws(HubError) -> HubCase {
        guard let timer = state.openAppointment.flatMap({ state.appointments[$0].timer }),
            timer.dueMillis <= clock.nowMillis()
        else { return state }
        try await deadlines.pass(
            DueDeadline(caseID: [UInt8](state.id), name: timer.name, dueMillis: timer.dueMillis))
        return try await ledger.caseState(id: [UInt8](state.id)) ?? state
    }
}

extension AppointmentPlace {
    /// The slot that begins then, if it can be booked now.
    func bookable(_ startMillis: Int64, nowMillis: Int64) -> Slot? {
        guard startMillis > nowMillis, grid.day(of: startMillis) <= lastDay(nowMillis) else { return nil }
        return grid.slot(of: kind, at: startMillis)
    }

    /// The last day for which one may book.
    func lastDay(_ nowMillis: Int64) -> CalendarDate { grid.day(of: nowMillis).adding(days: Int(kind.daysAhead)) }
}
