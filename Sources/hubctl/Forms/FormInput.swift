// A form as people write it: a flat YAML (or JSON) file, and `--set name=value`.

import HubDomain
import HubProto
import Yams

/// Field names and what was written for them, in order, each name once.
struct FormInput: Equatable, Sendable {
    /// Bytes a form file may have.
    static let fileBytesMax = 262_144

    /// Name, and the text; nil = the field is to be empty.
    private(set) var entries: [(name: String, text: String?)] = []

    static func == (a: Self, b: Self) -> Bool { a.entries.elementsEqual(b.entries, by: ==) }

    /// Nothing was written.
    var isEmpty: Bool { entries.isEmpty }

    init() {}

    /// Reads `name: value` lines. Values keep the digits they were written with, so that `0812…` stays a telephone.
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
            let line = value.mark?.line ?? 0
            guard case .scalar(let name) = key, case .scalar(let scalar) = value else {
                throw HubError(
                    .configurationInvalid, "\(file):\(line): a field's value must be one text, number or flag")
            }
            set(name.string, to: scalar.isNull ? nil : scalar.string)
        }
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
        return entries.map { entry in
            HubFieldValue.with { value in
                value.name = entry.name
                value.value = entry.text.map { Self.typed($0, types[entry.name] ?? .text) }
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
