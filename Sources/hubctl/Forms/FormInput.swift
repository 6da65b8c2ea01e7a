// A form as people write it: a YAML (or JSON) file of values and rows, and `--set name=value`.

import HubDomain
import HubProto
import Yams

/// Field names and what was written for them, in order, each name once.
struct FormInput: Equatable, Sendable {
    /// Bytes a form file may have.
    static let fileBytesMax = 262_144

    /// Name, and the text; nil = the field is to be empty.
    private(set) var entries: [(name: String, text: String?)] = []
    /// Rows of a group by its name.
    private(set) var rows: [String: [FormInput]] = [:]

    static func == (a: Self, b: Self) -> Bool { a.entries.elementsEqual(b.entries, by: ==) && a.rows == b.rows }

    /// Nothing was written.
    var isEmpty: Bool { entries.isEmpty && rows.isEmpty }

    init() {}

    /// Reads `name: value` lines; a group is a list of such blocks. Values keep the digits they were written with, so that `0812…` stays a telephone.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` with the line; the text itself is never quoted.
    init(yaml: String, file: String) throws(HubError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw HubError(.configurationInvalid, "\(file): \(error.place)")
        } catch {
            throw HubError(.configurationInvalid, "\(file): not YAML")
        }
        guard let node else { return }
        guard case .mapping(let mapping) = node else {
            throw HubError(.configurationInvalid, "\(file): expected lines of `field: value`")
        }
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw Self.unreadable(key, file) }
            if let list = value.sequence {
                rows[name] = try list.map { item throws(HubError) in try Self.row(item, file) }
            } else {
                try set(name, to: value, file)
            }
        }
    }

    private static func row(_ item: Node, _ file: String) throws(HubError) -> FormInput {
        guard let mapping = item.mapping else { throw unreadable(item, file) }
        var row = FormInput()
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw unreadable(key, file) }
            try row.set(name, to: value, file)
        }
        return row
    }

    private mutating func set(_ name: String, to node: Node, _ file: String) throws(HubError) {
        guard case .scalar(let scalar) = node else { throw Self.unreadable(node, file) }
        set(name, to: scalar.isNull ? nil : scalar.string)
    }

    private static func unreadable(_ node: Node, _ file: String) -> HubError {
        HubError(
            .configurationInvalid,
            "\(file):\(node.mark?.line ?? 0): a field's value must be one text, number or flag, or a list of rows")
    }

    /// Puts `name=value` over what is there; `name=` empties the field.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` without an equals sign.
    mutating func set(_ assignment: String) throws(HubError) {
        guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
            throw HubError(.configurationInvalid, "--set takes name=value")
        }
        let value = String(assignment[assignment.index(after: equals)...])
        set(String(assignment[..<equals]), to: value.isEmpty ? nil : value)
    }

    /// Puts a value over what is there; nil empties the field.
    mutating func set(_ name: String, to text: String?) {
        if let position = entries.firstIndex(where: { $0.name == name }) {
            entries[position].text = text
        } else {
            entries.append((name, text))
        }
    }

    /// The values as the definition types them. What does not look like its type goes as text, and what nobody
    /// knows goes too: the hub's rules are the only ones, and it names all that is wrong at once.
    func values(_ fields: [HubFormField]) -> [HubFieldValue] {
        let types = Dictionary(fields.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        let plain = entries.map { entry in
            HubFieldValue.with { value in
                value.name = entry.name
                value.value = entry.text.map { Self.typed($0, types[entry.name] ?? .text) }
            }
        }
        return plain
            + rows.sorted { $0.key < $1.key }.map { group in
                let inside = fields.first { $0.name == group.key }?.fields ?? []
                return .with {
                    $0.name = group.key
                    $0.rows.rows = group.value.map { row in .with { $0.values = row.values(inside) } }
                }
            }
    }

    private static func typed(_ text: String, _ type: HubFieldType) -> HubFieldValue.OneOf_Value {
        switch type {
        case .integer, .rupiah: Int64(text).map { .integer($0) } ?? .text(text)
        case .latitude, .longitude: Degrees.millionths(text).map { .integer($0) } ?? .text(text)
        case .flag:
            switch text.lowercased() {
            case "true", "yes", "ya": .flag(true)
            case "false", "no", "tidak": .flag(false)
            default: .text(text)
            }
        default: .text(text)
        }
    }
}
