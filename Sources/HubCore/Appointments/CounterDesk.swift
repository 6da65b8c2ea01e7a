// The counter: who is there, whose turn it is, who was served.

import HubDomain
import HubProto
import SwiftProtobuf

/// What officers at counters do with appointments.
struct CounterDesk: Sendable {
    let desk: AppointmentDesk
    let intake: DocumentIntake

    private var access: CaseAccess { desk.access }
    private var counts: SlotCounts { desk.counts }

    /// Cases looked at before a counter is told that nobody waits: others may be faster at each.
    private static let candidates = 16
    private static let countersMax: UInt32 = 99

    // MARK: Check-in

    /// `layanan.v1.Appointments/CheckIn`
    func checkIn(_ context: CallContext, _ request: LayananCheckInRequest) async throws(HubError) -> CallAnswer {
        try await desk.change(context, request.case, request.expectedVersion) { (step) throws(HubError) in
            try authorise(context.actor, on: step.before)
            guard let place = AppointmentPlace(request.office, step.rule.kind, step.catalogue),
                access.servesAt(request.office, context.actor)
            else { throw HubError(.slotUnknown, "the caller has no such office, or it does not offer this") }
            let day = place.grid.day(of: step.nowMillis)
            switch step.appointment.state {
            case .booked:
                guard step.appointment.office == request.office, place.grid.day(of: step.appointment.startMs) == day
                else { throw .appointment("the appointment is for another office or day", .booked) }
            case .wanted:
                guard step.rule.walkIn else { throw .appointment("nobody comes here without an appointment", .wanted) }
                guard place.grid.isOpen(at: step.nowMillis) else { throw .appointment("the office is closed", .wanted) }
                guard step.catalogue.offices(for: step.rule, step.before).contains(where: { $0.code == request.office })
                else { throw HubError(.slotUnknown, "another office is this case's") }
            default: throw .appointment("this person has a number already", step.appointment.state)
            }
            let isWalkIn = step.appointment.state == .wanted
            let (number, record) = try await counts.numbering(
                at: place, on: day,
                walkInsMax: isWalkIn ? place.grid.walkInsMax(of: place.kind, on: day) : nil)
            step.records = [record]
            step.state.appointments[step.index].checkIn(number, at: place, nowMillis: step.nowMillis)
            (step.kind, step.action) = (.attended, "check_in")
        }
    }

    // MARK: Calling

    /// `layanan.v1.Appointments/CallNext`. For whoever was called and is not there `NoShow` is the end; calling goes on with
    /// the next.
    func callNext(_ context: CallContext, _ request: LayananCallNextRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await desk.ledger.storedAnswer(to: context) { return stored }
        guard (1...Self.countersMax).contains(request.counter) else {
            throw HubError(
                .formInvalid, "call",
                violations: [
                    Violation(
                        "counter", "range", id: "Isi nomor loket 1 sampai 99.", en: "Give a counter from 1 to 99.")
                ])
        }
        let catalogue = desk.rulebook.catalogue
        guard let office = catalogue.office(request.office), access.servesAt(request.office, context.actor),
            request.kind.isEmpty || office.kind(request.kind) != nil
        else { throw HubError(.slotUnknown, "the caller has no such office, or it does not offer this") }
        for _ in 1...AppointmentDesk.attempts {
            let now = desk.clock.nowMillis()
            guard let next = try await next(at: office, request.kind, context.actor, catalogue, now) else {
                return try await nobody(context, now)
            }
            guard var step = try AppointmentStep(next, by: context.actor, catalogue, nowMillis: now) else { continue }
            step.state.appointments[step.index].call(
                to: request.counter, by: context.actor.principal, nowMillis: now)
            (step.kind, step.action) = (.attended, "call")
            var commit = try await step.commit(desk.completion, key: context.commitKey)
            commit.answer = try LayananCallNextReply.with {
                $0.case = access.view(of: step.state, for: context.actor)
            }.ledgerBytes()
            if let answer = try await desk.journal.commit(commit).callAnswer() { return answer }
        }
        throw CaseCommands.stale(present: 0)
    }

