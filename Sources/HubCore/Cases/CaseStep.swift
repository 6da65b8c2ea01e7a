// One more version of a case that the hub makes by itself: no module is asked.

import HubDomain
import HubProto

extension HubCase {
    /// Becomes the version after `before`.
    mutating func follow(_ before: HubCase, _ nowMillis: Int64) {
        version = before.version + 1
        updatedMs = nowMillis
    }

    /// Stands in a stage from now on, or still.
    mutating func come(to next: HubStage, _ nowMillis: Int64) {
        if stage != next.name { stageSinceMs = nowMillis }
        (stage, stageTitle, ended) = (next.name, next.title, next.ended)
    }

    /// When it came to its end, here or in an older register, milliseconds since 1970 UTC; nil while it goes on.
    var endedMillis: Int64? {
        guard ended else { return nil }
        return stageSinceMs > 0 ? stageSinceMs : updatedMs
    }

    /// It came here as it had ended in an older register, and was never opened again since.
    var endedElsewhere: Bool { ended && origin.closedMs > 0 && stageSinceMs == origin.closedMs }
}

extension Commit {
    /// A case's next version with the one event that made it.
    ///
    /// - Parameters:
    ///   - state: As it shall be (``HubCase/follow(_:_:)``).
    ///   - records: What its step brought beside the case (``StepCompletion``).
    ///   - tell: What the event says beside what follows from the case.
    init(
        _ state: HubCase, after before: HubCase, _ kind: HubEventKind, key: CommitKey? = nil,
        _ definition: HubServiceDefinition, records: [RecordWrite] = [], _ tell: (inout HubEvent) -> Void
    ) {
        self.init(key: key, atMillis: state.updatedMs)
        var event = HubEvent(about: state, kind: kind, atMillis: state.updatedMs)
        event.stageBefore = before.stage
        event.tell(of: state, since: before)
        tell(&event)
        cases = [
            CaseWrite(
                state: state, expectedVersion: before.version,
                index: indexEntries(of: state, definition: definition))
        ]
        events = [event]
        self.records = Self.pointers(to: state, after: before) + records
    }
}

extension HubEvent {
    /// What the hub made of a case's papers, inquiries, consultations, appointments and entries in one step.
    mutating func tell(of state: HubCase, since before: HubCase?) {
        papers = state.papers.changed(since: before?.papers ?? []).map(\.forEvents)
        inquiries = state.inquiries.changed(since: before?.inquiries ?? []).map(\.forEvents)
        consultations = state.consultations.map(\.forEvents)
        appointments = state.appointments.changed(since: before?.appointments ?? []).map(\.forEvents)
        entries = Array(state.entries.dropFirst(before?.entries.count ?? 0))
    }
}

extension Array where Element: Equatable {
    /// Elements that are new or not as they were; of a list that only grows.
    fileprivate func changed(since old: [Element]) -> [Element] {
        enumerated().filter { index, element in index >= old.count || old[index] != element }.map(\.element)
    }
}

extension Commit {
    /// Records that lead from the numbers of a case's new bills and papers to the case.
    static func pointers(to state: HubCase, after before: HubCase?) -> [RecordWrite] {
        let known = Set(before?.pointers ?? [])
        return state.pointers.filter { !known.contains($0) }.map { key in
            RecordWrite(key: key, expectedVersion: 0, body: [UInt8](state.id))
        }
    }
}

extension HubCase {
    /// Keys under which its bills, papers and inquiries are found.
    fileprivate var pointers: [String] {
        bills.map(\.number).filter { !$0.isEmpty }.map { HubBill.recordPrefix + $0 }
            + papers.map(\.number).filter { !$0.isEmpty }.map { HubPaper.recordPrefix + $0 }
            + inquiries.map { HubInquiry.recordKey(of: [UInt8]($0.id)) }
    }
}
