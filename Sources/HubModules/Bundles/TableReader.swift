// tables/NAME.csv with its NAME.yaml → hub.v1.Table.

import HubDomain
import HubProto
import SwiftProtobuf

/// A table: the CSV's first line names its columns, the first column is the key.
enum TableReader {
    /// Largest table, bytes and rows.
    static let bytesMax = 4_194_304
    static let rowsMax = 100_000
    /// Bytes that are taken apart at once.
    private static let pieceBytes = 65_536

    /// - Parameters:
    ///   - about: The YAML beside the CSV: version, source, licence.
    ///   - file: Path of the CSV within the bundle.
    static func read(name: String, csv: [UInt8], about: YAMLObject, file: String, _ findings: Findings) -> HubTable {
        var table = HubTable()
        table.name = name
        table.version = about.text("version", required: true)
        table.source = about.text("source", required: true) + ". " + about.text("licence", required: true)
        about.finish()
        var reader = CSVReader()
        var seen: Set<String> = []
        // Piece by piece, so that a file of nothing but mistakes is not a million rows in memory.
        for start in stride(from: 0, through: csv.count, by: pieceBytes) where !findings.isFull {
            let piece = csv[start..<min(start + pieceBytes, csv.count)]
            let rows = reader.feed(piece) + (start + pieceBytes > csv.count ? reader.finish() : [])
            guard take(rows, into: &table, &seen, file, findings) else { return table }
        }
        if table.rows.isEmpty { findings.add(file, line: 1, "rows", "the table is empty") }
        return table
    }

    /// False when the table holds as many rows as one may.
    private static func take(
        _ rows: [CSVRow], into table: inout HubTable, _ seen: inout Set<String>, _ file: String, _ findings: Findings
    ) -> Bool {
        for row in rows {
            switch row {
            case .refused(let fault, let line): findings.add(file, line: line, "csv", fault.remedy)
            case .fields(let fields, let line):
                if table.columns.isEmpty {
                    table.columns = fields
                    if Set(fields).count < fields.count || fields.contains("") {
                        findings.add(file, line: line, "columns", "each column needs a name of its own")
                    }
                } else if fields.count != table.columns.count {
                    findings.add(file, line: line, "columns", "expected \(table.columns.count), found \(fields.count)")
                } else if !seen.insert(fields[0]).inserted {
                    findings.add(file, line: line, "unique", "the key stands twice")
                } else if table.rows.count >= rowsMax {
                    findings.add(file, line: line, "rows", "at most \(rowsMax)")
                    return false
                } else {
                    table.rows.append(.with { $0.values = fields })
                }
            }
        }
        return true
    }
}