    /// The first in line of all the office's queues, or of one.
    private func next(
        at office: HubOffice, _ kind: String, _ actor: HubActor, _ catalogue: ServiceCatalogue, _ nowMillis: Int64
    ) async throws(HubError) -> HubCase? {
        let day = catalogue.today(nowMillis).iso
        var first: (turn: Int64, state: HubCase)?
        for offered in office.kinds.map(\.name) where kind.isEmpty || kind == offered {
            let place = WaitingPlace.queue(office: office.code, kind: offered, day: day)
            for state in try await desk.ledger.waiting(place, limit: Self.candidates)
            where access.works(actor, on: state) {
                let turn = state.openAppointment.map { state.appointments[$0].turnMs } ?? .max
                if first.map({ turn < $0.turn }) ?? true { first = (turn, state) }
                break
            }
        }
        return first?.state
    }

    private func nobody(_ context: CallContext, _ nowMillis: Int64) async throws(HubError) -> CallAnswer {
        var commit = Commit(key: context.commitKey, atMillis: nowMillis)
        commit.answer = try LayananCallNextReply().ledgerBytes()
        guard let answer = try await desk.journal.commit(commit).callAnswer() else {
            throw HubError(.internalFault, "a commit that expects nothing cannot conflict")
        }
        return answer
    }

    // MARK: The end

    /// `layanan.v1.Appointments/Serve`
    func serve(_ context: CallContext, _ request: LayananServeRequest) async throws(HubError) -> CallAnswer {
        try await desk.change(context, request.case, request.expectedVersion) { (step) throws(HubError) in
            try authorise(context.actor, on: step.before)
            guard [.checkedIn, .called].contains(step.appointment.state) else {
                throw .appointment("check the person in first", step.appointment.state)
            }
            try requireOffice(step)
            try await identify(request, &step)
            step.changed = try step.plan.serve(step.index, step.rule, &step.state)
            step.state.appointments[step.index].by = context.actor.principal
            (step.kind, step.action, step.goesOn) = (.attended, "serve", true)
        }
    }

    private func identify(_ request: LayananServeRequest, _ step: inout AppointmentStep) async throws(HubError) {
        guard step.rule.hasIdentity else { return }
        let letters =
            step.rule.identity.letter.isEmpty ? [] : [request.letter].filter { request.hasLetter && $0 != .init() }
        let usable = try await intake.usable(letters, by: step.actor)
        var request = request
        if let letter = usable.documents.first { request.letter = letter }
        let counter = IdentityAtCounter(rule: step.rule.identity, definition: step.definition, request: request)
        let (check, documents) = try counter.check(step.before, stored: usable.facts)
        step.state.appointments[step.index].identity = check
        step.state.documents = documents
        step.documents = usable.documents
    }

    /// `layanan.v1.Appointments/NoShow`
    func noShow(_ context: CallContext, _ request: LayananNoShowRequest) async throws(HubError) -> CallAnswer {
        try await desk.change(context, request.case, request.expectedVersion) { (step) throws(HubError) in
            try authorise(context.actor, on: step.before)
            switch step.appointment.state {
            case .checkedIn, .called: try requireOffice(step)
            // Whoever is late has until the end of the grace, and then has missed it without a word of anybody.
            case .booked: throw .appointment("the person may still come until the grace is over", .booked)
            default: throw .appointment("nobody is expected now", step.appointment.state)
            }
            try step.miss()
        }
    }

    private func requireOffice(_ step: AppointmentStep) throws(HubError) {
        guard access.servesAt(step.appointment.office, step.actor) else {
            throw HubError(.permissionDenied, "people are served where they wait")
        }
    }

    private func authorise(_ actor: HubActor, on state: HubCase) throws(HubError) {
        guard access.works(actor, on: state) else {
            throw HubError(.permissionDenied, "counters are the case's department's")
        }
    }
}

extension CaseAccess {
    /// The actor works in the department whose office it is.
    func servesAt(_ office: String, _ actor: HubActor) -> Bool {
        guard !policy.applicants.contains(actor.role),
            let department = rulebook.catalogue.department(ofOffice: office)
        else { return false }
        return policy.works(actor, in: department)
    }
}
