// Who may take which action, and use which papers: rules that are the same for every service.

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

    /// What the ledger knows of those documents that this actor may use: its own, its citizen's, and the case's.
    func usable(
        _ documents: [HubDocument], of before: HubCase?, _ actor: HubActor
    ) async throws(HubError) -> [[UInt8]: (size: UInt64, mediaType: String)] {
        // More than a case can have are refused by the form's rules; nothing is looked up for them.
        guard !documents.isEmpty, documents.count <= FormRules.documentLimit else { return [:] }
        var facts = try await ledger.documentFacts(
            documents.map { [UInt8]($0.sha256) }, owners: [actor.principal, actor.applicantReference])
        // Of what was found harmful nothing but this is known any more.
        try await intake.requireFree(documents.map { [UInt8]($0.sha256) })
        for document in before?.documents ?? [] {
            facts[[UInt8](document.sha256)] = (document.size, document.mediaType)
        }
        return facts
    }

    private static let applicantRole = "applicant"
}
