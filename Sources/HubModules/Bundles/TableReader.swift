// tables/NAME.csv with its NAME.yaml → hub.v1.Table.

import HubDomain
import HubProto
import SwiftProtobuf

/// A table: the CSV's first line names its columns, the first column is the key.
enum TableReader {
    /// Largest table, bytes and rows.
    static let bytesMax = 4_194_304
    static let rowsMax = 100_000

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
        for row in reader.feed(csv) + reader.finish() {
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
                    return table
                } else {
                    table.rows.append(.with { $0.values = fields })
                }
            }
        }
        if table.rows.isEmpty { findings.add(file, line: 1, "rows", "the table is empty") }
        return table
    }
}
