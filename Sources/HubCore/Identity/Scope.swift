// What an actor may see: a case outside the scope is answered exactly like one that does not exist.

import HubDomain
package import HubProto

/// The cases an actor may read.
package enum Scope: Sendable, Hashable {
    case everything
    /// Of a department, and one's own. For whom its programs say they speak opens nothing of another department.
    case department(String, principal: String)
    /// Only those of the citizen for whom the channel speaks.
    case applicant(String)

    /// - Parameter actor: As made from the certificate and the call.
    package init(of actor: HubActor, policy: Policy) {
        if policy.applicants.contains(actor.role) {
            self = .applicant(actor.applicantReference)
        } else if policy.allDepartments.contains(actor.role) {
            self = .everything
        } else {
            self = .department(actor.department, principal: actor.principal)
        }
    }

    package func covers(department: String, applicant: String) -> Bool {
        switch self {
        case .everything: true
        case .department(let own, let principal): department == own || applicant == principal
        case .applicant(let reference): applicant == reference
        }
    }

    func covers(_ state: HubCase) -> Bool { covers(department: state.department, applicant: state.applicant) }

    /// The answer for what is not there and for what may not be seen; nobody can tell them apart.
    static let notFound = HubError(.caseNotFound, "no such case, or none the caller may see")
}

extension HubActor {
    /// Whose case a request of this actor is: the citizen it speaks for, or else the principal itself.
    package var applicantReference: String { onBehalfOf.isEmpty ? principal : onBehalfOf }
}

extension Policy {
    /// Whether the actor may do for an applicant what the applicant may: as itself always, for a citizen as a citizens'
    /// channel, or within the actor's own department.
    func mayRepresent(_ applicant: String, _ actor: HubActor, department: String) -> Bool {
        guard applicant == actor.applicantReference else { return false }
        return actor.onBehalfOf.isEmpty || applicants.contains(actor.role) || works(actor, in: department)
    }

    /// Whether the actor's role holds in a department.
    func works(_ actor: HubActor, in department: String) -> Bool {
        actor.department == department || allDepartments.contains(actor.role) || allActions.contains(actor.role)
    }
}
