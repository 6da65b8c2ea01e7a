// What an actor may see: a case outside the scope is answered exactly like one that does not exist.

import HubDomain
package import HubProto

/// The cases an actor may read.
package enum Scope: Sendable, Hashable {
    case everything
    /// Of a department, and one's own.
    case department(String, applicant: String)
    /// Only one's own.
    case applicant(String)

    /// - Parameter actor: As made from the certificate and the call.
    package init(of actor: HubActor, policy: Policy) {
        if policy.applicants.contains(actor.role) {
            self = .applicant(actor.applicantReference)
        } else if policy.allDepartments.contains(actor.role) {
            self = .everything
        } else {
            self = .department(actor.department, applicant: actor.applicantReference)
        }
    }

    package func covers(department: String, applicant: String) -> Bool {
        switch self {
        case .everything: true
        case .department(let own, let reference): department == own || applicant == reference
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
