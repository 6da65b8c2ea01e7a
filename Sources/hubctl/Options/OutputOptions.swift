// How a command answers: for people or for programs.

import ArgumentParser

/// Shapes of an answer.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// A table that fits 80 characters.
    case table
    /// The same with every column, nothing shortened.
    case wide
    /// One JSON document; in one line unless a person looks at it.
    case json
    /// A JSON document a line, as they come.
    case ndjson
    /// Names alone, one a line.
    case name
}

/// `-o` and `--progress`.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "table, wide, json, ndjson or name. The JSON's schema is \(JSON.schema).", valueName: "format"))
    var output: OutputFormat = .table

    @Flag(help: "Show progress on stderr even when it is no terminal.")
    var progress = false

    /// An answer of many things.
    func show(_ listing: Listing) { Terminal.out(listing.lines(output, indented: Terminal.outIsTerminal)) }

    /// An answer that is one thing.
    func show(_ detail: Detail) { Terminal.out(detail.lines(output, indented: Terminal.outIsTerminal)) }
}

/// Many things of one kind, ready to be shown in every format.
struct Listing: Sendable {
    /// Of one item, such as `module`; the document's kind has `_list` after it.
    var kind: String
    var table: Table
    var names: [String] = []
    var items: [[(String, JSON)]] = []
    /// Keys of the document beside `items`, such as the token of the next page.
    var extra: [(String, JSON)] = []

    init(_ kind: String, _ columns: [Table.Column]) {
        self.kind = kind
        table = Table(columns)
    }

    /// One thing.
    mutating func add(name: String, row: [String], item: [(String, JSON)]) {
        names.append(name)
        table.add(row)
        items.append(item)
    }

    /// What is printed.
    func lines(_ format: OutputFormat, indented: Bool = false) -> [String] {
        switch format {
        case .table, .wide:
            let lines = table.lines(wide: format == .wide)
            return lines.prefix(1).map(Terminal.heading) + lines.dropFirst()
        case .json:
            let items = JSON.array(items.map { JSON.object(members: $0) })
            return [JSON.document(kind + "_list", [("items", items)] + extra).written(indented: indented)]
        case .ndjson: return items.map { JSON.document(kind, $0).written() }
        case .name: return names.map(Table.oneLine)
        }
    }
}

/// One thing, ready to be shown in every format.
struct Detail: Sendable {
    var kind: String
    var name: String
    /// For people.
    var text: [String]
    /// For programs.
    var members: [(String, JSON)]

    /// What is printed.
    func lines(_ format: OutputFormat, indented: Bool = false) -> [String] {
        switch format {
        case .table, .wide: text
        case .json: [JSON.document(kind, members).written(indented: indented)]
        case .ndjson: [JSON.document(kind, members).written()]
        case .name: [Table.oneLine(name)]
        }
    }

    /// Aligned `label: value` lines; empty values are left out.
    static func lines(_ pairs: [(String, String)]) -> [String] {
        let shown = pairs.filter { !$0.1.isEmpty }
        let width = shown.map(\.0.count).max() ?? 0
        return shown.map { label, value in
            "\(label):\(String(repeating: " ", count: width - label.count + 2))\(Table.oneLine(value))"
        }
    }
}
