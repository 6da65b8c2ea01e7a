// Who may take which action: rules that are the same for every service.

import HubDomain
import HubProto

extension CaseCommands {
    func action(
        _ name: String, _ kind: HubActionKind, on state: HubCase, _ definition: HubServiceDefinition,
        _ actor: HubActor
    ) throws(HubError) -> HubAction {
        let candidates = definition.actions.filter { action in
            action.kind == kind && (name.isEmpty || action.name == name)
        }
        guard state.anonymisedMs == 0 else {
            throw HubError(.actionNotAllowed, "the case is anonymised: it is known no more whose it was")
        }
        let possible = candidates.filter { $0.from.contains(state.stage) }
        guard let action = possible.first else {
            throw HubError(
                .actionNotAllowed,
                candidates.isEmpty
                    ? "\(definition.service) has no such action" : "not possible in stage \(state.stage)",
                facts: ["stage": state.stage])
        }
        guard possible.count == 1 else {
            throw HubError(
                .actionNotAllowed, "name the action: \(possible.map(\.name).joined(separator: ", "))",
                facts: ["stage": state.stage])
        }
        try authorise(
            action, actor, department: state.department, applicant: state.applicant,
            works: access.works(actor, on: state))
        return action
    }

    /// An action on a case, or a request, whose applicant the actor becomes.
    private func authorise(
        _ action: HubAction, _ actor: HubActor, department: String, applicant: String, works: Bool
    ) throws(HubError) {
        if policy.allActions.contains(actor.role) { return }
        if action.roles.contains(Self.applicantRole),
            policy.mayRepresent(applicant, actor, department: department)
        {
            return
        }
        if action.roles.contains(actor.role), works { return }
        throw HubError(.permissionDenied, "role \(actor.role) may not take action \(action.name)")
    }

    func authorise(
        beginning action: HubAction, _ command: HubCommand, _ actor: HubActor, department: String
    ) throws(HubError) {
        if command.kind == .import, !policy.works(actor, in: department) {
            throw HubError(.permissionDenied, "an older register is brought by its own department")
        }
        try authorise(
            action, actor, department: department, applicant: actor.applicantReference,
            works: policy.works(actor, in: department))
    }

    private static let applicantRole = "applicant"
}
