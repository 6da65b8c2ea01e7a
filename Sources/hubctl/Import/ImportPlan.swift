// A map bound to the header of a file: turns each row into a record, or says why it cannot.

import Crypto
import HubDomain

/// A row as the hub shall get it.
struct ImportRecord: Equatable, Sendable {
    /// Physical line on which the row begins.
    var line: Int
    var sourceID: String
    /// As `on-behalf-of` says; nil = the importer's own.
    var applicant: String?
    var category: String
    var createdMillis: Int64
    /// 0 = still open.
    var closedMillis: Int64
    var note: String
    var form: FormInput
    /// What was translated, for the table at the end.
    var translations: [Translated]

    /// A value of the register and what it became.
    struct Translated: Hashable, Sendable {
        var field: String
        var from: String
        var to: String
    }
}

/// Why a row was not taken.
struct RowRefusal: Error, Equatable, Sendable {
    /// Physical line on which the row begins.
    var line: Int
    /// The row's key in the register, when it was readable.
    var sourceID = ""
    /// Name of the broken rule, such as `time_format`.
    var rule: String
    /// Names columns and what was expected; never a value.
    var reason: String
}

/// A map whose columns have been found.
struct ImportPlan: Sendable {
    /// Bytes of a key in the register (hub.v1.Origin).
    static let sourceIDBytesMax = 64
    /// Bytes of a category (hub.v1.Origin).
    static let categoryBytesMax = 200
    /// Characters of a note (layanan.v1.ImportRequest).
    static let noteLengthMax = 4_000

    let map: ImportMap
    private let width: Int
    private let positions: [String: Int]

    /// - Throws: ``HubError/Code/configurationInvalid`` naming every column that the file does not have.
    init(_ map: ImportMap, header: [String]) throws(HubError) {
        self.map = map
        width = header.count
        positions = Dictionary(
            header.enumerated().map { (Self.trimmed($1), $0) }, uniquingKeysWith: { first, _ in first })
        let missing = map.columns.filter { positions[$0] == nil }.sorted()
        guard missing.isEmpty else {
            throw HubError(.configurationInvalid, "the file has no column \(missing.joined(separator: ", "))")
        }
    }

    /// The record of a row.
    func record(_ row: CSVRow) throws(RowRefusal) -> ImportRecord {
        let (cells, line): ([String], Int)
        switch row {
        case .refused(let fault, let at): throw RowRefusal(line: at, rule: fault.rawValue, reason: fault.remedy)
        case .fields(let fields, let at): (cells, line) = (fields, at)
        }
        guard cells.count == width else {
            throw RowRefusal(line: line, rule: "columns", reason: "expected \(width) columns, found \(cells.count)")
        }
        let id = cell(map.idColumn, cells)
        guard (1...Self.sourceIDBytesMax).contains(id.utf8.count) else {
            throw RowRefusal(
                line: line, rule: "id", reason: "\(map.idColumn) must have 1 to \(Self.sourceIDBytesMax) bytes")
        }
        do throws(Fault) {
            return try record(cells, line: line, id: id)
        } catch {
            throw RowRefusal(line: line, sourceID: id, rule: error.rule, reason: error.reason)
        }
    }

    /// The key that stands for a record for ever: SHA-256 over `source`, a line feed and its key there.
    static func key(source: String, sourceID: String) -> [UInt8] {
        Array(SHA256.hash(data: Array("\(source)\n\(sourceID)".utf8)))
    }

    private struct Fault: Error {
        var rule: String
        var reason: String
    }

    private func record(_ cells: [String], line: Int, id: String) throws(Fault) -> ImportRecord {
        let created = try moment(map.createdColumn, cells)
        let closed = try closedMillis(cells)
        guard closed == 0 || closed >= created else {
            throw Fault(
                rule: "closed_before_created", reason: "\(map.closing?.column ?? "") is before \(map.createdColumn)")
        }
        var record = ImportRecord(
            line: line, sourceID: id, applicant: try applicant(cells),
            category: map.categoryColumn.map { cell($0, cells) } ?? "",
            createdMillis: created, closedMillis: closed,
            note: String((map.noteColumn.map { cell($0, cells) } ?? "").prefix(Self.noteLengthMax)),
            form: FormInput(), translations: [])
        while record.category.utf8.count > Self.categoryBytesMax { record.category.removeLast() }
        for field in map.fields { try fill(field, cells, &record) }
        return record
    }

    /// An empty cell is nobody's; one that cannot stand for a citizen is a mistake.
    private func applicant(_ cells: [String]) throws(Fault) -> String? {
        guard let holder = map.applicant else { return nil }
        let key = cell(holder.column, cells)
        guard !key.isEmpty else { return nil }
        guard CitizenReference.isKey(key.utf8) else {
            throw Fault(rule: "applicant", reason: "\(holder.column) must be 1 to 64 of 0-9 A-Z a-z . _ -")
        }
        return "\(holder.register):\(key)"
    }

    private func fill(_ field: ImportMap.Field, _ cells: [String], _ record: inout ImportRecord) throws(Fault) {
        var text: String
        switch field.source {
        case .constant(let constant): text = constant
        case .column(let column): text = cell(column, cells)
        case .joined(let columns, let separator):
            text = columns.map { cell($0, cells) }.filter { !$0.isEmpty }.joined(separator: separator)
        case .translated(let column, let table):
            let from = cell(column, cells)
            guard let to = map.tables[table]?.values[from] ?? map.tables[table]?.fallback else {
                throw Fault(rule: "table", reason: "\(column) holds a value that table \(table) does not list")
            }
            record.translations.append(.init(field: field.name, from: from, to: to))
            text = to
        }
        if let lengthMax = field.lengthMax { text = String(text.prefix(lengthMax)) }
        if !text.isEmpty { record.form.set(field.name, to: text) }
    }

    private func closedMillis(_ cells: [String]) throws(Fault) -> Int64 {
        guard let closing = map.closing else { return 0 }
        let isEmpty = cell(closing.column, cells).isEmpty
        guard let statusColumn = closing.statusColumn else { return isEmpty ? 0 : try moment(closing.column, cells) }
        guard closing.values.contains(cell(statusColumn, cells)) else { return 0 }
        guard !isEmpty else {
            throw Fault(rule: "closed_time", reason: "\(statusColumn) says closed, but \(closing.column) is empty")
        }
        return try moment(closing.column, cells)
    }

    private func moment(_ column: String, _ cells: [String]) throws(Fault) -> Int64 {
        guard let wall = map.timeFormat.wallSeconds(cell(column, cells)) else {
            throw Fault(rule: "time_format", reason: "\(column) is not a time of the map's format")
        }
        guard let millis = map.offsets.millis(wall) else {
            throw Fault(rule: "time_range", reason: "\(column) is before the first of the map's offsets")
        }
        return millis
    }

    private func cell(_ column: String, _ cells: [String]) -> String {
        guard let position = positions[column], position < cells.count else { return "" }
        return Self.trimmed(cells[position])
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
