// What a citizen fills in, and what a department's module decides on it.

import HubDomain
import HubProto

@testable import HubCore

extension FuzzTarget {
    static let forms = [form, decision]

    /// A request for a service that has a field of every type.
    private static let form = FuzzTarget(
        "form", verdicts: [.accepted, "E1005", "E4003", "E4004"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            let request = try LayananSubmitRequest(edge: [UInt8](input))
            let outcome = try check(request.form, request.documents)
            let again = try check(outcome.data, outcome.documents)
            guard again.data == outcome.data, again.documents == outcome.documents else {
                throw HubError(.internalFault, "a form in its one spelling is spelled anew")
            }
            for value in outcome.data {
                guard let field = EveryField.definition.fields.first(where: { $0.name == value.name }) else {
                    throw HubError(.internalFault, "a value is of no field")
                }
                guard field.type.accepts(value), !field.decided else {
                    throw HubError(.internalFault, "a value is not what its field holds")
                }
                _ = field.indexEntry(searching: value.text)
            }
            return .accepted
        }
    }

    private static func check(
        _ form: [HubFieldValue], _ documents: [HubDocument]
    ) throws(HubError) -> FormOutcome {
        try FormRules(definition: EveryField.definition, tables: ["colours": EveryField.colours]).check(
            form: form, documents: documents, note: "", action: EveryField.submit, existingData: [],
            existingDocuments: [], storedDocuments: [EveryField.hash: (1_000, "image/png")], imported: false)
    }

    /// A decision of the module about a request for the same service.
    private static let decision = FuzzTarget(
        "decision", verdicts: ["accepted", "rejected", "undecodable", "E3006"]
    ) { (input) throws(BrokenPromise) in
        guard let decision = try? HubDecision(serializedBytes: [UInt8](input)), let outcome = decision.outcome else {
            return "undecodable"
        }
        try roundTrip(decision)
        guard case .accepted(let acceptance) = outcome else {
            try relayed(HubError(.refusedByRule, "", violations: decision.rejected.reasons.map(Violation.init)))
            return "rejected"
        }
        return try verdict { () throws(HubError) in
            let transition = CaseTransition(
                definition: EveryField.definition, action: EveryField.submit, actor: HubActor(), command: HubCommand(),
                before: nil, form: FormOutcome(data: [], documents: [], warnings: []), nowMillis: 1_790_000_000_000,
                seed: 7)
            let (state, event) = try transition.apply(
                acceptance, new: nil, plan: DeadlinePlan(definition: EveryField.definition, calendars: [:]))
            guard EveryField.submit.to.contains(state.stage), event.stageAfter == state.stage, state.version == 1,
                state.data.allSatisfy({ $0.name == "verdict" || $0.name == "fee" })
            else { throw HubError(.internalFault, "a module goes beyond its definition") }
            return .accepted
        }
    }
}

/// A service as small as one with a field of every type can be.
private enum EveryField {
    static let hash = [UInt8](repeating: 0x11, count: 32)

    static let submit = HubAction.with {
        $0.name = "submit"
        $0.kind = .submit
        $0.to = ["filed", "done"]
    }

    static let definition = HubServiceDefinition.with {
        $0.service = "every"
        $0.fields = [
            field("text", .text) {
                $0.lengthMin = 2
                $0.lengthMax = 8
                $0.required = true
                $0.index = .name
            },
            field("integer", .integer) {
                $0.valueMin = -5
                $0.valueMax = 5
                $0.index = .exact
            },
            field("rupiah", .rupiah), field("flag", .flag), field("date", .date) { $0.index = .date },
            field("choice", .choice) { $0.choices = ["f", "m"].map { value in .with { $0.value = value } } },
            field("nik", .nik) {
                $0.birthDateField = "date"
                $0.sexField = "choice"
                $0.sexFemale = "f"
                $0.index = .exact
            },
            field("family_card", .familyCard), field("phone", .phone) { $0.index = .exact },
            field("code", .code) { $0.table = "colours" }, field("latitude", .latitude), field("longitude", .longitude),
            field("time", .time), field("verdict", .text) { $0.decided = true },
            field("fee", .rupiah) { $0.decided = true },
        ]
        $0.documents = [.with { $0.kind = "sketch" }]
        $0.stages = ["filed", "done"].map { name in
            .with {
                $0.name = name
                $0.ended = name == "done"
            }
        }
        $0.actions = [submit]
        $0.clocks = [
            .with {
                $0.name = "promise"
                $0.unit = .hours
                $0.amount = 5
                $0.runsIn = ["filed"]
            }
        ]
    }

    static let colours = TableIndex(
        .with {
            $0.name = "colours"
            $0.columns = ["code"]
            $0.rows = [.with { $0.values = ["red"] }]
        })

    private static func field(
        _ name: String, _ type: HubFieldType, _ change: (inout HubFormField) -> Void = { _ in }
    ) -> HubFormField {
        var field = HubFormField()
        field.name = name
        field.type = type
        change(&field)
        return field
    }
}
