// The life of one appointment: wanted, booked, changed, kept, missed, freed. Pure.

import HubDomain
package import HubProto

extension HubAppointment {
    /// The case still waits for it.
    package var isOpen: Bool { [.wanted, .booked, .checkedIn, .called].contains(state) }

    /// It counts against its slot's places, also when it was missed: nobody else had the place.
    package var holdsSlot: Bool {
        !walkIn && startMs > 0 && [.booked, .checkedIn, .called, .served, .missed].contains(state)
    }

    /// One that is to be booked.
    static func wanted(_ kind: String, _ title: HubText, in stage: String, nowMillis: Int64) -> HubAppointment {
        .with {
            ($0.kind, $0.title, $0.stage, $0.state, $0.wantedMs) = (kind, title, stage, .wanted, nowMillis)
        }
    }

    /// Takes a slot, for the first time or in place of another one.
    mutating func book(_ slot: Slot, at place: AppointmentPlace, nowMillis: Int64) {
        state = .booked
        settle(at: place)
        (startMs, endMs, bookedMs) = (slot.startMillis, slot.endMillis, nowMillis)
        wakeMs = slot.startMillis + Int64(place.kind.graceMinutes) * 60_000
        remindMs = place.reminder(of: slot)
    }

    /// Its applicant has changed or cancelled it.
    mutating func countChange() { changes = min(changes, .max - 1) + 1 }

    /// The person is there.
    mutating func checkIn(_ number: String, at place: AppointmentPlace, nowMillis: Int64) {
        if state == .wanted {
            walkIn = true
            settle(at: place)
        }
        state = .checkedIn
        (queueNumber, queueDay, checkedInMs) = (number, place.grid.day(of: nowMillis).iso, nowMillis)
        turnMs = walkIn ? nowMillis + Int64(place.kind.walkInAfterMinutes) * 60_000 : startMs
        wakeMs = place.endOfDay(of: nowMillis)
        remindMs = 0
    }

    mutating func call(to counter: UInt32, by officer: String, nowMillis: Int64) {
        (state, self.counter, by, calledMs) = (.called, counter, officer, nowMillis)
    }

    /// Its last word.
    mutating func end(_ state: HubAppointmentState, nowMillis: Int64) {
        (self.state, endedMs, wakeMs, remindMs) = (state, nowMillis, 0, 0)
    }

    private mutating func settle(at place: AppointmentPlace) {
        let office = place.grid.office
        (self.office, officeTitle, address) = (office.code, office.title, office.address)
        (kind, title) = (place.kind.name, place.kind.title)
    }
}

/// A kind of appointment at one office, with its hours.
struct AppointmentPlace: Sendable {
    let grid: SlotGrid
    let kind: HubAppointmentKind

    /// nil when the office is not there, does not offer the kind, or its calendar is not in force.
    init?(_ office: String, _ kind: String, _ catalogue: ServiceCatalogue) {
        guard let office = catalogue.office(office), let kind = office.kind(kind),
            let grid = SlotGrid(office, catalogue)
        else { return nil }
        (self.grid, self.kind) = (grid, kind)
    }

    /// When somebody is reminded of a slot, milliseconds since 1970 UTC; 0 = never.
    func reminder(of slot: Slot) -> Int64 {
        guard kind.remindDays > 0 else { return 0 }
        let day = grid.day(of: slot.startMillis).adding(days: -Int(kind.remindDays))
        return day.startMillis(utcOffsetMinutes: grid.calendar.utcOffsetMinutes) + Int64(kind.remindMinute) * 60_000
    }

    /// First moment of the next day.
    func endOfDay(of millis: Int64) -> Int64 {
        grid.day(of: millis).adding(days: 1).startMillis(utcOffsetMinutes: grid.calendar.utcOffsetMinutes)
    }
}

extension HubAppointment {
    /// How the clock's row of an appointment begins; no deadline of a definition can be called so.
    static let timerPrefix = "appointment/"

    var timerName: String { Self.timerPrefix + kind }

    /// When the hub looks at it by itself; nil = it waits for nothing.
    package var timer: DueTimer? {
        isOpen && wakeMs > 0 ? DueTimer(name: timerName, dueMillis: wakeMs) : nil
    }

    /// What events tell of it: nothing of who came or served.
    var forEvents: HubAppointment {
        var appointment = forApplicants
        (appointment.title, appointment.officeTitle, appointment.address) = (HubText(), HubText(), "")
        appointment.clearIdentity()
        return appointment
    }

    /// A citizen sees that somebody else came, but not who; and not who served.
    var forApplicants: HubAppointment {
        var appointment = self
        appointment.by = ""
        if hasIdentity { appointment.identity.proxyNik = "" }
        return appointment
    }
}

extension HubCase {
    /// The appointment that it waits for or has now.
    package var openAppointment: Int? { appointments.lastIndex(where: \.isOpen) }

    /// Where its appointment waits, and what says when its turn comes.
    var appointmentTurns: [(place: WaitingPlace, dueMillis: Int64)] {
        guard !ended, let open = openAppointment.map({ appointments[$0] }) else { return [] }
        switch open.state {
        case .booked:
            return [(.slot(office: open.office, kind: open.kind, startMillis: open.startMs), open.bookedMs)]
        case .checkedIn:
            return [(.queue(office: open.office, kind: open.kind, day: open.queueDay), open.turnMs)]
        case .called:
            return [(.calledFrom(office: open.office, kind: open.kind, day: open.queueDay), open.calledMs)]
        default:
            // Whose appointment the office did not keep, and who has not booked anew.
            guard let freed = appointments.last(where: { !$0.isOpen && $0.stage == open.stage }), freed.state == .freed
            else { return [] }
            return [(.freed(from: freed.office), freed.startMs)]
        }
    }
}
