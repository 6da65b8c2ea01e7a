// What a stage wants of an appointment, and what becomes of one when the case leaves. Pure.

import HubDomain
import HubProto

/// The appointments of one definition.
///
/// A case that stands in a stage that books always has one that is open: coming there wants one, being served sends it on,
/// leaving otherwise cancels it, and one that is missed, cancelled or freed is followed by another that is wanted.
struct AppointmentPlan: Sendable {
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// Appointments of one case; a case that has had more books no more, but may come without one.
    static let appointmentsMax = 64

    /// Completes a step, whoever made it.
    ///
    /// - Returns: Those whose places are free again.
    func complete(_ state: inout HubCase) -> [HubAppointment] {
        var released: [HubAppointment] = []
        for index in state.appointments.indices
        where state.appointments[index].isOpen && state.appointments[index].stage != state.stage {
            if state.appointments[index].holdsSlot { released.append(state.appointments[index]) }
            state.appointments[index].end(.cancelled, nowMillis: nowMillis)
        }
        want(&state)
        return released
    }

    /// In a stage that books, and without an open appointment, the case wants one.
    func want(_ state: inout HubCase) {
        guard let rule = definition.booking(in: state.stage), state.openAppointment == nil else { return }
        let title = catalogue.offices(for: rule, state).first?.kind(rule.kind)?.title ?? HubText()
        state.appointments.append(.wanted(rule.kind, title, in: state.stage, nowMillis: nowMillis))
    }

    /// Nobody came. The case goes where its rule says when that was the last time, and otherwise may book anew.
    ///
    /// - Returns: Whether it goes to another stage: its step is then to be completed like any other.
    func miss(_ index: Int, _ state: inout HubCase) throws(HubError) -> Bool {
        state.appointments[index].end(.missed, nowMillis: nowMillis)
        let stage = state.stage
        let missed = state.appointments.count { $0.stage == stage && $0.state == .missed }
        guard let rule = definition.booking(in: stage), rule.missedMax > 0, missed >= Int(rule.missedMax) else {
            want(&state)
            return false
        }
        try move(&state, to: rule.missedTo)
        return true
    }

    /// The person was served: the day is written where the rule says, and the case goes on.
    func serve(_ index: Int, _ rule: HubBookingRule, _ state: inout HubCase) throws(HubError) -> [HubFieldValue] {
        state.appointments[index].end(.served, nowMillis: nowMillis)
        var written: [HubFieldValue] = []
        if !rule.servedOn.isEmpty {
            written = [.with { ($0.name, $0.text) = (rule.servedOn, catalogue.today(nowMillis).iso) }]
            let values = Dictionary((written + state.data).map { ($0.name, $0) }) { first, _ in first }
            state.data = definition.fields.compactMap { values[$0.name] }
        }
        try move(&state, to: rule.servedTo)
        return written
    }

    private func move(_ state: inout HubCase, to stage: String) throws(HubError) {
        try DeadlinePlan(definition: definition, calendars: catalogue.calendars)
            .move(&state, to: stage, nowMillis: nowMillis)
    }
}

extension HubServiceDefinition {
    /// What a stage wants of an appointment; nil when it wants none.
    func booking(in stage: String) -> HubBookingRule? {
        self.stage(stage).flatMap { $0.hasBooks ? $0.books : nil }
    }
}
