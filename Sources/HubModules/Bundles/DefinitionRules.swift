// What must hold within one definition: names are sound and unique, fields fit their types, references are there.

import HubDomain
import HubProto

/// Checks a definition that was read; every broken rule is named, with the line of the block that breaks it.
///
/// The life of a case (stages, actions, clocks) is checked in `DefinitionRules+Life.swift`.
struct DefinitionRules {
    let definition: HubServiceDefinition
    /// The file's top, which knows where each block stands.
    let top: YAMLObject

    func check() {
        head()
        fields()
        documents()
        lookups()
        stages()
        actions()
        for clock in definition.clocks { check(clock) }
        charges()
        papers()
        consultations()
        inquiries()
        bookings()
        entries()
        likenesses()
        flags()
        consents()
        publicity()
        contact()
    }

    /// The fields alone, which registers have too.
    func fields() {
        unique(definition.fields.map(\.name), "fields")
        for field in definition.fields { check(field) }
        for group in definition.fields where group.type == .group { rows(of: group) }
    }

    /// Notices can go where the form says.
    private func contact() {
        guard definition.hasContact else { return }
        for (key, name, type) in [
            ("phone", definition.contact.phone, HubFieldType.phone), ("email", definition.contact.email, .text),
        ] where !name.isEmpty && field(name)?.type != type {
            find("contact", "`\(key)` must name a field of type \(type == .phone ? "phone" : "text")", "contact")
        }
    }

    /// What is made known to others is a number of a citizen, by which they can be found.
    private func flags() {
        for stage in definition.stages { unique(stage.flags.map(\.name), "stages") }
        let rules = definition.stages.flatMap(\.flags)
        for rule in rules where rule != rules.first(where: { $0.name == rule.name }) {
            find("flags", "flag \(rule.name) says in one stage what it does not in another", "stages")
        }
        for rule in definition.stages.flatMap(\.flags) where ![.nik, .familyCard].contains(field(rule.field)?.type) {
            find("flags", "flag \(rule.name) must name a field with a number of a citizen", "stages")
        }
    }

    private func consents() {
        let kinds = definition.consents.map(\.kind)
        if Set(kinds).count < kinds.count { find("consents", "names a kind of consent twice", "consents") }
        for rule in definition.consents
        where !rule.document.isEmpty && !definition.documents.contains(where: { $0.kind == rule.document }) {
            find("consents", "consent is proved by document \(rule.document), which is not there", "consents")
        }
    }

    /// - Parameters:
    ///   - list: Key of the list that is wrong.
    ///   - name: Block of the list.
    func find(_ rule: String, _ remedy: String, _ list: String, _ name: String? = nil) {
        guard !top.findings.isFull else { return }
        top.findings.add(top.file, line: top.line(of: list, name), rule, remedy)
    }

    func field(_ name: String) -> HubFormField? { definition.fields.first { $0.name == name } }

    private func head() {
        // What is empty was already told as missing.
        for (key, code) in [("service", definition.service), ("department", definition.department)]
        where !code.isEmpty && !Name.isCode(code) {
            find(key, "must match [a-z][a-z0-9-]{0,31}", key)
        }
        if !definition.validFrom.isEmpty, CalendarDate(iso: definition.validFrom) == nil {
            find("valid_from", "must be a date, YYYY-MM-DD", "valid_from")
        }
        let prefix = definition.number.prefix
        if !prefix.isEmpty, CaseNumber(prefix: prefix, year: 2026, sequence: 1) == nil {
            find("number_prefix", "2 to 5 letters A-Z", "number_prefix")
        }
        unique(definition.documents.map(\.kind), "documents")
        unique(definition.stages.map(\.name), "stages")
        unique(definition.actions.map(\.name), "actions")
        unique(definition.clocks.map(\.name), "clocks")
        unique(definition.charges.map(\.name), "charges")
        unique(definition.escalation.map(\.name), "escalation")
    }

    func unique(_ names: [String], _ list: String) {
        var seen: Set<String> = []
        for name in names where !name.isEmpty {
            if !Name.isIdentifier(name) {
                find("name", "\(list): `\(name.prefix(48))` must match [a-z][a-z0-9_-]{0,47}", list, name)
            }
            if !seen.insert(name).inserted { find("unique", "\(list): `\(name)` stands twice", list, name) }
        }
    }

    // MARK: Fields

