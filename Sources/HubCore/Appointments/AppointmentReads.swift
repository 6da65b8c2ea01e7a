// What everybody may know of offices, slots and queues; and what offices do not keep.

import HubDomain
import HubProto

/// The reads of `layanan.v1.Appointments`.
struct AppointmentReads: Sendable {
    let ledger: any Ledger
    let rulebook: Rulebook
    let access: CaseAccess
    let clock: any HubClock

    private var counts: SlotCounts { SlotCounts(ledger: ledger) }

    private static let days: (standard: Int, max: Int) = (7, 31)
    /// Numbers that a display is told, and conflicts that are told.
    private static let waitingMax = 50
    private static let conflictsMax = 200

    // MARK: Offices and slots

    /// `layanan.v1.Appointments/Offices`
    func offices(_ context: CallContext, _ request: LayananOfficesRequest) async throws(HubError) -> LayananOfficesReply
    {
        let catalogue = rulebook.catalogue
        var offices = catalogue.officeBook.all
        if !request.case.isEmpty {
            let state = try await CaseReads(ledger: ledger, access: access).find(request.case, context.actor)
            let rule = try catalogue.definition(of: state).booking(in: state.stage)
            offices = rule.map { catalogue.offices(for: $0, state) } ?? []
        }
        return .with {
            $0.offices = offices.filter { request.kind.isEmpty || $0.kind(request.kind) != nil }
        }
    }

    /// `layanan.v1.Appointments/Slots`
    func slots(_ context: CallContext, _ request: LayananSlotsRequest) async throws(HubError) -> LayananSlotsReply {
        let now = clock.nowMillis()
        let catalogue = rulebook.catalogue
        guard let place = AppointmentPlace(request.office, request.kind, catalogue) else {
            throw HubError(.slotUnknown, "no such office, or it does not offer this")
        }
        let today = catalogue.today(now)
        guard let first = request.firstDay.isEmpty ? today : CalendarDate(iso: request.firstDay) else {
            throw HubError(
                .formInvalid, "slots",
                violations: [
                    Violation(
                        "first_day", "date", id: "Isi tanggal yang ada dengan bentuk TTTT-BB-HH.",
                        en: "Give a date that exists, as YYYY-MM-DD.")
                ])
        }
        let days = request.days == 0 ? Self.days.standard : min(Int(clamping: request.days), Self.days.max)
        let last = min(first.adding(days: days - 1), place.lastDay(now))
        var reply = LayananSlotsReply()
        var day = max(first, today)
        while day <= last {
            let slots = place.grid.slots(of: place.kind, on: day).filter { $0.startMillis > now }
            if !slots.isEmpty {
                let booked = try await counts.booked(request.office, request.kind, on: day)
                reply.slots += slots.map { slot in
                    let time = SlotCounts.time(of: slot.startMillis, catalogue.utcOffsetMinutes)
                    let places = place.kind.places
                    return .with {
                        ($0.startMs, $0.endMs, $0.places) = (slot.startMillis, slot.endMillis, places)
                        $0.free = places - min(places, booked[time] ?? 0)
                    }
                }
            }
            day = day.adding(days: 1)
        }
        return reply
    }

    // MARK: Queues

    /// `layanan.v1.Appointments/Queue`
    func queue(
        _ context: CallContext, _ request: LayananOfficeQueueRequest
    ) async throws(HubError) -> LayananOfficeQueueReply {
        let catalogue = rulebook.catalogue
        guard let office = catalogue.office(request.office) else {
            throw HubError(.slotUnknown, "no such office")
        }
        let today = catalogue.today(clock.nowMillis())
        var reply = LayananOfficeQueueReply.with { $0.day = today.iso }
        for kind in office.kinds.map(\.name) {
            let place = WaitingPlace.queue(office: office.code, kind: kind, day: today.iso)
            let waiting = try await ledger.waiting(place, limit: Self.waitingMax)
            let called = try await ledger.waiting(
                .calledFrom(office: office.code, kind: kind, day: today.iso), limit: Self.waitingMax)
            let queue = LayananKindQueue.with {
                $0.kind = kind
                $0.waiting = waiting.compactMap(\.presentAppointment?.queueNumber)
                $0.called = called.compactMap(\.presentAppointment).reversed().map { appointment in
                    .with {
                        ($0.number, $0.counter) = (appointment.queueNumber, appointment.counter)
                        $0.calledMs = appointment.calledMs
                    }
                }
            }
            var whole = queue
            whole.given = try await counts.given(office.code, kind, on: today)
            whole.waitingCount = try await ledger.waitingCount(place)
            reply.queues.append(whole)
        }
        return reply
    }

    // MARK: Conflicts

    /// `layanan.v1.Appointments/Conflicts`
    func conflicts(
        _ context: CallContext, _ request: LayananConflictsRequest
    ) async throws(HubError) -> LayananConflictsReply {
        guard !access.policy.applicants.contains(context.actor.role) else {
            throw HubError(.permissionDenied, "conflicts are the offices' own")
        }
        let catalogue = rulebook.catalogue
        let now = clock.nowMillis()
        let lost = try await SlotConflicts(ledger: ledger, catalogue: catalogue, nowMillis: now).cases()
        var found: [HubCase] = lost.map(\.state)
        for office in catalogue.officeBook.all.map(\.code) {
            found += try await ledger.waiting(.freed(from: office), limit: Self.conflictsMax)
        }
        var seen: Set<[UInt8]> = []
        let conflicts = found.filter { seen.insert([UInt8]($0.id)).inserted && access.works(context.actor, on: $0) }
            .compactMap { state -> LayananConflict? in
                let told = state.appointments.last { [.booked, .freed].contains($0.state) }
                guard let told, request.office.isEmpty || told.office == request.office else { return nil }
                return .with { ($0.case, $0.appointment) = (state.number, told) }
            }
        return .with {
            $0.conflicts = Array(
                conflicts.sorted {
                    ($0.appointment.office, $0.appointment.startMs, $0.case)
                        < ($1.appointment.office, $1.appointment.startMs, $1.case)
                }.prefix(Self.conflictsMax))
        }
    }
}
