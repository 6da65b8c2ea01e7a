// The middle of every command: check it, ask the module, and apply what it says.

import HubDomain
import HubProto

/// A command as it was decided, before it is remembered.
struct DecidedStep {
    var state: HubCase
    var event: HubEvent
    var definition: HubServiceDefinition
    var records: [RecordWrite]
    /// Public cases near a new one.
    var nearby: [LayananNearbyCase] = []
}

extension CaseCommands {
    /// Checks the command, asks the module and applies what it says.
    ///
    /// - Parameter whole: The case out of which a new one is split: its papers may be used, and clocks run from its first day.
    func decide(
        _ context: CallContext, _ sent: HubCommand, _ definition: HubServiceDefinition, _ action: HubAction,
        before: HubCase?, _ catalogue: ServiceCatalogue, consent: HubConsent? = nil, splitFrom whole: HubCase? = nil,
        new: (() async throws(HubError) -> CaseTransition.NewCase)?
    ) async throws(HubError) -> DecidedStep {
        var command = sent
        let usable = try await intake.usable(sent.documents, by: context.actor)
        command.documents = usable.documents
        let rules = FormRules(definition: definition, tables: catalogue.tables)
        let form = try rules.check(
            form: command.form, documents: command.documents, note: command.note, action: action,
            existingData: before?.data ?? [], existingDocuments: before?.documents ?? [],
            storedDocuments: usable.facts(with: before ?? whole),
            imported: command.kind == .import)
        // What an older register holds was agreed to there.
        let consent =
            command.kind == .import
            ? nil
            : try ConsentRules(definition: definition, policy: policy).checked(
                consent, action, by: context.actor, for: before?.applicant, documents: command.documents,
                nowMillis: clock.nowMillis())
        let route =
            command.kind == .import ? nil : catalogue.route(for: definition, action, form: form.data)
        var question = try await question(command, form, definition, action, before, catalogue)
        question.actor = context.actor
        if let route { question.records.append(route.record(of: definition.routes)) }
        let acceptance = try await answer(to: question, definition, catalogue, timeoutMillis: context.timeoutMillis)
        var transition = CaseTransition(
            definition: definition, action: action, actor: context.actor, command: command, before: before,
            form: form, nowMillis: question.nowMs, seed: question.seed)
        transition.routed = route?.values ?? []
        transition.clocksFrom = whole?.createdMs
        let plan = DeadlinePlan(definition: definition, calendars: catalogue.calendars)
        var (state, event) = try transition.apply(acceptance, new: try await new?(), plan: plan)
        state.likenesses = question.likenesses
        state.taken = FourEyes(definition: definition, policy: policy)
            .taken(after: action, by: context.actor, state.taken, nowMillis: question.nowMs)
        let records = try await completion.complete(
            &state, after: before, by: action, definition, catalogue, nowMillis: question.nowMs)
        if let consent {
            state.consents.append(consent)
            event.consent = consent
        }
        event.stageAfter = state.stage
        event.tell(of: state, since: before)
        if let route, !route.unit.isEmpty, acceptance.unit == route.unit { event.route = route.name }
        return DecidedStep(state: state, event: event, definition: definition, records: records)
    }

    /// Everything that the module needs to know, but for who asks.
    private func question(
        _ command: HubCommand, _ form: FormOutcome, _ definition: HubServiceDefinition, _ action: HubAction,
        _ before: HubCase?, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> HubDecideRequest {
        var question = HubDecideRequest()
        question.definition = definition.reference
        question.command = command
        question.command.action = action.name
        // As they would be after the command: a paper that the case has need not be sent again with a repair.
        question.command.form = form.data
        question.command.documents = form.documents
        if let before { question.case = before.withoutMarks }
        question.records = catalogue.records(for: definition, form: form.data)
        question.records += try await completion.registers.records(for: definition, form: form.data)
        question.nowMs = clock.nowMillis()
        question.workingDays = catalogue.workingDays(for: definition, form: form.data, nowMillis: question.nowMs)
        question.seed = random()
        question.utcOffsetMinutes = Int32(clamping: catalogue.utcOffsetMinutes)
        question.likenesses = try await likenesses(of: form.data, action, before, definition, catalogue)
        return question
    }

    /// - Throws: ``HubError/Code/refusedByRule`` with the module's reasons.
    private func answer(
        to question: HubDecideRequest, _ definition: HubServiceDefinition, _ catalogue: ServiceCatalogue,
        timeoutMillis: UInt32
    ) async throws(HubError) -> HubAcceptance {
        guard let module = catalogue.module(of: definition.service) else {
            throw HubError(.moduleUnavailable, "no module here decides on \(definition.service)")
        }
        switch try await modules.decide(module: module, question, timeoutMillis: timeoutMillis).outcome {
        case .accepted(let acceptance): return acceptance
        case .rejected(let rejection):
            throw HubError(
                .refusedByRule, "\(definition.service): the department's rules refuse the request",
                violations: rejection.reasons.map(Violation.init))
        case nil:
            throw HubError(.decisionInvalid, "\(definition.service): the decision says neither yes nor no")
        }
    }

    /// Looked for when a request is made or repaired; otherwise those that were found then.
    private func likenesses(
        of data: [HubFieldValue], _ action: HubAction, _ before: HubCase?, _ definition: HubServiceDefinition,
        _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> [HubLikeness] {
        guard action.kind == .submit || action.kind == .repair, !definition.likenesses.isEmpty else {
            return before?.likenesses ?? []
        }
        return try await LikenessSearch(
            ledger: ledger, definition: definition, tables: catalogue.tables, nowMillis: clock.nowMillis()
        )
        .likenesses(of: data, except: [UInt8](before?.id ?? .init()))
    }
}
