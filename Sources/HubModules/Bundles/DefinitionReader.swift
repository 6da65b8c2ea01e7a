// services/*.yaml → hub.v1.ServiceDefinition.

import HubProto
import SwiftProtobuf

/// Reads one definition; what is wrong in it alone becomes findings here, what it refers to is checked by
/// ``DefinitionRules``.
struct DefinitionReader {
    private let top: YAMLObject

    init(_ top: YAMLObject) { self.top = top }

    func read() -> HubServiceDefinition {
        var definition = HubServiceDefinition()
        definition.service = top.text("service", required: true)
        definition.version = top.text("version", required: true)
        definition.validFrom = top.text("valid_from", required: true)
        definition.department = top.text("department", required: true)
        definition.interface = top.word("interface", Words.interfaces, required: true) ?? .unspecified
        definition.title = top.title()
        definition.legalBasis = top.texts("legal_basis", required: true)
        definition.number.prefix = top.text("number_prefix", required: true)
        definition.fields = top.objects("fields", required: true).map(field)
        definition.documents = top.objects("documents").map(document)
        definition.stages = top.objects("stages", required: true).map(stage)
        definition.actions = top.objects("actions", required: true).map(action)
        definition.clocks = top.objects("clocks").map(clock)
        definition.lookups = top.objects("lookups").map(lookup)
        definition.charges = top.objects("charges").map(charge)
        definition.escalation = top.objects("escalation").map(step)
        definition.example = example(of: definition.fields)
        top.finish()
        return definition
    }

    private func field(_ object: YAMLObject) -> HubFormField {
        var field = HubFormField()
        field.name = object.text("name", required: true)
        field.type = object.word("type", Words.fieldTypes, required: true) ?? .unspecified
        field.title = object.title()
        field.required = object.flag("required")
        field.personal = object.flag("personal")
        field.decided = object.flag("decided")
        field.index = object.word("index", Words.indexKinds) ?? .unspecified
        field.lengthMin = UInt32(object.integer("length_min", 0...100_000) ?? 0)
        field.lengthMax = UInt32(object.integer("length_max", 1...100_000) ?? 0)
        if let min = object.integer("min", Int.min...Int.max) { field.valueMin = Int64(min) }
        if let max = object.integer("max", Int.min...Int.max) { field.valueMax = Int64(max) }
        field.table = object.text("table")
        field.choices = object.objects("choices").map { choice in
            defer { choice.finish() }
            return .with {
                $0.value = choice.text("value", required: true)
                $0.title = choice.title()
            }
        }
        if let when = condition(object) { field.when = when }
        field.countedBy = object.text("counted_by")
        if let born = object.object("compare_with") {
            field.birthDateField = born.text("birth_date", required: true)
            field.sexField = born.text("sex")
            field.sexFemale = born.text("female")
            born.finish()
        }
        object.finish()
        return field
    }

    /// `when: { field: …, values: […] }`
    private func condition(_ object: YAMLObject) -> HubFieldCondition? {
        guard let when = object.object("when") else { return nil }
        defer { when.finish() }
        return .with {
            $0.field = when.text("field", required: true)
            $0.values = when.texts("values", required: true)
        }
    }

    /// Values of the example form, typed as the fields are.
    private func example(of fields: [HubFormField]) -> [HubFieldValue] {
        guard let example = top.object("example") else { return [] }
        defer { example.finish() }
        return fields.filter { !$0.decided && example.has($0.name) }.map { field in
            HubFieldValue.with { value in
                value.name = field.name
                switch field.type {
                case .integer, .rupiah, .latitude, .longitude:
                    value.integer = Int64(example.integer(field.name, Int.min...Int.max) ?? 0)
                case .flag: value.flag = example.flag(field.name)
                default: value.text = example.text(field.name)
                }
            }
        }
    }

    private func document(_ object: YAMLObject) -> HubDocumentRule {
        defer { object.finish() }
        return .with {
            $0.kind = object.text("kind", required: true)
            $0.title = object.title()
            $0.requiredFor = object.texts("required_for")
            $0.mediaTypes = object.texts("media_types")
            $0.sizeMax = UInt64(object.integer("size_max", 1...26_214_400) ?? 0)
        }
    }

    private func stage(_ object: YAMLObject) -> HubStage {
        defer { object.finish() }
        return .with {
            $0.name = object.text("name", required: true)
            $0.title = object.title()
            $0.ended = object.flag("ended")
            if let bill = bill(object) { $0.bill = bill }
            $0.issues = object.objects("issues").map(paper)
            $0.revokes = object.texts("revokes")
            if let consults = consults(object) { $0.consults = consults }
        }
    }

    private func consults(_ stage: YAMLObject) -> HubConsultRule? {
        guard let rule = stage.object("consults") else { return nil }
        defer { rule.finish() }
        return .with {
            $0.consultees = rule.objects("consultees", required: true).map { consultee in
                defer { consultee.finish() }
                return .with {
                    $0.name = consultee.text("name", required: true)
                    $0.title = consultee.title()
                    $0.unit = consultee.text("unit")
                    $0.area = consultee.text("area")
                }
            }
            $0.joinedTo = rule.text("joined_to", required: true)
        }
    }

