// How the columns of an older register become a request: the map of `hubctl import`, as a value.

import HubDomain

/// A map, read from YAML by ``ImportMap/init(yaml:file:)``.
struct ImportMap: Equatable, Sendable {
    /// Where a field of the form comes from.
    enum FieldSource: Equatable, Sendable {
        /// The same for every row.
        case constant(String)
        /// The column's text.
        case column(String)
        /// The column's text, translated by ``ImportMap/tables``.
        case translated(String, table: String)
        /// What is not empty of several columns, with a text between.
        case joined([String], separator: String)
    }

    /// A field of the form.
    struct Field: Equatable, Sendable {
        var name: String
        var source: FieldSource
        /// Characters; longer texts are cut. Nil = not cut here.
        var lengthMax: Int?
    }

    /// Which rows are closed, and since when.
    struct Closing: Equatable, Sendable {
        var column: String
        /// A row is closed when this column holds one of ``values``; nil = when it has a closing time.
        var statusColumn: String?
        var values: Set<String> = []
    }

    /// Values of the register and what they become.
    struct Translation: Equatable, Sendable {
        var values: [String: String]
        /// For values that are not listed; nil refuses them.
        var fallback: String?
    }

    /// Whose a row is, as `on-behalf-of` names a citizen (PROTOCOL.md, W-37).
    struct Holder: Equatable, Sendable {
        /// `[a-z]{2,8}`, such as `nik`.
        var register: String
        var column: String
    }

    /// Name of the register, `[a-z0-9-]{1,32}`.
    var source: String
    /// One byte between columns.
    var separator: UInt8
    var idColumn: String
    var categoryColumn: String?
    var createdColumn: String
    var closing: Closing?
    var noteColumn: String?
    /// nil = every row is the importer's own.
    var applicant: Holder?
    var timeFormat: TimeFormat
    var offsets: WallOffsets
    var fields: [Field]
    var tables: [String: Translation]

    /// Every column that the map names.
    var columns: Set<String> {
        var names: Set<String> = [idColumn, createdColumn]
        names.formUnion(
            [categoryColumn, closing?.column, closing?.statusColumn, noteColumn, applicant?.column].compactMap { $0 })
        for field in fields {
            switch field.source {
            case .constant: break
            case .column(let name), .translated(let name, _): names.insert(name)
            case .joined(let columns, _): names.formUnion(columns)
            }
        }
        return names
    }
}
