// Commands on cases, step by step: authorise, decide (CaseDecision.swift), remember, answer.

import Crypto
import HubDomain
import HubProto
import SwiftProtobuf

/// What came with a command beside what a module is asked.
struct CommandExtras {
    /// Removes the draft of which a request was made.
    var draft: [RecordWrite] = []
    /// How the applicant agreed that somebody acts for them.
    var consent: HubConsent?
}

/// Submit, act and import, for all three interfaces.
package struct CaseCommands: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let modules: any ModuleRuntime
    let rulebook: Rulebook
    let access: CaseAccess
    let clock: any HubClock
    let deadlines: DeadlinePassage
    let numbers: NumberBlocks
    let completion: StepCompletion
    let drafts: DraftBook
    let intake: DocumentIntake
    let random: @Sendable () -> UInt64

    /// How often a decision is made anew after the case changed meanwhile.
    static let attempts = 3

    var policy: Policy { access.policy }

    // MARK: The three commands

    /// A new case.
    func submit(
        _ context: CallContext, _ request: LayananSubmitRequest, through interface: HubServiceInterface
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        var command = HubCommand()
        command.kind = .submit
        command.form = request.form
        command.documents = request.documents
        let extras = CommandExtras(
            draft: try await drafts.spent(request.draft, by: context.actor),
            consent: request.hasConsent ? request.consent : nil)
        return try await rulebook.use { catalogue throws(HubError) in
            try await begin(
                context, command, service: request.service, interface, createdMillis: nil, extras, catalogue)
        }
    }

    /// A case of an older register, through the same path.
    func bring(
        _ context: CallContext, _ request: LayananImportRequest, through interface: HubServiceInterface
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        try check(request)
        var command = HubCommand()
        command.kind = .import
        command.form = request.form
        command.note = request.note
        command.origin = request.origin
        return try await rulebook.use { catalogue throws(HubError) in
            try await begin(
                context, command, service: request.service, interface, createdMillis: request.createdMs,
                CommandExtras(), catalogue)
        }
    }

    /// A step on a case.
    ///
    /// - Parameter kind: What the public verb says; the action's name may then be left out.
    func act(
        _ context: CallContext, _ request: LayananActRequest, through interface: HubServiceInterface,
        _ kind: HubActionKind
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        return try await rulebook.use { catalogue throws(HubError) in
            try await act(context, request, through: interface, kind, catalogue)
        }
    }

    // MARK: Steps

    private func act(
        _ context: CallContext, _ request: LayananActRequest, through interface: HubServiceInterface,
        _ kind: HubActionKind, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> CallAnswer {
        for attempt in 1...Self.attempts {
            let found = try await CaseReads(ledger: ledger, access: access).find(request.case, context.actor)
            let before = try await deadlines.settle(found)
            guard request.expectedVersion == 0 || request.expectedVersion == before.version else {
                throw Self.stale(present: before.version)
            }
            let definition = try catalogue.definition(of: before)
            guard definition.interface == interface else { throw Scope.notFound }
            let action = try self.action(request.action, kind, on: before, definition, context.actor)
            try FourEyes(definition: definition, policy: policy)
                .require(somebodyElseFor: action, than: before.taken, context.actor)
            var command = HubCommand()
            command.kind = .act
            command.form = request.form
            command.documents = request.documents
            command.note = try AnswerTemplates(
                definition: definition, catalogue: catalogue, nowMillis: clock.nowMillis()
            )
            .note(request.note, for: action, form: request.form, on: before)
            let step = try await decide(
                context, command, definition, action, before: before, catalogue,
                consent: request.hasConsent ? request.consent : nil, new: nil)
            let outcome = try await remember(context, step, before: before)
            if let answer = try outcome.callAnswer() { return answer }
            if case .conflict(let key, let present) = outcome,
                attempt == Self.attempts || (request.expectedVersion != 0 && !StepCompletion.isShared(key))
            {
                throw Self.stale(present: present)
            }
        }
        throw Self.stale(present: 0)  // Not reached: the last attempt returns or throws.
    }

    private func begin(
        _ context: CallContext, _ command: HubCommand, service: String, _ interface: HubServiceInterface,
        createdMillis: Int64?, _ extras: CommandExtras, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> CallAnswer {
        let now = clock.nowMillis()
        let today = catalogue.today(now)
        guard let definition = catalogue.current(service, today: today), definition.interface == interface,
            let action = definition.submitAction
        else {
            throw HubError(.serviceUnknown, "no such service through this interface; see layanan.v1.Catalogue/List")
        }
        try authorise(beginning: action, command, context.actor, department: definition.department)
        let created = createdMillis ?? now
        let limits = RequestLimits(ledger: ledger, definition: definition, nowMillis: now)
        for _ in 1...limits.attempts {
            let id = caseID(now)
            // What an older register holds was asked for long ago.
            var counted: [RecordWrite] = []
            do throws(HubError) {
                if command.kind == .submit { counted = try await limits.records(for: context, newCase: id.bytes) }
            } catch {
                // The request that took the last room may be this one, sent twice at once.
                if let stored = try await ledger.storedAnswer(to: context) { return stored }
                throw error
            }
            var step = try await decide(
                context, command, definition, action, before: nil, catalogue, consent: extras.consent
            ) {
                () async throws(HubError) in
                CaseTransition.NewCase(
                    id: id, number: try await number(of: definition, created, catalogue),
                    applicant: context.actor.applicantReference, createdMillis: created)
            }
            step.records += counted + extras.draft
            step.nearby = try await nearby(step, command, catalogue, nowMillis: now)
            let outcome = try await remember(context, step, before: nil)
            if let answer = try outcome.callAnswer() { return answer }
            guard case .conflict(let key, let present) = outcome else {
                throw HubError(.internalFault, "a commit neither happened nor was refused")
            }
            if RequestLimits.isOwn(key) { continue }
            if StepCompletion.isShared(key) || DraftBook.isOwn(key) { throw Self.stale(present: present) }
            guard key.hasPrefix(Self.originPrefix) else {
                throw HubError(.internalFault, "a new case met an old one")
            }
            throw HubError(
                .alreadyImported, "this record of the older register is already here", status: .alreadyExists)
        }
        throw HubError(.versionStale, "too many requests of this account or device at this moment; try again")
    }

    func caseID(_ nowMillis: Int64) -> CaseID { CaseID.make(millis: nowMillis, random: (random(), random())) }

    /// A new case's number.
    func number(
        of definition: HubServiceDefinition, _ createdMillis: Int64, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> String {
        let prefix = definition.number.prefix
        let year = catalogue.today(createdMillis).year
        let sequence = try await numbers.next("\(prefix)/\(year)")
        guard let number = CaseNumber(prefix: prefix, year: year, sequence: sequence) else {
            throw HubError(
                .definitionInvalid, "\(definition.service): number prefix or year cannot make a case number")
        }
        return number.text
    }

    /// What the public knows near a new request.
    private func nearby(
        _ step: DecidedStep, _ command: HubCommand, _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> [LayananNearbyCase] {
        let rule = step.definition.publishes
        guard command.kind == .submit, let place = step.state.data.place(rule.latitude, rule.longitude) else {
            return []
        }
        return try await NearbySearch(ledger: ledger, catalogue: catalogue, nowMillis: nowMillis)
            .cases(near: place, of: step.definition, except: step.state.number)
    }

    private func remember(
        _ context: CallContext, _ step: DecidedStep, before: HubCase?
    ) async throws(HubError) -> CommitOutcome {
        var commit = commit(context, step, before: before)
        commit.answer = try LayananCaseReply.with {
            $0.case = access.view(of: step.state, for: context.actor)
            $0.nearby = step.nearby
        }.ledgerBytes()
        return try await journal.commit(commit)
    }

    /// A step with everything that it means, but for the answer.
    func commit(_ context: CallContext, _ step: DecidedStep, before: HubCase?) -> Commit {
        var commit = Commit(key: context.commitKey, atMillis: step.event.atMs)
        commit.cases = [
            CaseWrite(
                state: step.state, expectedVersion: before?.version ?? 0,
                index: indexEntries(of: step.state, definition: step.definition))
        ]
        commit.records = Commit.pointers(to: step.state, after: before) + step.records
        if step.event.kind == .imported {
            let origin = step.state.origin
            commit.records += [
                RecordWrite(
                    key: "\(Self.originPrefix)\(origin.source)/\(origin.sourceID)", expectedVersion: 0,
                    body: [UInt8](step.state.id))
            ]
        }
        commit.events = [step.event]
        return commit
    }

    private static let originPrefix = "origin/"
    static func stale(present: UInt64) -> HubError {
        HubError(.versionStale, "the case has changed", facts: ["present_version": "\(present)"])
    }
}
