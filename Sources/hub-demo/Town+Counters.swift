// Citizens and their appointments: they book, change, stay away, and come; officers check them in, call and serve.

import HubClient
import HubDomain
import HubProto

extension Town {
    /// Takes a step that has to do with an appointment, or as much of it as the time of day allows.
    ///
    /// - Returns: Whether it is done; until then time has to pass.
    func meet(_ step: Step, on open: OpenCase) async throws -> Bool {
        let state = try await read(open.number, as: admin)
        guard let appointment = state.appointments.last, appointment.endedMs == 0 else {
            throw DemoFailure("\(open.number) waits for no appointment")
        }
        do throws(HubError) {
            switch step.by {
            case .booking:
                if appointment.state == .wanted { try await book(state, for: open, after: 6) }
                return true
            case .changing:
                if appointment.state == .booked { try await book(state, for: open, after: 30, change: true) }
                return true
            case .absent:
                if state.appointments.contains(where: { $0.state == .missed && $0.stage == state.stage }) {
                    return true
                }
                if appointment.state == .wanted { try await book(state, for: open, after: 6) }
                return false
            default: return try await visit(state, step, open)
            }
        } catch {
            // Somebody was faster, the office is closed, or the day is over: another time.
            guard [.slotFull, .slotUnknown, .appointmentRefused].contains(error.code) else { throw error }
            return false
        }
    }

    /// Books the first free slot that begins so many hours from now.
    func book(
        _ state: HubCase, for open: OpenCase, after hours: Int64, change: Bool = false
    ) async throws(HubError) {
        var options = CallOptions()
        options.onBehalfOf = open.petition.citizen
        let offices = LayananOfficesRequest.with { $0.case = state.number }
        let kind = state.appointments.last?.kind ?? ""
        guard let office = try await channel.appointments.offices(offices, options: options).message.offices.first
        else { throw HubError(.slotUnknown, "no office for \(state.number)") }
        let wanted = LayananSlotsRequest.with { ($0.office, $0.kind, $0.days) = (office.code, kind, 14) }
        let earliest = try await status().nowMs + hours * 3_600_000
        let slots = try await channel.appointments.slots(wanted, options: options).message.slots
        guard let slot = slots.first(where: { $0.startMs >= earliest && $0.free > 0 }) else {
            throw HubError(.slotFull, "nothing is free for \(state.number)")
        }
        let request = LayananBookRequest.with {
            ($0.case, $0.office, $0.startMs) = (state.number, office.code, slot.startMs)
        }
        _ =
            change
            ? try await channel.appointments.change(request, options: options)
            : try await channel.appointments.book(request, options: options)
    }

    /// The citizen is at the counter, when it is the day.
    private func visit(_ state: HubCase, _ step: Step, _ open: OpenCase) async throws(HubError) -> Bool {
        guard let appointment = state.appointments.last, let desk = offices[state.service]?.counter else {
            return false
        }
        let now = try await status().nowMs
        let today = CalendarDate(epochMillis: now, utcOffsetMinutes: 420)
        var office = appointment.office
        switch appointment.state {
        case .wanted where step.note == Life.withoutAppointment:
            let request = LayananOfficesRequest.with { $0.case = state.number }
            office = try await desk.appointments.offices(request).message.offices.first?.code ?? ""
        case .wanted:
            try await book(state, for: open, after: 6)
            return false
        case .booked where CalendarDate(epochMillis: appointment.startMs, utcOffsetMinutes: 420) != today: return false
        default: break
        }
        if [.wanted, .booked].contains(appointment.state) {
            _ = try await desk.appointments.checkIn(.with { ($0.case, $0.office) = (state.number, office) })
        }
        _ = try await desk.appointments.callNext(.with { ($0.office, $0.counter) = (office, 1) })
        return try await serve(state, step, by: desk)
    }

    /// Serves, after a look at somebody else's identity was refused.
    private func serve(_ state: HubCase, _ step: Step, by desk: HubClient) async throws(HubError) -> Bool {
        let own = state.data.text(of: "nik") ?? ""
        var request = LayananServeRequest.with { ($0.case, $0.shown) = (state.number, step.action) }
        request.nik = String(own.dropLast()) + (own.last == "1" ? "2" : "1")
        do throws(HubError) {
            _ = try await desk.appointments.serve(request)
            throw HubError(.internalFault, "\(state.number) was served to somebody else")
        } catch {
            guard error.code == .identityRefused else { throw error }
        }
        request.nik = own
        _ = try await desk.appointments.serve(request)
        return true
    }
}
