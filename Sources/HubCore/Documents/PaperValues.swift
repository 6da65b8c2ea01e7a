// What stands in a case's form, as a paper says it.

import HubDomain
package import HubProto

/// Values of fields as texts ready for reading, in Indonesian.
package enum PaperValues {
    /// By placeholder: each field that holds something under its own name; of a code also the row of its table, column by
    /// column, as `{field_column}`.
    ///
    /// - Parameter tables: Those that are in force, by name.
    package static func values(
        of data: [HubFieldValue], in definition: HubServiceDefinition, tables: [String: TableIndex]
    ) -> [String: String] {
        let fields = Dictionary(definition.fields.map { ($0.name, $0) }) { first, _ in first }
        var values: [String: String] = [:]
        for value in data {
            guard let field = fields[value.name] else { continue }
            values[field.name] = text(of: value, field)
            guard field.type == .code, let row = tables[field.table]?.row(value.text) else { continue }
            for (column, text) in row { values["\(field.name)_\(column)"] = text }
        }
        return values
    }

    private static func text(of value: HubFieldValue, _ field: HubFormField) -> String {
        switch value.value {
        case .text(let text):
            switch field.type {
            case .date: CalendarDate(iso: text)?.indonesian ?? text
            case .choice: field.choices.first { $0.value == text }?.title.id ?? text
            // Only rows are lines of their own: nobody writes a line of a paper by typing one.
            default: PrintableText.line(text, charactersMax: PaperContent.valueCharactersMax)
            }
        case .integer(let number):
            switch field.type {
            case .rupiah: RupiahText.digits(number)
            case .latitude, .longitude: degrees(number)
            default: String(number)
            }
        case .flag(let flag): flag ? "Ya" : "Tidak"
        case .rows(let rows): lines(rows, field)
        case nil: ""
        }
    }

    /// A line for each row: its number, then its values.
    private static func lines(_ rows: HubFieldRows, _ group: HubFormField) -> String {
        rows.rows.enumerated().map { index, row in
            let values = row.values.compactMap { value in
                group.fields.first { $0.name == value.name }.map { text(of: value, $0) }
            }
            return "\(index + 1). \(values.joined(separator: ", "))"
        }.joined(separator: "\n")
    }

    /// `-7,801200` for millionths of a degree.
    private static func degrees(_ millionths: Int64) -> String {
        let (whole, part) = millionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(part)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.utf8.count))
        return "\(millionths < 0 ? "-" : "")\(whole),\(zeros)\(digits)"
    }
}
