// What must hold where groups, registers and likenesses lean on fields.

import HubProto

extension DefinitionRules {
    /// A field by its name, or one of a group's rows as `<group>.<field>`.
    func searched(_ name: String) -> HubFormField? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard let first = parts.first, let own = field(first) else { return nil }
        return parts.count == 1 ? own : own.fields.first { $0.name == parts[1] }
    }

    /// Rows are small forms: their fields keep the same rules, and lean on each other alone.
    func rows(of group: HubFormField) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "field \(group.name) \(remedy)", "fields", group.name)
        }
        let inside = DefinitionRules(definition: .with { $0.fields = group.fields }, top: top)
        for field in group.fields {
            if field.type == .group { wrong("group", "has a group among its fields: \(field.name)") }
            if field.decided { wrong("group", "has a decided field: \(field.name)") }
            if !field.countedBy.isEmpty { wrong("group", "has working days counted: \(field.name)") }
        }
        if !group.fields.contains(where: { $0.type == .group }) { inside.fields() }
    }

    func entries() {
        for stage in definition.stages {
            if !stage.entries.isEmpty, stage.hasBill || stage.hasInquires {
                find(
                    "entries", "stage \(stage.name) bills or asks and writes entries: a case may pass it at once",
                    "stages", stage.name)
            }
            for rule in stage.entries { check(rule, of: stage) }
        }
    }

    private func check(_ rule: HubEntryRule, of stage: HubStage) {
        func wrong(_ broken: String, _ remedy: String) {
            find(broken, "stage \(stage.name), entry in \(rule.register): \(remedy)", "stages", stage.name)
        }
        let group = rule.each.isEmpty ? nil : field(rule.each)
        if !rule.each.isEmpty, group?.type != .group { wrong("each", "`each` must name a group") }
        func known(_ name: String) -> HubFormField? { group?.fields.first { $0.name == name } ?? field(name) }
        if let key = known(rule.key) {
            if ![.text, .nik, .familyCard, .code].contains(key.type) {
                wrong("key", "\(rule.key) is no number or text")
            }
        } else {
            wrong("key", "`key` names \(rule.key), which is no field")
        }
        for value in rule.values {
            if case .field(let name)? = value.from, known(name) == nil {
                wrong("values", "\(value.name) comes from \(name), which is no field")
            }
        }
        if rule.hasWhen { check(rule.when, among: definition.fields, "of the form") { wrong($0, $1) } }
    }

    func likenesses() {
        unique(definition.likenesses.map(\.name), "likenesses")
        for rule in definition.likenesses {
            func wrong(_ broken: String, _ remedy: String) {
                find(broken, "likeness \(rule.name) \(remedy)", "likenesses", rule.name)
            }
            if rule.same.isEmpty, rule.date.isEmpty, rule.metres == 0 {
                wrong("same", "needs `same`, `date` or `metres`, by which others are found")
            }
            for name in rule.same where (field(name)?.index ?? .unspecified) == .unspecified {
                wrong("same", "must name indexed fields in `same`: \(name.prefix(48))")
            }
            if !rule.date.isEmpty, field(rule.date)?.index != .date { wrong("date", "must name an indexed date") }
            if rule.alike.isEmpty != (rule.least == 0) { wrong("alike", "needs alike and least together") }
            if !rule.alike.isEmpty, field(rule.alike)?.type != .text { wrong("alike", "must name a text") }
            if !rule.names.isEmpty, rule.alike.isEmpty { wrong("names", "compares no names") }
            for stage in rule.except where !stageNames.contains(stage) {
                wrong("except", "names stage \(stage.prefix(48)), which is not there")
            }
        }
    }
}
