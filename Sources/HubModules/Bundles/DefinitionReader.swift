// services/*.yaml → hub.v1.ServiceDefinition.

import HubProto
import SwiftProtobuf
import Yams

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
        definition.fields = top.objects("fields", required: true).map(FieldReader.read)
        definition.documents = top.objects("documents").map(document)
        definition.stages = top.objects("stages", required: true).map(stage)
        definition.actions = top.objects("actions", required: true).map(action)
        definition.clocks = top.objects("clocks").map(clock)
        definition.lookups = top.objects("lookups").map(lookup)
        definition.likenesses = top.objects("likenesses").map(likeness)
        definition.consents = top.objects("consents").map(consent)
        definition.routes = top.text("routes")
        definition.limits = top.objects("limits").map(Self.limit)
        if let publishes = top.object("publishes").map(Self.publicity) { definition.publishes = publishes }
        if let retention = top.object("retention").map(Self.retention) { definition.retention = retention }
        definition.charges = top.objects("charges").map(charge)
        definition.escalation = top.objects("escalation").map(step)
        definition.questionnaire = top.text("questionnaire")
        if let contact = top.object("contact") {
            definition.contact = .with { ($0.phone, $0.email) = (contact.text("phone"), contact.text("email")) }
            contact.finish()
        }
        definition.example = example(of: definition.fields)
        top.finish()
        return definition
    }

    /// Values of the example form, typed as the fields are.
    private func example(of fields: [HubFormField]) -> [HubFieldValue] {
        guard let example = top.object("example") else { return [] }
        return FieldReader.values(example, of: fields)
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
            $0.merged = object.flag("merged")
            if let bill = bill(object) { $0.bill = bill }
            $0.issues = object.objects("issues").map(paper)
            $0.revokes = object.texts("revokes")
            if let consults = consults(object) { $0.consults = consults }
            $0.entries = object.objects("entries").map(entry)
            $0.flags = object.objects("flags").map(flag)
            if let inquires = object.object("inquires").map(Self.inquiry) { $0.inquires = inquires }
            if let books = object.object("books").map(Self.booking) { $0.books = books }
        }
    }

    private func flag(_ object: YAMLObject) -> HubFlagRule {
        defer { object.finish() }
        return .with {
            $0.name = object.text("name", required: true)
            $0.title = object.title()
            $0.field = object.text("field", required: true)
        }
    }

    private func consent(_ object: YAMLObject) -> HubConsentRule {
        defer { object.finish() }
        return .with {
            $0.kind = object.word("kind", Words.consentKinds, required: true) ?? .unspecified
            $0.document = object.text("document")
        }
    }

    /// `values: { field_of_the_register: field_of_the_case }`, or `{ text: … }` for the same text in each, `{ cleared: true }`
    /// for nothing.
    private func entry(_ object: YAMLObject) -> HubEntryRule {
        var rule = HubEntryRule()
        rule.register = object.text("register", required: true)
        rule.mode = object.word("mode", Words.entryModes, required: true) ?? .unspecified
        rule.key = object.text("key", required: true)
        rule.each = object.text("each")
        if let when = FieldReader.condition(object) { rule.when = when }
        if let values = object.object("values") {
            for (name, node) in values.pairs() {
                guard let value = entryValue(name, node) else {
                    values.find(name, "type", "`\(name.prefix(48))` is a field, { text: … } or { cleared: true }")
                    continue
                }
                rule.values.append(value)
            }
            values.finish()
        }
        object.finish()
        return rule
    }

    private func entryValue(_ name: String, _ node: Node) -> HubEntryValue? {
        if let field = node.scalar?.string { return .with { ($0.name, $0.field) = (name, field) } }
        guard let mapping = node.mapping, mapping.count == 1 else { return nil }
        if let text = mapping["text"]?.scalar?.string { return .with { ($0.name, $0.text) = (name, text) } }
        return mapping["cleared"]?.scalar?.string == "true" ? .with { ($0.name, $0.cleared) = (name, true) } : nil
    }

    private func likeness(_ object: YAMLObject) -> HubLikenessRule {
        defer { object.finish() }
        return .with {
            $0.name = object.text("name", required: true)
            $0.title = object.title()
            $0.same = object.texts("same")
            $0.date = object.text("date")
            $0.withinDays = UInt32(object.integer("within_days", 0...31) ?? 0)
            $0.alike = object.text("alike")
            $0.least = UInt32(object.integer("least", 1...1_000) ?? 0)
            $0.names = object.text("names")
            $0.except = object.texts("except")
            $0.latitude = object.text("latitude")
            $0.longitude = object.text("longitude")
            $0.metres = UInt32(object.integer("metres", 1...1_000) ?? 0)
            $0.openDays = UInt32(object.integer("open_days", 1...365) ?? 0)
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
        rule.once = object.flag("once")
        rule.signedBy = object.texts("signed_by")
        rule.values = texts(of: object.object("values"), "values").map { name, text in
            .with { ($0.name, $0.text) = (name, text) }
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
            if let when = FieldReader.condition(object) { $0.when = when }
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
            $0.adopts = texts(of: object.object("adopts"), "adopts").map { field, from in
                .with { ($0.field, $0.from) = (field, from) }
            }
            $0.clears = object.texts("clears")
            $0.otherThan = object.texts("other_than")
            $0.noteTable = object.text("note_table")
            $0.noteField = object.text("note_field")
        }
    }

    /// A mapping of names to texts.
    private func texts(of object: YAMLObject?, _ place: String) -> [(name: String, text: String)] {
        guard let object else { return [] }
        defer { object.finish() }
        return object.pairs().compactMap { name, node in
            if let text = node.scalar?.string { return (name, text) }
            object.find(name, "type", "`\(place)` are texts")
            return nil
        }
    }

    private func clock(_ object: YAMLObject) -> HubClockRule {
        var clock = HubClockRule()
        clock.name = object.text("name", required: true)
        clock.title = object.title()
        clock.unit = object.word("unit", Words.clockUnits, required: true) ?? .unspecified
        clock.untilPaper = object.text("until_paper")
        clock.amount =
            clock.untilPaper.isEmpty
            ? UInt32(object.integer("amount", 1...10_000, required: true) ?? 1)
            : UInt32(object.integer("amount", 0...10_000) ?? 0)
        clock.calendar = object.text("calendar")
        clock.runsIn = object.texts("runs_in", required: true)
        clock.pausedIn = object.texts("paused_in")
        clock.onPassed = object.word("on_passed", Words.onPassed, required: true) ?? .mark
        clock.moveTo = object.text("move_to")
        clock.sets = texts(of: object.object("sets"), "sets").map { name, text in
            .with { ($0.name, $0.text) = (name, text) }
        }
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
            $0.table = object.text("table")
            $0.register = object.text("register")
            $0.key = object.text("key")
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
        "longitude": .longitude, "time": .time, "group": .group,
    ]
    static let indexKinds: [String: HubIndexKind] = ["exact": .exact, "date": .date, "name": .name]
    static let actionKinds: [String: HubActionKind] = [
        "submit": .submit, "act": .act, "repair": .repair, "withdraw": .withdraw, "reopen": .reopen,
    ]
    static let consentKinds: [String: HubConsentKind] = ["spoken": .spoken, "written": .written, "proxy": .proxy]
    static let entryModes: [String: HubEntryMode] = ["enter": .enter, "amend": .amend, "put": .put]
    static let clockUnits: [String: HubClockUnit] = ["hours": .hours, "working_days": .workingDays, "days": .days]
    static let limitSubjects: [String: HubLimitSubject] = ["applicant": .applicant, "device": .device]
    static let onPassed: [String: HubOnPassed] = ["mark": .mark, "escalate": .escalate, "move": .move]
}
