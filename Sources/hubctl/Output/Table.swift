// Tables for people: aligned columns that fit a terminal of 80 characters, no spaces in a heading.

/// Rows under headings. What is in `.wide` columns appears with `-o wide` only.
struct Table: Sendable {
    /// How a column behaves.
    struct Column: Sendable {
        enum Place: Sendable { case always, wide }
        enum Side: Sendable { case left, right }

        var title: String
        var place: Place = .always
        var side: Side = .left
        /// Gives way, down to eight characters, when the line would be too long.
        var shrinks = false

        static func text(_ title: String, shrinks: Bool = false) -> Self { Self(title: title, shrinks: shrinks) }
        static func count(_ title: String) -> Self { Self(title: title, side: .right) }
        static func wide(_ title: String) -> Self { Self(title: title, place: .wide) }
    }

    /// Characters in a line of an ordinary terminal.
    static let lineWidth = 80
    private static let gap = 2
    private static let shrunkWidthMin = 8

    var columns: [Column]
    var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// One cell a column, in their order; an empty cell is shown as `-`.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines: headings first. With `wide` nothing is left out and nothing is shortened.
    func lines(wide: Bool = false) -> [String] {
        let shown = columns.indices.filter { wide || columns[$0].place == .always }
        let cells = ([columns.map(\.title)] + rows).map { row in
            shown.map { Self.oneLine($0 < row.count ? row[$0] : "") }
        }
        var widths = shown.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        if !wide { shrink(&widths, shown) }
        return cells.map { row in
            var line = ""
            for (position, cell) in row.enumerated() {
                let isLast = position == row.count - 1
                let text = Self.cut(cell, to: widths[position])
                let fill = String(repeating: " ", count: max(0, widths[position] - text.count))
                line += columns[shown[position]].side == .right ? fill + text : isLast ? text : text + fill
                if !isLast { line += String(repeating: " ", count: Self.gap) }
            }
            return line
        }
    }

    /// The widest column gives way first, a character at a time.
    private func shrink(_ widths: inout [Int], _ shown: [Int]) {
        let excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - Self.lineWidth
        let yielding = widths.indices.filter { columns[shown[$0]].shrinks }
        for _ in 0..<max(0, excess) {
            guard let widest = yielding.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.shrunkWidthMin
            else { return }
            widths[widest] -= 1
        }
    }

    /// Control characters could move the cursor of a terminal: they become blanks.
    static func oneLine(_ text: String) -> String {
        guard !text.isEmpty else { return "-" }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }
}
