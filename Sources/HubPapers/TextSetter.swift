// Texts as lines of glyphs: measured by the font's own widths, so that a line breaks at the same place everywhere.

import Foundation
import HubDomain

/// How a text looks.
struct TextStyle: Sendable, Hashable {
    enum Face: Sendable, Hashable { case regular, bold, italic }

    var face: Face = .regular
    /// Points.
    var size: Double
    /// 0 = black, 1 = white.
    var grey = 0.0
    /// From line to line, points.
    var leading: Double { size * 1.2 }
}

/// A line, ready to be drawn.
struct TextLine: Sendable, Hashable {
    struct Glyph: Sendable, Hashable {
        var index: UInt32
        /// From the line's beginning, points.
        var x: Double
        /// What it stands for, so that the text can be selected.
        var scalar: Unicode.Scalar
    }

    var style: TextStyle
    var glyphs: [Glyph] = []
    /// Points.
    var width = 0.0

    var text: String { String(String.UnicodeScalarView(glyphs.map(\.scalar))) }

    /// The line with its blanks widened to fill `width`; as it is when that would tear it apart.
    func justified(to full: Double) -> TextLine {
        let blanks = glyphs.count { $0.scalar == " " }
        guard blanks > 0, full > width else { return self }
        let more = (full - width) / Double(blanks)
        guard more < style.size * 0.6 else { return self }
        var line = self
        var shift = 0.0
        for place in line.glyphs.indices {
            line.glyphs[place].x += shift
            if line.glyphs[place].scalar == " " { shift += more }
        }
        line.width = full
        return line
    }
}

/// Breaks texts into lines.
struct TextSetter {
    let fonts: PaperFonts

    /// Characters of one text; what comes behind is not printed, and "…" says so.
    private static let charactersMax = 12_000

    /// At least one line, if only an empty one.
    ///
    /// - Parameter width: Points; a word that is wider is broken where it must be.
    func lines(_ text: String, _ style: TextStyle, width: Double) -> [TextLine] {
        var lines: [TextLine] = []
        var line = TextLine(style: style)
        for word in words(text, style) {
            let blank = line.glyphs.isEmpty ? 0 : advance(" ", style)
            if !line.glyphs.isEmpty, line.width + blank + word.width > width {
                lines.append(line)
                line = TextLine(style: style)
            }
            if !line.glyphs.isEmpty { append(" ", to: &line) }
            for glyph in word.glyphs {
                if !line.glyphs.isEmpty, line.width + advance(glyph.scalar, style) > width {
                    lines.append(line)
                    line = TextLine(style: style)
                }
                append(glyph.scalar, to: &line)
            }
        }
        return lines + [line]
    }

    /// One line, made smaller if it is too long, and broken only if that is not enough.
    func fitted(_ text: String, _ style: TextStyle, width: Double) -> [TextLine] {
        var style = style
        let natural = lines(text, style, width: .infinity).first?.width ?? 0
        if natural > width { style.size = max(style.size * width / natural * 0.999, style.size * 0.72) }
        return lines(text, style, width: width)
    }

    private func words(_ text: String, _ style: TextStyle) -> [TextLine] {
        // Letters and their marks as one character where there is one, which fonts know better.
        let whole = PrintableText.line(text, charactersMax: Self.charactersMax).precomposedStringWithCanonicalMapping
        return whole.split(separator: " ").map { word in
            word.unicodeScalars.reduce(into: TextLine(style: style)) { append($1, to: &$0) }
        }
    }

    private func append(_ scalar: Unicode.Scalar, to line: inout TextLine) {
        let face = fonts[line.style.face]
        let index = face.glyph(for: scalar)
        line.glyphs.append(TextLine.Glyph(index: index, x: line.width, scalar: scalar))
        line.width += face.advance(of: index) * line.style.size
    }

    private func advance(_ scalar: Unicode.Scalar, _ style: TextStyle) -> Double {
        let face = fonts[style.face]
        return face.advance(of: face.glyph(for: scalar)) * style.size
    }
}
