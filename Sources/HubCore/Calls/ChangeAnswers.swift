// Answers to calls that change something: the same key always gets the same one.

import HubDomain
import HubProto

extension Ledger {
    /// The answer that this call's key got before; nil when the key is new. Saves the work; `commit` looks again.
    ///
    /// - Throws: ``HubError/Code/keyReused`` when the key was used for another request.
    func storedAnswer(to context: CallContext) async throws(HubError) -> CallAnswer? {
        try await answer(to: context.commitKey)?.callAnswer()
    }
}

extension CommitOutcome {
    /// What the caller gets; nil after a conflict, which means something else to every kind of change.
    ///
    /// - Throws: ``HubError/Code/keyReused``.
    func callAnswer() throws(HubError) -> CallAnswer? {
        switch self {
        case .committed(let answer, _, _): return CallAnswer(body: answer)
        case .replayed(let answer): return CallAnswer(body: answer, replayed: true)
        case .keyReused: throw HubError(.keyReused, "this idempotency key was used for another request")
        case .conflict: return nil
        }
    }
}
