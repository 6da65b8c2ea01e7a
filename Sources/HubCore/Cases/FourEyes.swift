// Some steps need somebody else than who took an earlier one: who that was is kept in the case.

import HubDomain
import HubProto

/// The definition's `other_than`.
///
/// A person is a principal, for whomever it says that it speaks: on behalf of a citizen, or as somebody's stand-in, an officer
/// stays the same pair of eyes. Of a citizens' channel, through which many speak, the person is the citizen. Roles that may
/// take every action are no exception.
struct FourEyes: Sendable {
    let definition: HubServiceDefinition
    let policy: Policy

    /// - Parameter taken: As the case holds it, read with the version that the step replaces: whoever acts at the same time
    ///   is refused by that version, and looks again.
    func require(somebodyElseFor action: HubAction, than taken: [HubTaken], _ actor: HubActor) throws(HubError) {
        let person = person(actor)
        guard let earlier = taken.first(where: { action.otherThan.contains($0.action) && $0.by == person }) else {
            return
        }
        throw HubError(
            .otherPersonNeeded, "who took \(earlier.action) may not take \(action.name)",
            violations: [
                Violation(
                    "", "other_person", id: "Langkah ini harus diambil petugas lain.",
                    en: "Another officer must take this step.")
            ], facts: ["action": earlier.action])
    }

    /// What a case keeps after an action.
    func taken(after action: HubAction, by actor: HubActor, _ before: [HubTaken], nowMillis: Int64) -> [HubTaken] {
        guard definition.actions.contains(where: { $0.otherThan.contains(action.name) }) else { return before }
        let now = HubTaken.with { ($0.action, $0.by, $0.atMs) = (action.name, person(actor), nowMillis) }
        return before.filter { $0.action != action.name } + [now]
    }

    private func person(_ actor: HubActor) -> String {
        policy.applicants.contains(actor.role) ? actor.applicantReference : actor.principal
    }
}
