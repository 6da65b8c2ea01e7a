// Which papers a step brings about, and which hold no longer. Pure; printing and signing come after it.

import HubDomain
import HubProto

/// The papers of one definition.
struct PaperPlan: Sendable {
    let definition: HubServiceDefinition
    let nowMillis: Int64

    /// Papers of one case.
    static let papersMax = 64

    /// Completes a step: papers of the stage become due, others are revoked. A paper that is due has neither number nor
    /// file yet (``PaperOffice``). What an older register issued is not issued again.
    ///
    /// - Parameter action: What was done; nil when time or money brought the case here.
    /// - Throws: ``HubError/Code/refusedByRule`` when the case has too many papers.
    func complete(_ state: inout HubCase, after before: HubCase?, action: HubAction?) throws(HubError) {
        guard before != nil || !state.hasOrigin, let stage = definition.stage(state.stage) else { return }
        let isNew = before?.stage != state.stage
        let again = Set(action?.reissues ?? [])
        for rule in stage.issues where again.contains(rule.paper) || (isNew && !(rule.once && state.has(rule.paper))) {
            guard state.papers.count < Self.papersMax else {
                throw HubError(.refusedByRule, "\(definition.service): a case has \(Self.papersMax) papers at most")
            }
            // One that still waits for its signature says what was true before.
            for older in state.papers.indices
            where state.papers[older].name == rule.paper && [.due, .toSign].contains(state.papers[older].state) {
                (state.papers[older].state, state.papers[older].dueMs) = (.superseded, 0)
            }
            state.papers.append(
                .with { ($0.name, $0.state, $0.dueMs) = (rule.paper, .due, nowMillis) })
        }
        guard isNew else { return }
        for index in state.papers.indices
        where stage.revokes.contains(state.papers[index].name) && state.papers[index].isStanding {
            state.papers[index].state = .revoked
            state.papers[index].dueMs = 0
            state.papers[index].note = state.note
        }
    }
}

extension HubCase {
    /// A paper of this name holds, or shall hold; an older register's does until the first one is issued here.
    fileprivate func has(_ paper: String) -> Bool {
        papers.contains { $0.name == paper && $0.isStanding } || (papers.isEmpty && origin.closedMs > 0)
    }
}

extension HubPaper {
    /// It holds, or shall hold.
    var isStanding: Bool { [.issued, .due, .toSign].contains(state) }

    /// What events tell of it: nothing personal.
    var forEvents: HubPaper {
        .with {
            ($0.name, $0.version, $0.number, $0.state) = (name, version, number, state)
            ($0.sha256, $0.copies, $0.copySha256) = (sha256, copies, copySha256)
        }
    }
}
