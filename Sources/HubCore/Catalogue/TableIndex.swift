// A bundle's table, ready to be asked by key.

package import HubProto

/// Rows of a table under their key, the first column.
package struct TableIndex: Sendable {
    /// Name of the table.
    package let name: String
    /// Key of the first row; nil when the table is empty.
    package let firstKey: String?

    let columns: [String]
    private let rows: [String: [String]]

    /// Of two rows with one key the first counts; a bundle with such a table is refused before it comes here.
    package init(_ table: HubTable) {
        name = table.name
        columns = table.columns
        firstKey = table.rows.first?.values.first
        rows = Dictionary(table.rows.compactMap { row in row.values.first.map { ($0, row.values) } }) { first, _ in
            first
        }
    }

    /// All rows by column, in no order.
    var all: some Sequence<[String: String]> {
        rows.values.lazy.map { values in Dictionary(zip(columns, values)) { first, _ in first } }
    }

    /// There is a row with this key.
    package func contains(_ key: String) -> Bool { rows[key] != nil }

    /// The values of a row by column; nil when no row has this key.
    package func row(_ key: String) -> [String: String]? {
        rows[key].map { values in Dictionary(zip(columns, values)) { first, _ in first } }
    }
}
