// What officers of other departments are shown, whose unit holds a case or is asked about it: what they need to answer.

import HubDomain
import HubProto

extension CaseAccess {
    /// The actor sees the case for its unit's sake, not as its department's, as everybody's or as the applicant's.
    private func isOfOthers(_ actor: HubActor, _ state: HubCase) -> Bool {
        isOfOthers(actor, department: state.department) && !isApplicant(actor, of: state)
    }

    private func isOfOthers(_ actor: HubActor, department: String) -> Bool {
        !policy.applicants.contains(actor.role) && !policy.allDepartments.contains(actor.role)
            && actor.department != department
    }

    /// A case without what is not for other departments, for one of them.
    func narrowed(_ shown: HubCase, for actor: HubActor) -> HubCase {
        guard isOfOthers(actor, shown) else { return shown }
        var state = shown
        // What others wrote about the same is not for whoever answers this one.
        state.likenesses = []
        guard let secret = SecretCase(shown, rulebook.catalogue) else { return state }
        return secret.told(state)
    }

    /// The events of one case without what is not for other departments, for one of them.
    func narrowed(_ events: [HubEvent], of state: HubCase, for actor: HubActor) -> [HubEvent] {
        guard isOfOthers(actor, state) else { return events }
        let secret = SecretCase(state, rulebook.catalogue)
        return events.map { secret?.told($0.withoutOtherCase) ?? $0.withoutOtherCase }
    }

    /// What a watcher gets of an event, which has neither form nor applicant any more.
    ///
    /// - Parameter applicant: Whose case it is.
    func narrowed(_ watched: HubEvent, ofCaseOf applicant: String, for actor: HubActor) -> HubEvent {
        guard isOfOthers(actor, department: watched.department), actor.principal != applicant else { return watched }
        return watched.withoutOtherCase.withoutActor(applicant)
    }
}

/// A case whose applicant stays unknown to every department but the one whose it is.
private struct SecretCase {
    /// Nil = this version of the service is not here, and nothing says what may be told.
    let definition: HubServiceDefinition?
    let applicant: String

    /// Nil = the case is no secret.
    init?(_ state: HubCase, _ catalogue: ServiceCatalogue) {
        definition = try? catalogue.definition(of: state)
        applicant = state.applicant
        if let definition, !definition.keepsSecret(state) { return nil }
    }

    func told(_ whole: HubCase) -> HubCase {
        var state = whole
        state.applicant = ""
        state.data = told(whole.data)
        (state.consents, state.taken, state.entries) = ([], [], [])
        (state.flaggings, state.flags) = ([], [])
        for index in state.papers.indices { state.papers[index].values = [] }
        return state
    }

    func told(_ whole: HubEvent) -> HubEvent {
        var event = whole.withoutActor(applicant)
        event.applicant = ""
        event.actor.onBehalfOf = ""
        (event.form, event.changed, event.entries) = (told(whole.form), told(whole.changed), [])
        event.clearConsent()
        return event
    }

    private func told(_ values: [HubFieldValue]) -> [HubFieldValue] {
        let fields = definition?.fieldsToldToUnits ?? []
        return values.filter { fields.contains($0.name) }
    }
}

extension HubServiceDefinition {
    /// Who made the case is for its own department alone.
    func keepsSecret(_ state: HubCase) -> Bool {
        hasPublishes && publishes.hasUnless && publishes.unless.holds(for: state.data)
    }

    /// Fields of a secret case that other departments' units read: those that are not personal, and those that they need.
    fileprivate var fieldsToldToUnits: Set<String> {
        Set(fields.filter { !$0.isPersonal || publishes.tellsUnits.contains($0.name) }.map(\.name))
    }
}

extension HubFormField {
    /// Itself, or a field of its rows.
    fileprivate var isPersonal: Bool { personal || fields.contains(where: \.personal) }
}

extension HubEvent {
    /// That another case goes on with this one is told, not which one and why. Of one that ends by it both are told.
    var withoutOtherCase: HubEvent {
        guard kind == .merged, stageBefore == stageAfter else { return self }
        var event = self
        (event.otherCase, event.note) = ("", "")
        return event
    }

    /// Without who acted, if that is the applicant.
    fileprivate func withoutActor(_ applicant: String) -> HubEvent {
        guard !applicant.isEmpty, actor.principal == applicant else { return self }
        var event = self
        event.actor = .with { ($0.role, $0.department) = (actor.role, actor.department) }
        return event
    }
}
