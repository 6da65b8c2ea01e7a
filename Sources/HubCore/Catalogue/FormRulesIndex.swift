// Which values of a case can be searched, and how they are folded.

import HubDomain
package import HubProto

/// Everything by which a case is found: its searchable values and, while it is open, the cells in which it lies.
package func indexEntries(of state: HubCase, definition: HubServiceDefinition) -> [IndexEntry] {
    indexEntries(of: state.data, definition: definition)
        + (state.ended ? [] : PlaceIndex.entries(of: state.data, definition))
}

/// The searchable values of a case, by its definition; empty ones are left out.
package func indexEntries(of data: [HubFieldValue], definition: HubServiceDefinition) -> [IndexEntry] {
    let fields = Dictionary(definition.fields.map { ($0.name, $0) }) { first, _ in first }
    var entries: [IndexEntry] = []
    var seen: Set<IndexEntry> = []
    for value in data {
        guard let field = fields[value.name] else { continue }
        let found = field.type == .group ? field.indexEntries(ofRows: value.rows) : [field.indexEntry(value)]
        entries += found.compactMap(\.self).filter { seen.insert($0).inserted }
    }
    return entries
}

extension HubServiceDefinition {
    /// A field that is marked for search, by its name or as `<group>.<field>`.
    func searchable(_ name: String) -> HubFormField? {
        let parts = name.split(separator: ".", maxSplits: 1)
        guard let first = parts.first, let field = fields.first(where: { $0.name == first }) else { return nil }
        let wanted = parts.count == 1 ? field : field.fields.first { $0.name == parts[1] }
        return wanted?.index == .unspecified ? nil : wanted
    }
}

extension HubFormField {
    /// What a search for `text` in this field looks for; nil when the field is not marked or no value can match.
    package func indexEntry(searching text: String) -> IndexEntry? {
        switch type {
        case .phone: indexEntry(.with { $0.text = PhoneNumber(text)?.text ?? "" })
        case .integer, .rupiah, .latitude, .longitude:
            Int64(text).flatMap { number in indexEntry(.with { $0.integer = number }) }
        case .flag: Bool(text).flatMap { flag in indexEntry(.with { $0.flag = flag }) }
        default: indexEntry(.with { $0.text = text })
        }
    }

    fileprivate func indexEntry(_ value: HubFieldValue) -> IndexEntry? {
        folded(value).map { IndexEntry(field: name, value: $0) }
    }

    /// Values of a group's rows are found as `<group>.<field>`.
    fileprivate func indexEntries(ofRows rows: HubFieldRows) -> [IndexEntry?] {
        rows.rows.flatMap { row in
            row.values.map { value in
                fields.first { $0.name == value.name }?.folded(value).map {
                    IndexEntry(field: "\(name).\(value.name)", value: $0)
                }
            }
        }
    }

    /// A value as it is searched for; nil when the field is not marked or the value is empty.
    func folded(_ value: HubFieldValue) -> String? {
        guard let plain = value.plainText else { return nil }
        let folded: String
        switch index {
        case .exact, .date: folded = plain
        case .name: folded = SearchKey.fold(plain)
        case .unspecified, .UNRECOGNIZED: return nil
        }
        return folded.isEmpty ? nil : folded
    }
}
