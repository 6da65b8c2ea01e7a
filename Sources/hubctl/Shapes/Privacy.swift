// Which values of a case may be shown: the definition names the personal ones; a field it does not know is one.

import HubProto

/// What a person at the terminal gets to see of a case.
struct Privacy: Sendable {
    /// Shown in place of a hidden value.
    static let hidden = "‹personal›"

    private let types: [String: HubFieldType]
    private let open: Set<String>
    private let reveal: Bool

    /// - Parameters:
    ///   - definition: Of the case's service; nil when the hub has none, so that everything is hidden.
    ///   - reveal: `--personal` was given.
    init(_ definition: HubServiceDefinition?, reveal: Bool) {
        let fields = definition?.fields ?? []
        types = Dictionary(fields.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        // Of a group nothing is shown where one of its fields is personal: rows tell of each other.
        open = Set(fields.filter { !$0.personal && !$0.fields.contains(where: \.personal) }.map(\.name))
        self.reveal = reveal
    }

    /// The value as JSON: coordinates in degrees, an empty field or a hidden one as null.
    func json(_ field: HubFieldValue) -> JSON {
        guard shows(field.name) else { return .null }
        return switch field.value {
        case .text(let text): .string(text)
        case .integer(let number): isCoordinate(field.name) ? .number(Double(number) / 1e6) : .integer(number)
        case .flag(let flag): .bool(flag)
        case .rows(let rows):
            .array(rows.rows.map { row in .object(members: row.values.map { ($0.name, plain($0)) }) })
        case nil: .null
        }
    }

    /// The value for people.
    func text(_ field: HubFieldValue) -> String {
        guard shows(field.name) else { return Self.hidden }
        return switch field.value {
        case .text(let text): text
        case .integer(let number):
            isCoordinate(field.name) ? Quantity.fixed(Double(number) / 1e6, decimals: 6) : String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .rows(let rows):
            rows.rows.enumerated().map { index, row in
                let values = row.values.map { "\($0.name)=\(text(ofRow: $0))" }
                return "[\(index + 1)] \(values.joined(separator: ", "))"
            }.joined(separator: "; ")
        case nil: ""
        }
    }

    /// A value of a row, which is shown already.
    private func plain(_ value: HubFieldValue) -> JSON {
        switch value.value {
        case .text(let text): .string(text)
        case .integer(let number): .integer(number)
        case .flag(let flag): .bool(flag)
        case .rows, nil: .null
        }
    }

    private func text(ofRow value: HubFieldValue) -> String {
        switch plain(value) {
        case .string(let text): text
        case .null: ""
        case let other: other.written()
        }
    }

    /// Something that is personal in every case, such as the applicant.
    func personal(_ text: String) -> String { text.isEmpty || reveal ? text : Self.hidden }

    /// As ``personal(_:)``, null when hidden or empty.
    func personalJSON(_ text: String) -> JSON { reveal ? .text(text) : .null }

    private func shows(_ name: String) -> Bool { reveal || open.contains(name) }

    private func isCoordinate(_ name: String) -> Bool {
        types[name] == .latitude || types[name] == .longitude
    }
}