    private func bill(_ stage: YAMLObject) -> HubBillRule? {
        guard let bill = stage.object("bill") else { return nil }
        defer { bill.finish() }
        return .with {
            $0.charges = bill.texts("charges", required: true)
            $0.settledTo = bill.text("settled_to", required: true)
            $0.dueDays = UInt32(bill.integer("due_days", 0...3_650, required: true) ?? 0)
        }
    }

    private func paper(_ object: YAMLObject) -> HubPaperRule {
        var rule = HubPaperRule()
        rule.paper = object.text("paper", required: true)
        rule.number = object.text("number", required: true)
        rule.validUntil = object.text("valid_until")
        rule.validMonths = UInt32(object.integer("valid_months", 1...1_200) ?? 0)
        if let values = object.object("values") {
            for (name, node) in values.pairs() {
                guard let text = node.scalar?.string else {
                    values.find(name, "type", "`values` are texts")
                    continue
                }
                rule.values.append(.with { ($0.name, $0.text) = (name, text) })
            }
            values.finish()
        }
        object.finish()
        return rule
    }

    private func charge(_ object: YAMLObject) -> HubCharge {
        defer { object.finish() }
        return .with {
            $0.name = object.text("name", required: true)
            $0.title = object.title()
            $0.tariff = object.text("tariff", required: true)
            $0.quantity = object.text("quantity")
            $0.group = object.text("group")
            if let when = condition(object) { $0.when = when }
        }
    }

    private func action(_ object: YAMLObject) -> HubAction {
        defer { object.finish() }
        return .with {
            $0.name = object.text("name", required: true)
            $0.title = object.title()
            $0.kind = object.word("kind", Words.actionKinds) ?? .act
            $0.from = object.texts("from")
            $0.to = object.texts("to", required: true)
            $0.roles = object.texts("roles", required: true)
            $0.noteRequired = object.flag("note_required")
            $0.fields = object.texts("fields")
            $0.reissues = object.texts("reissues")
        }
    }

    private func clock(_ object: YAMLObject) -> HubClockRule {
        var clock = HubClockRule()
        clock.name = object.text("name", required: true)
        clock.title = object.title()
        clock.unit = object.word("unit", Words.clockUnits, required: true) ?? .unspecified
        clock.amount = UInt32(object.integer("amount", 1...10_000, required: true) ?? 1)
        clock.calendar = object.text("calendar")
        clock.runsIn = object.texts("runs_in", required: true)
        clock.pausedIn = object.texts("paused_in")
        clock.onPassed = object.word("on_passed", Words.onPassed, required: true) ?? .mark
        clock.moveTo = object.text("move_to")
        if let only = object.object("only") {
            clock.onlyField = only.text("field", required: true)
            clock.onlyValue = only.text("value", required: true)
            only.finish()
        }
        if let by = object.object("amount_by") {
            clock.amountBy = by.text("field", required: true)
            for (value, node) in by.object("amounts", required: true)?.pairs() ?? [] {
                if let days = node.scalar.flatMap({ Int($0.string) }), (1...10_000).contains(days) {
                    clock.amounts[value] = UInt32(days)
                } else {
                    by.find("amounts", "type", "amounts must be whole numbers from 1 to 10000")
                }
            }
            by.finish()
        }
        object.finish()
        return clock
    }

    private func lookup(_ object: YAMLObject) -> HubLookup {
        defer { object.finish() }
        return .with {
            $0.field = object.text("field")
            $0.table = object.text("table", required: true)
        }
    }

    private func step(_ object: YAMLObject) -> HubEscalationStep {
        defer { object.finish() }
        return .with {
            $0.name = object.text("name", required: true)
            $0.title = object.title()
        }
    }
}

/// The words of the YAML and what they mean in the contract.
enum Words {
    static let interfaces: [String: HubServiceInterface] = [
        "applications": .applications, "civil_registry": .civilRegistry, "complaints": .complaints,
    ]
    static let fieldTypes: [String: HubFieldType] = [
        "text": .text, "integer": .integer, "rupiah": .rupiah, "flag": .flag, "date": .date, "choice": .choice,
        "nik": .nik, "family_card": .familyCard, "phone": .phone, "code": .code, "latitude": .latitude,
        "longitude": .longitude, "time": .time,
    ]
    static let indexKinds: [String: HubIndexKind] = ["exact": .exact, "date": .date, "name": .name]
    static let actionKinds: [String: HubActionKind] = [
        "submit": .submit, "act": .act, "repair": .repair, "withdraw": .withdraw, "reopen": .reopen,
    ]
    static let clockUnits: [String: HubClockUnit] = ["hours": .hours, "working_days": .workingDays]
    static let onPassed: [String: HubOnPassed] = ["mark": .mark, "escalate": .escalate, "move": .move]
}
