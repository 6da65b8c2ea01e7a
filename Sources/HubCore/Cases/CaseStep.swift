// One more version of a case that the hub makes by itself: no module is asked.

import HubDomain
import HubProto

extension HubCase {
    /// Becomes the version after `before`.
    mutating func follow(_ before: HubCase, _ nowMillis: Int64) {
        version = before.version + 1
        updatedMs = nowMillis
    }
}

extension Commit {
    /// A case's next version with the one event that made it.
    ///
    /// - Parameters:
    ///   - state: As it shall be (``HubCase/follow(_:_:)``).
    ///   - tell: What the event says beside what follows from the case.
    init(
        _ state: HubCase, after before: HubCase, _ kind: HubEventKind, key: CommitKey? = nil,
        _ definition: HubServiceDefinition, _ tell: (inout HubEvent) -> Void
    ) {
        self.init(key: key, atMillis: state.updatedMs)
        var event = HubEvent(about: state, kind: kind, atMillis: state.updatedMs)
        event.stageBefore = before.stage
        tell(&event)
        cases = [
            CaseWrite(
                state: state, expectedVersion: before.version,
                index: indexEntries(of: state.data, definition: definition))
        ]
        events = [event]
        records = Self.bills(of: state, after: before)
    }
}
