// What one more closed day does to a case: by plain arithmetic beforehand, and as it is seen afterwards.

import HubDomain
import HubProto

struct ClosedDayEffect: Sendable, Equatable {
    /// When running deadlines end that move, by name.
    var moved: [String: Int64] = [:]
    /// When bookings begin that their office no longer keeps.
    var freed: [Int64] = []

    var isNothing: Bool { self == ClosedDayEffect() }

    /// What was different in the second state of a case.
    init(from old: HubCase, to new: HubCase) {
        for deadline in new.deadlines {
            let past = old.deadlines.first { $0.name == deadline.name }
            if past?.dueMs != deadline.dueMs { moved[deadline.name] = deadline.dueMs }
        }
        for (before, after) in zip(old.appointments, new.appointments) where before.state != after.state {
            if after.state == .freed { freed.append(before.startMs) }
        }
    }

    init(moved: [String: Int64] = [:], freed: [Int64] = []) { (self.moved, self.freed) = (moved, freed) }
}

extension RuleChanges {
    /// What the closed day should do to a case: running deadlines of its calendar that count working days end later, and
    /// offices that open by the calendar keep no booking on that day.
    func effect(on state: HubCase) -> ClosedDayEffect {
        var effect = ClosedDayEffect()
        for deadline in state.deadlines where deadline.state == .running && deadline.unit == .workingDays {
            guard deadline.calendar.split(separator: "/").first.map(String.init) == plan.calendar,
                let due = due(from: deadline.countedFromMs, days: deadline.countedDays, closing: plan.closedDay),
                due != deadline.dueMs
            else { continue }
            effect.moved[deadline.name] = due
        }
        let offset = Int(calendar.before.utcOffsetMinutes)
        for appointment in state.appointments where appointment.state == .booked && offices.contains(appointment.office)
        {
            let day = CalendarDate(epochMillis: appointment.startMs, utcOffsetMinutes: offset)
            if day == plan.closedDay { effect.freed.append(appointment.startMs) }
        }
        return effect
    }
}
