// One change of a case's appointment on its way: everything that was known when it was asked for.

import HubDomain
import HubProto

/// The open appointment of one version of a case, and what becomes of both.
struct AppointmentStep: Sendable {
    let actor: HubActor
    let before: HubCase
    let definition: HubServiceDefinition
    let rule: HubBookingRule
    let catalogue: ServiceCatalogue
    let nowMillis: Int64
    /// Of the open appointment in the case.
    let index: Int

    var state: HubCase
    /// Places and numbers that are taken or given back.
    var records: [RecordWrite] = []
    /// What the event says.
    var kind = HubEventKind.booked
    var action = ""
    var changed: [HubFieldValue] = []
    var documents: [HubDocument] = []
    /// The case goes to another stage: its step is to be completed like any other.
    var goesOn = false

    var appointment: HubAppointment { before.appointments[index] }
    var plan: AppointmentPlan {
        AppointmentPlan(definition: definition, catalogue: catalogue, nowMillis: nowMillis)
    }

    /// nil when the case waits for no appointment.
    init?(_ before: HubCase, by actor: HubActor, _ catalogue: ServiceCatalogue, nowMillis: Int64) throws(HubError) {
        let definition = try catalogue.definition(of: before)
        guard let index = before.openAppointment, let rule = definition.booking(in: before.stage) else { return nil }
        (self.actor, self.before, self.definition, self.rule) = (actor, before, definition, rule)
        (self.catalogue, self.nowMillis, self.index, state) = (catalogue, nowMillis, index, before)
    }

    /// The office does not keep it: the place is given back, and another one is wanted.
    mutating func free(_ counts: SlotCounts) async throws(HubError) {
        if appointment.holdsSlot { records += try await counts.releasing([appointment], catalogue) }
        state.appointments[index].end(.freed, nowMillis: nowMillis)
        plan.want(&state)
        action = "free"
    }

    /// Nobody came.
    mutating func miss() throws(HubError) {
        goesOn = try plan.miss(index, &state)
        action = "no_show"
    }

    /// The next version of the case with its one event.
    mutating func commit(_ completion: StepCompletion, key: CommitKey? = nil) async throws(HubError) -> Commit {
        if goesOn {
            records += try await completion.complete(
                &state, after: before, by: nil, definition, catalogue, nowMillis: nowMillis)
        }
        state.follow(before, nowMillis)
        let (actor, action, changed, documents) = (actor, action, changed, documents)
        return Commit(state, after: before, kind, key: key, definition, records: records) { event in
            (event.actor, event.action, event.changed, event.documents) = (actor, action, changed, documents)
        }
    }
}

extension HubError {
    /// An appointment cannot be changed like this now.
    static func appointment(_ sentence: String, _ state: HubAppointmentState? = nil) -> HubError {
        HubError(.appointmentRefused, sentence, facts: state.map { ["state": $0.word] } ?? [:])
    }
}

extension HubAppointmentState {
    /// `wanted`, `booked`, `checked_in` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .wanted: "wanted"
        case .booked: "booked"
        case .checkedIn: "checked_in"
        case .called: "called"
        case .served: "served"
        case .missed: "missed"
        case .cancelled: "cancelled"
        case .freed: "freed"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension HubAppointmentState {
    /// What its applicant is told of a change that led here.
    var occasion: HubNoticeOccasion {
        switch self {
        case .booked: .appointmentBooked
        case .cancelled: .appointmentCancelled
        case .missed: .appointmentMissed
        case .freed: .appointmentFreed
        default: .changed
        }
    }
}