    private func check(_ field: HubFormField) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "field \(field.name) \(remedy)", "fields", field.name)
        }
        if (field.type == .choice) == field.choices.isEmpty {
            wrong("choices", field.type == .choice ? "needs choices" : "is no choice and has choices")
        }
        let values = field.choices.map(\.value)
        if Set(values).count < values.count { wrong("choices", "offers a value twice") }
        if (field.type == .code) == field.table.isEmpty {
            wrong("table", field.type == .code ? "needs a table" : "is no code and names a table")
        }
        if field.decided, field.required { wrong("decided", "cannot be required and decided by the module") }
        if [.nik, .familyCard, .phone].contains(field.type), !field.personal {
            wrong("personal", "says who somebody is: mark it `personal: true`")
        }
        if (field.type == .group) == field.fields.isEmpty {
            wrong("group", field.type == .group ? "needs fields" : "is no group and has fields")
        }
        if field.rowsMax > 0, field.type != .group { wrong("group", "is no group and has rows_max") }
        bounds(field, wrong)
        switch field.index {
        case .date where field.type != .date: wrong("index", "is no date")
        case .name where field.type != .text: wrong("index", "is no text")
        case .exact where [.latitude, .longitude, .flag, .group].contains(field.type):
            wrong("index", "cannot be searched")
        default: break
        }
        comparison(field, wrong)
        if !field.countedBy.isEmpty, field.type != .date || field.decided {
            wrong("counted_by", "is no date of the form, to which working days could be counted")
        }
        if field.hasWhen { condition(field, wrong) }
    }

    /// What a condition leans on stands before the field, so that no two can lean on each other.
    private func condition(_ field: HubFormField, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        check(field.when, among: definition.fields.prefix { $0.name != field.name }, "that stands before it", wrong)
        if field.decided { wrong("when", "is decided by the module, which asks nobody") }
    }

    /// - Parameter place: Where the other answer must stand, in the words of the finding.
    func check(
        _ when: HubFieldCondition, among fields: some Sequence<HubFormField>, _ place: String,
        _ wrong: (_ rule: String, _ remedy: String) -> Void
    ) {
        guard let other = fields.first(where: { $0.name == when.field }), [.choice, .flag].contains(other.type) else {
            wrong("when", "must name a choice or flag \(place)")
            return
        }
        let offered = other.type == .flag ? ["true", "false"] : other.choices.map(\.value)
        if when.values.isEmpty || !Set(when.values).isSubset(of: offered) {
            wrong("when", "must give values that \(other.name) offers")
        }
    }

    private func bounds(_ field: HubFormField, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        let hasLength = field.lengthMin > 0 || field.lengthMax > 0
        if hasLength, field.type != .text { wrong("length", "is no text and has a length") }
        if field.lengthMin > (field.lengthMax == 0 ? Self.lengthMax : field.lengthMax) {
            wrong("length", "has length_min above length_max")
        }
        let hasBounds = field.hasValueMin || field.hasValueMax
        if hasBounds, field.type != .integer, field.type != .rupiah { wrong("min", "is no number and has min or max") }
        if field.hasValueMin, field.hasValueMax, field.valueMin > field.valueMax { wrong("min", "has min above max") }
    }

    /// Characters of a text whose definition does not say (definition.proto).
    private static let lengthMax: UInt32 = 2_000

    private func comparison(_ field: HubFormField, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        guard !field.birthDateField.isEmpty else { return }
        if field.type != .nik { wrong("compare_with", "is no NIK") }
        if self.field(field.birthDateField)?.type != .date { wrong("compare_with", "must name a date in birth_date") }
        if field.sexField.isEmpty != field.sexFemale.isEmpty {
            wrong("compare_with", "needs sex and female together")
        } else if !field.sexField.isEmpty, !offers(field.sexField, field.sexFemale) {
            wrong("compare_with", "must name a choice in sex, and one of its values in female")
        }
    }

    /// The field is a choice and this is one of its values.
    func offers(_ name: String, _ value: String) -> Bool {
        field(name)?.choices.contains { $0.value == value } ?? false
    }

    // MARK: Documents and tables

    private func documents() {
        let known = Set(definition.actions.map(\.name))
        for document in definition.documents {
            for action in document.requiredFor where !known.contains(action) {
                find(
                    "required_for", "document \(document.kind) names action \(action), which is not there", "documents",
                    document.kind)
            }
        }
    }

    /// A lookup without a field sees the table's first row, so that limits which law sets can be data.
    private func lookups() {
        for lookup in definition.lookups {
            if lookup.table.isEmpty == lookup.register.isEmpty {
                find("lookup", "a lookup names either a table or a register", "lookups")
            }
            if lookup.field.isEmpty, lookup.register.isEmpty { continue }
            if !lookup.key.isEmpty { find("lookup", "a lookup has either a field or a key", "lookups") }
            guard let key = searched(lookup.field) else {
                find("field", "a lookup names field \(lookup.field), which is not there", "lookups")
                continue
            }
            let keys: [HubFieldType] =
                lookup.register.isEmpty ? [.text, .choice, .code] : [.text, .choice, .code, .nik, .familyCard]
            if !keys.contains(key.type) {
                find(
                    "field", "a lookup needs a text, number of a citizen, choice or code; \(lookup.field) is none",
                    "lookups")
            }
        }
    }
}
