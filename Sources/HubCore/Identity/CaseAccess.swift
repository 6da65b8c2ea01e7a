// Which cases an actor sees and works on, when its department is not the whole answer.

import HubDomain
import HubProto

/// A case is its department's business; and that of the department whose unit holds it, of the officer in whose hands it
/// is, of who is asked about it, and of those who stand in for them.
struct CaseAccess: Sendable {
    let policy: Policy
    let rulebook: Rulebook
    let absences: AbsenceBoard
    let clock: any HubClock

    func sees(_ actor: HubActor, _ state: HubCase) -> Bool {
        Scope(of: actor, policy: policy).covers(state)
            || concerns(actor, unit: state.unit, [state.holder, state.asked])
    }

    /// The actor's role holds for this case.
    func works(_ actor: HubActor, on state: HubCase) -> Bool {
        !policy.applicants.contains(actor.role)
            && (policy.works(actor, in: state.department)
                || concerns(actor, unit: state.unit, [state.holder, state.asked]))
    }

    /// What the actor is shown of a case: who the officers are stays among those who work on it.
    func view(of state: HubCase, for actor: HubActor) -> HubCase {
        works(actor, on: state) || policy.allDepartments.contains(actor.role) ? state : state.forApplicants
    }

    /// What a watcher is shown of an event; nil when it is not the watcher's business.
    func view(of event: HubEvent, for actor: HubActor, _ scope: Scope) -> HubEvent? {
        let isInside =
            switch scope {
            case .everything: true
            case .department(let own, _): event.department == own || concerns(actor, unit: event.unit, [event.holder])
            case .applicant: false
            }
        if isInside { return event.forWatchers }
        return scope.covers(department: event.department, applicant: event.applicant) ? event.forApplicants : nil
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
