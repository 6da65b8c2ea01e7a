// What a case writes into registers when it comes to a stage, before anybody has looked into them. Pure.

import HubDomain
import HubProto

/// One entry as a rule of the definition wants it.
struct EntryDraft: Sendable {
    let register: HubRegister
    let mode: HubEntryMode
    let key: String
    /// Field of the case that gives the key, for refusals; with the row of a group in front.
    let keyField: String
    /// Fields that change: nil = empty from now on.
    var changes: [(name: String, value: HubFieldValue?, from: String)] = []
}

/// The entries of one definition.
struct EntryPlan: Sendable {
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue

    /// What a case writes that has just come to its stage from another one.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when a register is not in force, ``HubError/Code/refusedByRule`` with
    ///   every field that an entry needs and the case does not have.
    func drafts(for state: HubCase, after before: HubCase?) throws(HubError) -> [EntryDraft] {
        guard state.stage != before?.stage, let stage = definition.stage(state.stage) else { return [] }
        var drafts: [EntryDraft] = []
        var wrong: [Violation] = []
        for rule in stage.entries where !rule.hasWhen || rule.when.holds(for: state.data) {
            guard let register = catalogue.registers[rule.register] else {
                throw HubError(.definitionInvalid, "\(definition.service): no register \(rule.register) is in force")
            }
            for source in sources(of: rule, state) {
                if let draft = draft(rule, register, source, &wrong) { drafts.append(draft) }
            }
        }
        guard wrong.isEmpty else {
            throw HubError(.refusedByRule, "\(definition.service): an entry cannot be written", violations: wrong)
        }
        return drafts
    }

    /// Where the values of an entry come from: a group's row, then the case.
    private struct Source {
        var path: String
        var row: [HubFieldValue]
        var data: [HubFieldValue]

        func value(_ field: String) -> (value: HubFieldValue?, path: String) {
            if let value = row.first(where: { $0.name == field }) { return (value, "\(path)\(field)") }
            return (data.first { $0.name == field }, field)
        }
    }

    private func sources(of rule: HubEntryRule, _ state: HubCase) -> [Source] {
        guard !rule.each.isEmpty else { return [Source(path: "", row: [], data: state.data)] }
        let rows = state.data.first { $0.name == rule.each }?.rows.rows ?? []
        return rows.enumerated().map { index, row in
            Source(path: FormRules.path(rule.each, index), row: row.values, data: state.data)
        }
    }

    private func draft(
        _ rule: HubEntryRule, _ register: HubRegister, _ source: Source, _ wrong: inout [Violation]
    ) -> EntryDraft? {
        let (key, keyField) = source.value(rule.key)
        guard let key = key?.text, (1...RegisterBook.keyBytesMax).contains(key.utf8.count) else {
            wrong.append(.entryKey(keyField, register))
            return nil
        }
        var draft = EntryDraft(register: register, mode: rule.mode, key: key, keyField: keyField)
        for value in rule.values {
            switch value.from {
            case .text(let text):
                draft.changes.append((value.name, .with { ($0.name, $0.text) = (value.name, text) }, ""))
            case .cleared: draft.changes.append((value.name, nil, ""))
            case .field(let field):
                let (found, path) = source.value(field)
                guard var found, found.value != nil else { continue }
                found.name = value.name
                draft.changes.append((value.name, found, path))
            case nil: continue
            }
        }
        return draft
    }
}

extension Violation {
    static func entryKey(_ field: String, _ register: HubRegister) -> Self {
        Self(
            field, "required",
            id: "Isi dahulu: \(register.title.id) dicatat dengan nomor ini, paling panjang 64 bita.",
            en: "Fill this in first: \(register.title.en) is written under it, in 64 bytes at most.")
    }
}
