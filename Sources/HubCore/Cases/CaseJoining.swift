// Two cases go on as one, or one as two: both are remembered in one commit, and the history of each tells of the other.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Complaints/Merge` and `Split`
struct CaseJoining: Sendable {
    let commands: CaseCommands

    /// How often it is tried anew after one of the cases changed meanwhile. Follows, which many change, have more.
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
        var changes = 0
        for _ in 1...FollowService.attempts {
            let one = try await found(name, context.actor)
            guard expectedVersion == 0 || expectedVersion == one.version else {
                throw CaseCommands.stale(present: one.version)
            }
            let outcome = try await commands.rulebook.use { catalogue throws(HubError) in
                try await commands.journal.commit(try await body(one, catalogue))
            }
            if let answer = try outcome.callAnswer() { return answer }
            guard case .conflict(let key, let present) = outcome, !StepCompletion.isShared(key) else { continue }
            changes += 1
            if changes == Self.attempts { throw CaseCommands.stale(present: present) }
        }
        throw HubError(.versionStale, "too many follow these cases at this moment; try again")
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
        // Its complainant goes on reading the other one, and so does everybody who read this one.
        guard second.shows(other) || (one.applicant == other.applicant && !definition.shows(one)) else {
            throw HubError(.joiningRefused, "\(other.number) is not public: its complainant alone may read it")
        }
        if let eyes = definition.actions.first(where: { !$0.otherThan.isEmpty && $0.from.contains(one.stage) }) {
            throw HubError(
                .joiningRefused,
                "\(one.number) waits for a second pair of eyes: take \(eyes.name) or send it back, then merge")
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
        let person = one.applicant.hasPrefix("urn:") ? "" : one.applicant
        records += try await FollowBook(ledger: ledger).moving([UInt8](one.id), and: person, to: other)
        var goesOn = other
        goesOn.deadlines = other.deadlines.map { $0.earlier(one.deadlines) }
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
        try check(request, definition)
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

    /// What its applicant asked for in secret stays secret in each part.
    private func check(_ request: LayananSplitRequest, _ definition: HubServiceDefinition) throws(HubError) {
        let fixed = definition.publishes.unless.field
        guard definition.publishes.hasUnless, request.form.contains(where: { $0.name == fixed }) else { return }
        throw HubError(
            .formInvalid, "split",
            violations: [
                Violation(
                    fixed, "fixed", id: "Kosongkan: nilainya tetap seperti pada berkas asal.",
                    en: "Leave it out: it stays as it is in the whole.")
            ])
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

extension HubDeadline {
    /// With the time of the same clock of a case that goes on with this one, if it passes earlier: its complainant waits since
    /// then. Both run; a clock that ended, or stands, is left as it is. The amount stays, for it follows the case's own data.
    fileprivate func earlier(_ others: [HubDeadline]) -> HubDeadline {
        guard state == .running, unit != .days,
            let other = others.first(where: { $0.name == name && $0.state == .running && $0.unit == unit }),
            other.dueMs < dueMs
        else { return self }
        var row = self
        (row.startedMs, row.dueMs, row.calendar) = (min(startedMs, other.startedMs), other.dueMs, other.calendar)
        (row.countedFromMs, row.countedDays) = (other.countedFromMs, other.countedDays)
        return row
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
