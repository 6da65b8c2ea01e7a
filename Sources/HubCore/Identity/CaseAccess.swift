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
        Scope(of: actor, policy: policy).covers(state) || concerns(actor, state)
    }

    /// The actor's role holds for this case.
    func works(_ actor: HubActor, on state: HubCase) -> Bool {
        !policy.applicants.contains(actor.role)
            && (policy.works(actor, in: state.department) || concerns(actor, state))
    }

    /// What the actor is shown of a case: who the officers are stays among those who work on it.
    func view(of state: HubCase, for actor: HubActor) -> HubCase {
        works(actor, on: state) || policy.allDepartments.contains(actor.role) ? state : state.forApplicants
    }

    private func concerns(_ actor: HubActor, _ state: HubCase) -> Bool {
        guard !policy.applicants.contains(actor.role) else { return false }
        let catalogue = rulebook.catalogue
        if !state.unit.isEmpty, catalogue.chart?.department(of: state.unit) == actor.department { return true }
        guard !state.holder.isEmpty || !state.asked.isEmpty else { return false }
        let persons = absences.represented(by: actor.principal, on: catalogue.today(clock.nowMillis()))
        return persons.contains(state.holder) || persons.contains(state.asked)
    }
}
