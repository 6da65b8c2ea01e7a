// Which cases an actor sees, works on and advises on, when its department is not the whole answer.

import HubDomain
import HubProto

/// A case is its department's business; and that of the department whose unit holds it, of the officer in whose hands it
/// is, of who is asked about it, and of those who stand in for them. A unit whose advice was asked for sees it from then
/// on, and what the offices tell each other; it does not work on it.
struct CaseAccess: Sendable {
    let policy: Policy
    let rulebook: Rulebook
    let absences: AbsenceBoard
    let clock: any HubClock

    func sees(_ actor: HubActor, _ state: HubCase) -> Bool {
        Scope(of: actor, policy: policy).covers(state)
            || concerns(actor, unit: state.unit, [state.holder, state.asked])
            || advised(actor, on: state.consultations)
    }

    /// The actor's role holds for this case.
    func works(_ actor: HubActor, on state: HubCase) -> Bool {
        !policy.applicants.contains(actor.role)
            && (policy.works(actor, in: state.department)
                || concerns(actor, unit: state.unit, [state.holder, state.asked]))
    }

    /// The actor works in a unit that is asked for advice, or stands in for somebody who does. A principal that stands on
    /// no chart, such as a counter's program, works for its whole department.
    func advises(_ actor: HubActor, for unit: String) -> Bool {
        guard !policy.applicants.contains(actor.role), let chart = rulebook.catalogue.chart else { return false }
        if chart.workplace(of: actor.principal) == nil, chart.department(of: unit) == actor.department { return true }
        let today = rulebook.catalogue.today(clock.nowMillis())
        return absences.represented(by: actor.principal, on: today).contains { chart.works($0, in: unit) }
    }

    /// What officers tell each other about the case is for the actor.
    func isInside(_ actor: HubActor, _ state: HubCase) -> Bool {
        works(actor, on: state) || policy.allDepartments.contains(actor.role) || advised(actor, on: state.consultations)
    }

    /// The actor is the case's applicant, or a citizens' channel that speaks for the applicant; an office that speaks for
    /// somebody is not.
    func isApplicant(_ actor: HubActor, of state: HubCase) -> Bool {
        state.applicant == actor.applicantReference
            && (actor.onBehalfOf.isEmpty || policy.applicants.contains(actor.role))
    }

    /// What the actor is shown of a case: who the officers are stays among those who work on it, and who asked in secret
    /// stays in the case's department.
    func view(of state: HubCase, for actor: HubActor) -> HubCase {
        let shown = isInside(actor, state) ? state : state.forApplicants
        return narrowed(isApplicant(actor, of: state) ? shown : shown.withoutMarks, for: actor)
    }

    /// What the actor is shown of a case's history. What officers typed stays among those who work on it, or advise on it.
    func view(of events: [HubEvent], of state: HubCase, for actor: HubActor) -> [HubEvent] {
        narrowed(
            isInside(actor, state) ? events.map(\.withoutMarks) : events.map(\.forApplicants), of: state, for: actor)
    }

    /// What a watcher is shown of an event; nil when it is not the watcher's business.
    func view(of event: HubEvent, for actor: HubActor, _ scope: Scope) -> HubEvent? {
        let isInside =
            switch scope {
            case .everything: true
            case .department(let own, _):
                event.department == own || concerns(actor, unit: event.unit, [event.holder])
                    || advised(actor, on: event.consultations)
            case .applicant: false
            }
        if isInside { return narrowed(event.forWatchers, ofCaseOf: event.applicant, for: actor) }
        return scope.covers(department: event.department, applicant: event.applicant) ? event.forApplicants : nil
    }

    private func advised(_ actor: HubActor, on consultations: [HubConsultation]) -> Bool {
        consultations.contains { advises(actor, for: $0.unit) }
    }

    /// - Parameter officers: Who holds the case, and who is asked about it; "" = nobody.
    private func concerns(_ actor: HubActor, unit: String, _ officers: [String]) -> Bool {
        guard !policy.applicants.contains(actor.role) else { return false }
        let catalogue = rulebook.catalogue
        if !unit.isEmpty, catalogue.chart?.department(of: unit) == actor.department { return true }
        let named = officers.filter { !$0.isEmpty }
        guard !named.isEmpty else { return false }
        let persons = absences.represented(by: actor.principal, on: catalogue.today(clock.nowMillis()))
        return named.contains { persons.contains($0) }
    }
}
