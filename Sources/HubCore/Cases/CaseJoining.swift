// Two cases go on as one, or one as two: both are remembered in one commit, and the history of each tells of the other.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Complaints/Merge` and `Split`
struct CaseJoining: Sendable {
    let commands: CaseCommands

    /// How often it is tried anew after one of the cases changed meanwhile.
    private static let attempts = 5
    /// Cases that are split out of one.
    private static let splitsMax = 20

    private var ledger: any Ledger { commands.ledger }
    private var access: CaseAccess { commands.access }

    // MARK: Methods

    func merge(_ context: CallContext, _ request: LayananMergeRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion, request.note, "merge") {
            (one, catalogue) async throws(HubError) in
            let other = try await found(request.into, context.actor)
            return try await merging(one, into: other, request, context, catalogue)
        }
    }

    func split(_ context: CallContext, _ request: LayananSplitRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, request.expectedVersion, request.note, "split") {
            (whole, catalogue) async throws(HubError) in try await splitting(whole, request, context, catalogue)
        }
    }

    private func change(
        _ context: CallContext, _ name: String, _ expectedVersion: UInt64, _ note: String, _ what: String,
        _ body: (HubCase, ServiceCatalogue) async throws(HubError) -> Commit
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let wrong = FormRules.violations(note: note, demanded: true)
        guard wrong.isEmpty else { throw HubError(.formInvalid, what, violations: wrong) }
        for attempt in 1...Self.attempts {
            let one = try await found(name, context.actor)
            guard expectedVersion == 0 || expectedVersion == one.version else {
                throw CaseCommands.stale(present: one.version)
            }
            let outcome = try await commands.rulebook.use { catalogue throws(HubError) in
                try await commands.journal.commit(try await body(one, catalogue))
            }
            if let answer = try outcome.callAnswer() { return answer }
            if case .conflict(_, let present) = outcome, attempt == Self.attempts {
                throw CaseCommands.stale(present: present)
            }
        }
        throw CaseCommands.stale(present: 0)  // Not reached: the last attempt returns or throws.
    }

    /// A case on which the actor works, after everything that was due for it.
    private func found(_ name: String, _ actor: HubActor) async throws(HubError) -> HubCase {
        let found = try await CaseReads(ledger: ledger, access: access).find(name, actor)
        guard access.works(actor, on: found) else {
            throw HubError(.permissionDenied, "cases are merged and split by officers who work on them")
        }
        let state = try await commands.deadlines.settle(found)
        guard !state.ended else { throw HubError(.joiningRefused, "\(state.number) has ended") }
        return state
    }

    // MARK: One out of two

    private func merging(
        _ one: HubCase, into other: HubCase, _ request: LayananMergeRequest, _ context: CallContext,
        _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> Commit {
        let definition = try catalogue.definition(of: one)
        let second = try catalogue.definition(of: other)
        guard one.id != other.id, one.service == other.service, definition.interface == .complaints else {
            throw HubError(.joiningRefused, "two complaints of one service are merged")
        }
        guard let stage = definition.stages.first(where: \.merged) else {
            throw HubError(.joiningRefused, "\(one.service) \(one.definitionVersion) has no stage for merged cases")
        }
        // Its complainant goes on reading the other one.
        guard one.applicant == other.applicant || second.shows(other) else {
            throw HubError(.joiningRefused, "\(other.number) is not public: its complainant alone may read it")
        }
        let now = commands.clock.nowMillis()
        var ended = one
        (ended.mergedInto, ended.note) = (other.number, request.note)
        try DeadlinePlan(definition: definition, calendars: catalogue.calendars)
            .move(&ended, to: stage.name, nowMillis: now)
        var records = try await commands.completion.complete(
            &ended, after: one, by: nil, definition, catalogue, nowMillis: now)
        ended.follow(one, now)
        // A program that complains for people without a reference of their own reads no timelines for them.
        if one.applicant != other.applicant, !one.applicant.hasPrefix("urn:") {
            records +=
                try await FollowBook(ledger: ledger)
                .change(one.applicant, [UInt8](other.id), follows: true)?.records ?? []
        }
        var goesOn = other
        goesOn.follow(other, now)
        var commit = Commit(ended, after: one, .merged, key: context.commitKey, definition, records: records) { event in
            (event.actor, event.note, event.otherCase) = (context.actor, request.note, other.number)
        }
        commit.join(
            Commit(goesOn, after: other, .merged, second) { event in
                (event.actor, event.note, event.otherCase) = (context.actor, request.note, one.number)
            })
        commit.answer = try LayananCaseReply.with { $0.case = access.view(of: ended, for: context.actor) }
            .ledgerBytes()
        return commit
    }

    // MARK: Two out of one

    private func splitting(
        _ whole: HubCase, _ request: LayananSplitRequest, _ context: CallContext, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> Commit {
        let definition = try catalogue.definition(of: whole)
        guard definition.interface == .complaints, let action = definition.submitAction else {
            throw HubError(.joiningRefused, "complaints are split, nothing else")
        }
        guard !whole.hasOrigin else { throw HubError(.joiningRefused, "cases of an older register stay as they were") }
        guard whole.splitInto.count < Self.splitsMax else {
            throw HubError(.joiningRefused, "\(Self.splitsMax) cases were split out of this one already")
        }
        let command = command(of: whole, request, definition, action)
        let now = commands.clock.nowMillis()
        var step = try await commands.decide(
            context, command, definition, action, before: nil, catalogue, splitFrom: whole
        ) { () async throws(HubError) in
            CaseTransition.NewCase(
                id: commands.caseID(now),
                number: try await commands.number(of: definition, whole.createdMs, catalogue),
                applicant: whole.applicant, createdMillis: whole.createdMs)
        }
        step.state.splitFrom = whole.number
        (step.event.kind, step.event.otherCase) = (.split, whole.number)
        var rest = whole
        rest.splitInto.append(step.state.number)
        rest.follow(whole, now)
        var commit = commands.commit(context, step, before: nil)
        commit.join(
            Commit(rest, after: whole, .split, definition) { event in
                (event.actor, event.note, event.otherCase) = (context.actor, request.note, step.state.number)
            })
        commit.answer = try LayananCaseReply.with { $0.case = access.view(of: step.state, for: context.actor) }
            .ledgerBytes()
        return commit
    }

    /// The request as it would have been made for the part. Papers that officers added stay with the whole.
    private func command(
        of whole: HubCase, _ request: LayananSplitRequest, _ definition: HubServiceDefinition, _ action: HubAction
    ) -> HubCommand {
        let other = Set(request.form.map(\.name))
        let open = Set(action.fields.isEmpty ? definition.fields.filter { !$0.decided }.map(\.name) : action.fields)
        let asked = definition.documents.filter { $0.requiredFor.isEmpty || $0.requiredFor.contains(action.name) }
        return .with {
            $0.kind = .submit
            $0.form = whole.data.filter { open.contains($0.name) && !other.contains($0.name) } + request.form
            $0.documents = whole.documents.filter { document in asked.contains { $0.kind == document.kind } }
            $0.note = request.note
        }
    }
}

extension Commit {
    /// Another case's change in the same commit.
    fileprivate mutating func join(_ other: Commit) {
        cases += other.cases
        events += other.events
        records += other.records
    }
}
