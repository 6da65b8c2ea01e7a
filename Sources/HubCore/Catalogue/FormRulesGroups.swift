// Groups: rows of fields, each row checked like a small form.

import HubDomain
import HubProto

extension FormRules {
    /// Rows of a group that sets no limit of its own.
    static let rowsLimit = 20

    /// How violations name a row: `anggota[2].`, counted from 1 as people count.
    static func path(_ group: String, _ index: Int) -> String { "\(group)[\(index + 1)]." }

    /// Checks every row; rows without any value are left out, as an empty line of a paper form is.
    func check(_ rows: HubFieldRows, _ field: HubFormField) throws(HubError) -> ValueCheck {
        guard field.type == .group else { return .broken(.type(field)) }
        let most = field.rowsMax == 0 ? Self.rowsLimit : Int(field.rowsMax)
        guard rows.rows.count <= most else { return .broken(.tooManyRows(field, max: most)) }
        var wrong: [Violation] = []
        var sound: [HubFieldRow] = []
        for (index, row) in rows.rows.enumerated() {
            let path = Self.path(field.name, index)
            if let values = try check(row, field, path, &wrong) { sound.append(.with { $0.values = values }) }
        }
        guard wrong.isEmpty else { return .broken(wrong) }
        return sound.isEmpty
            ? .empty
            : .sound(
                .with {
                    $0.name = field.name
                    $0.rows.rows = sound
                })
    }

    /// The row's values in the group's order; nil when it is empty.
    private func check(
        _ row: HubFieldRow, _ group: HubFormField, _ path: String, _ wrong: inout [Violation]
    ) throws(HubError) -> [HubFieldValue]? {
        guard row.values.count <= group.fields.count + Self.spareValues else {
            wrong.append(Violation.tooManyFields.about(path + "?"))
            return nil
        }
        var given: [String: HubFieldValue] = [:]
        var broken: Set<String> = []
        var seen: Set<String> = []
        for value in row.values {
            let first = seen.insert(value.name).inserted
            guard let field = group.fields.first(where: { $0.name == value.name }) else {
                let unknown = Violation.unknownField(value.name)
                wrong.append(unknown.about(path + unknown.field))
                continue
            }
            guard first else {
                wrong.append(Violation.duplicate(field).about(path + field.name))
                continue
            }
            switch try check(value, field) {
            case .empty: break
            case .sound(let sound): given[field.name] = sound
            case .broken(let violations):
                broken.insert(field.name)
                wrong += violations.map { $0.about(path + field.name) }
            }
        }
        let values = group.fields.compactMap { given[$0.name] }
        guard !values.isEmpty || !broken.isEmpty else { return nil }
        let asked = Self.asked(group.fields, values)
        for field in group.fields where !broken.contains(field.name) {
            if given[field.name] == nil {
                if field.required, asked.contains(field.name) {
                    wrong.append(Violation.required(field).about(path + field.name))
                }
            } else if !asked.contains(field.name) {
                wrong.append(Violation.notAsked(field).about(path + field.name))
            }
        }
        return values
    }
}

extension Violation {
    /// The same of another field.
    func about(_ field: String) -> Self {
        var violation = self
        violation.field = field
        return violation
    }
}

extension [HubFieldValue] {
    /// Texts of a field: its own, or those of each row when `field` is `<group>.<field>`.
    func texts(of field: String) -> [String] {
        guard let dot = field.firstIndex(of: ".") else {
            return first { $0.name == field }.map(\.text).flatMap { $0.isEmpty ? nil : [$0] } ?? []
        }
        let name = field[field.index(after: dot)...]
        let rows = first { $0.name == field[..<dot] }?.rows.rows ?? []
        return rows.compactMap { row in row.values.first { $0.name == name }?.text }.filter { !$0.isEmpty }
    }
}
