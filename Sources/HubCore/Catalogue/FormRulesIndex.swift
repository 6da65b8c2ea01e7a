// Which values of a case can be searched, and how they are folded.

import HubDomain
package import HubProto

/// The searchable values of a case, by its definition; empty ones are left out.
package func indexEntries(of data: [HubFieldValue], definition: HubServiceDefinition) -> [IndexEntry] {
    let fields = Dictionary(definition.fields.map { ($0.name, $0) }) { first, _ in first }
    return data.compactMap { value in fields[value.name].flatMap { $0.indexEntry(value) } }
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
        let plain: String
        switch value.value {
        case .text(let text): plain = text
        case .integer(let number): plain = String(number)
        case .flag(let flag): plain = String(flag)
        case nil: return nil
        }
        let folded: String
        switch index {
        case .exact, .date: folded = plain
        case .name: folded = SearchKey.fold(plain)
        case .unspecified, .UNRECOGNIZED: return nil
        }
        return folded.isEmpty ? nil : IndexEntry(field: name, value: folded)
    }
}
