// Watching: the state first, then every change in order, from a cursor that survives any break.

import HubDomain
import HubProto

/// `layanan.v1.Cases/Watch`.
///
/// A watcher pulls: the feed only rings, and what is sent is read from memory or the ledger after the watcher's own
/// position. So nothing can be missed between the snapshot and the first change, and no queue grows for it here.
struct CaseWatch: Sendable {
    let ledger: any Ledger
    let feed: EventFeed
    let access: CaseAccess
    let seal: CursorSeal
    /// Events in one message, as PROTOCOL.md says.
    static let batch = 100

    func run(
        _ context: CallContext, _ request: LayananWatchRequest, into sink: any StreamSink
    ) async throws(StreamInterruption) {
        let (bellID, bell) = feed.listen()
        defer { feed.forget(bellID) }
        var position: Position
        do throws(HubError) {
            position = try await begin(context, request, into: sink)
        } catch {
            throw StreamInterruption(error: error, cursor: [])
        }
        do throws(HubError) {
            try await drain(&position, context, into: sink)
            for await _ in bell {
                try await drain(&position, context, into: sink)
            }
            throw HubError(.cancelled, "the watcher left")
        } catch {
            throw StreamInterruption(error: error, cursor: position.cursor)
        }
    }

    /// Where a watcher stands and what it wants.
    private struct Position {
        var hubID: [UInt8]
        var sequence: UInt64
        var caseID: [UInt8]?
        /// Events of the case that its snapshot already contains.
        var caseVersion: UInt64 = 0
        var service: String
        /// Last sequence that a cursor was sent for.
        var told: UInt64

        let seal: CursorSeal
        let principal: String

        var cursor: [UInt8] { seal.cursor(hubID: hubID, sequence: sequence, principal: principal).bytes }
    }

    private func begin(
        _ context: CallContext, _ request: LayananWatchRequest, into sink: any StreamSink
    ) async throws(HubError) -> Position {
        let head = try await ledger.head()
        // The feed may lag behind the ledger by commits that are not yet published; start where both agree.
        let now = min(feed.head, head.sequence)
        var position = Position(
            hubID: head.hubID, sequence: now, caseID: nil, service: request.service, told: 0, seal: seal,
            principal: context.actor.principal)
        var state: HubCase?
        if !request.case.isEmpty {
            let found = try await CaseReads(ledger: ledger, access: access).find(request.case, context.actor)
            position.caseID = [UInt8](found.id)
            state = found
        }
        if context.resumeFrom.isEmpty {
            var first = LayananWatchUpdate()
            if let state {
                first.state = access.view(of: state, for: context.actor)
                position.caseVersion = state.version
            }
            first.cursor = .init(position.cursor)
            try await sink.send(try first.ledgerBytes(), cursor: position.cursor)
            position.told = position.sequence
        } else {
            position.sequence = try resume(context, head: head)
            position.told = position.sequence
        }
        return position
    }

    private func resume(_ context: CallContext, head: LedgerHead) throws(HubError) -> UInt64 {
        let cursor = try seal.open(context.resumeFrom, of: head.hubID, principal: context.actor.principal)
        guard cursor.sequence <= head.sequence else { throw LogCursor.beyond(head.sequence) }
        return cursor.sequence
    }

    /// Sends everything up to the feed's head.
    private func drain(
        _ position: inout Position, _ context: CallContext, into sink: any StreamSink
    ) async throws(HubError) {
        let scope = Scope(of: context.actor, policy: access.policy)
        while position.sequence < feed.head {
            if Task.isCancelled { throw HubError(.cancelled, "the watcher left") }
            let events = try await next(after: position.sequence)
            guard let last = events.last else { return }
            let shown = events.filter { isAskedFor($0, position) }
                .compactMap { access.view(of: $0, for: context.actor, scope) }
            if !shown.isEmpty || last.sequence - position.told >= 1_000 {
                var update = LayananWatchUpdate()
                update.events = shown
                var reached = position
                reached.sequence = last.sequence
                update.cursor = .init(reached.cursor)
                try await sink.send(try update.ledgerBytes(), cursor: reached.cursor)
                position.told = last.sequence
            }
            position.sequence = last.sequence
        }
    }

    private func next(after sequence: UInt64) async throws(HubError) -> [HubEvent] {
        if let recent = feed.recent(after: sequence, limit: Self.batch) { return recent }
        let head = feed.head
        return try await ledger.events(after: sequence, limit: Self.batch).filter { $0.sequence <= head }
    }

    private func isAskedFor(_ event: HubEvent, _ position: Position) -> Bool {
        guard !event.caseID.isEmpty else { return false }  // Rules that came into force are of no case.
        if let caseID = position.caseID {
            return [UInt8](event.caseID) == caseID && event.caseVersion > position.caseVersion
        }
        return position.service.isEmpty || event.service == position.service
    }
}

extension HubEvent {
    /// Without what only the log and the department need: at most about 1 KiB and the note, no form values.
    var forWatchers: HubEvent {
        var event = self
        event.form = []
        event.documents = []
        event.changed = []
        event.applicant = ""
        event.actor.onBehalfOf = ""
        event.seed = 0
        event.entries = []
        event.clearConsent()
        return event.withoutMarks
    }

    /// A citizen sees what happened and which office did it; who the officer is stays with the department.
    var forApplicants: HubEvent {
        var event = forWatchers.withoutOtherCase  // Of the same complaint by somebody else.
        event.holder = ""
        for index in event.postings.indices { event.postings[index].note = "" }
        if [.handedOver, .consulted].contains(kind) { event.note = "" }  // Officers among themselves.
        if kind == .flagged { event.action = "" }
        event.consultations = consultations.map(\.forApplicants)
        event.inquiries = inquiries.map(\.forApplicants)
        event.route = ""
        event.actor = HubActor()
        event.actor.role = actor.role
        event.actor.department = actor.department
        return event
    }
}

extension HubCase {
    /// A citizen sees which office has the case; who the officer is stays with the department.
    var forApplicants: HubCase {
        var state = self
        state.holder = ""
        state.heldSinceMs = 0
        state.asked = ""
        state.bills = state.bills.map(\.forApplicants)
        state.consultations = consultations.map(\.forApplicants)
        (state.likenesses, state.flaggings, state.flags, state.taken) = ([], [], [], [])
        state.inquiries = inquiries.map(\.forApplicants)
        state.appointments = appointments.map(\.forApplicants)
        for index in state.consents.indices { state.consents[index].by = "" }
        return state
    }
}
