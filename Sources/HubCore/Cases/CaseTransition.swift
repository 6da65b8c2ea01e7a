// What a decision makes of a case: pure, so that it can be replayed from the log and tested as a function.

import HubDomain
import HubProto
import SwiftProtobuf

/// A command on its way to becoming an event: everything that was known when the module was asked.
struct CaseTransition: Sendable {
    let definition: HubServiceDefinition
    let action: HubAction
    let actor: HubActor
    let command: HubCommand
    /// The case before; nil for a new one.
    let before: HubCase?
    let form: FormOutcome
    let nowMillis: Int64
    let seed: UInt64
    /// Values that routes give: the module may set them as they are.
    var routed: [HubFieldValue] = []
    /// Of a case split from another one: since when the citizen waits.
    var clocksFrom: Int64?

    /// Identity of a case that is about to begin.
    struct NewCase: Sendable {
        let id: CaseID
        let number: String
        let applicant: String
        /// Of an imported case as in the older register; otherwise now.
        let createdMillis: Int64
    }

    /// Applies an acceptance.
    ///
    /// - Parameter new: Needed when `before` is nil.
    /// - Throws: ``HubError/Code/decisionInvalid`` when the module went beyond its definition.
    func apply(
        _ acceptance: HubAcceptance, new: NewCase?, plan: DeadlinePlan
    ) throws(HubError) -> (state: HubCase, event: HubEvent) {
        guard action.to.contains(acceptance.stage), let stage = definition.stage(acceptance.stage) else {
            // What a module says is only repeated where the definition says it too.
            let stage = definition.stage(acceptance.stage)?.name ?? "a stage that is not defined"
            throw HubError(.decisionInvalid, "\(definition.service): action \(action.name) may not lead to \(stage)")
        }
        var state = before ?? begin(new)
        state.data = definition.data(try merge(acceptance.data), after: action)
        state.documents = form.documents
        state.come(to: stage, nowMillis)
        state.version += 1
        state.updatedMs = nowMillis
        state.warnings = form.warnings + acceptance.warnings
        if !acceptance.unit.isEmpty, acceptance.unit != state.unit {
            state.unit = acceptance.unit
            state.hold(by: "", nowMillis)
            state.asked = ""
        }
        if !command.note.isEmpty { state.note = command.note }
        let imported = command.kind == .import
        if imported {
            state.origin = command.origin
            // What had ended there did not end today.
            if state.ended, command.origin.closedMs > 0 { state.stageSinceMs = command.origin.closedMs }
        }
        state.deadlines = try plan.deadlines(
            after: stage.name, stageBefore: before?.stage, current: before?.deadlines ?? [], data: state.data,
            nowMillis: clocksFrom ?? nowMillis,
            history: state.hasOrigin ? (state.createdMs, state.origin.closedMs == 0 ? nil : state.origin.closedMs) : nil
        )
        return (state, event(state, kind: imported ? .imported : action.kind.eventKind, changed: acceptance.data))
    }

    private func begin(_ new: NewCase?) -> HubCase {
        var state = HubCase()
        state.id = .init(new?.id.bytes ?? [])
        state.number = new?.number ?? ""
        state.applicant = new?.applicant ?? ""
        state.createdMs = new?.createdMillis ?? nowMillis
        state.service = definition.service
        state.definitionVersion = definition.version
        state.department = definition.department
        return state
    }

    /// The form's values with the module's on top, in the definition's order; only decided fields may be set by a module, and
    /// those that the routes set.
    private func merge(_ decided: [HubFieldValue]) throws(HubError) -> [HubFieldValue] {
        let fields = Dictionary(definition.fields.map { ($0.name, $0) }) { first, _ in first }
        var data = Dictionary(form.data.map { ($0.name, $0) }) { first, _ in first }
        for value in decided {
            guard let field = fields[value.name] else {
                throw HubError(.decisionInvalid, "\(definition.service): a value is of no field of the definition")
            }
            guard field.decided || routed.contains(value) else {
                throw HubError(.decisionInvalid, "\(definition.service): \(field.name) is not a decided field")
            }
            guard field.type.accepts(value) else {
                throw HubError(.decisionInvalid, "\(definition.service): \(field.name) is not of the field's type")
            }
            data[field.name] = value.value == nil ? nil : value
        }
        return definition.fields.compactMap { data[$0.name] }
    }

    private func event(_ state: HubCase, kind: HubEventKind, changed: [HubFieldValue]) -> HubEvent {
        var event = HubEvent(about: state, kind: kind, atMillis: nowMillis)
        event.action = action.name
        event.stageBefore = before?.stage ?? ""
        event.actor = actor
        event.note = command.note
        event.form = command.form
        event.documents = command.documents
        event.changed = changed
        event.seed = seed
        return event
    }
}

extension HubEvent {
    /// The part of an event that follows from the case after it.
    init(about state: HubCase, kind: HubEventKind, atMillis: Int64) {
        self.init()
        caseID = state.id
        number = state.number
        service = state.service
        department = state.department
        applicant = state.applicant
        caseVersion = state.version
        self.kind = kind
        stageAfter = state.stage
        atMs = atMillis
        escalation = state.escalation
        unit = state.unit
        holder = state.holder
        definitionVersion = state.definitionVersion
        consultations = state.consultations.map(\.forEvents)
    }
}

extension HubActionKind {
    var eventKind: HubEventKind {
        switch self {
        case .submit: .submitted
        case .repair: .repaired
        case .withdraw: .withdrawn
        case .reopen: .reopened
        case .act, .unspecified, .UNRECOGNIZED: .acted
        }
    }
}

extension HubFieldType {
    /// Whether a value has the shape of this type; its content is the module's word.
    func accepts(_ value: HubFieldValue) -> Bool {
        switch (self, value.value) {
        case (_, nil): true
        case (.integer, .integer), (.rupiah, .integer), (.latitude, .integer), (.longitude, .integer): true
        case (.flag, .flag): true
        case (.group, .rows): true
        case (.integer, _), (.rupiah, _), (.latitude, _), (.longitude, _), (.flag, _), (.group, _): false
        case (_, .text): true
        case (_, .integer), (_, .flag), (_, .rows): false
        }
    }
}
