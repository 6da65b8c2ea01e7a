// What people typed, as it may be printed: no control characters, no marks that turn lines around, no more than fits.

/// Makes texts fit to be printed.
public enum PrintableText {
    /// One line: every kind of white space is a blank, runs of blanks are one, none stand at the ends. Characters that
    /// are not seen are dropped, among them those that change the direction of a line (Unicode TR 36, 3.1).
    ///
    /// - Parameter charactersMax: Unicode scalars at most; the last one is "…" when there were more.
    public static func line(_ text: some StringProtocol, charactersMax: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var blank = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                blank = !scalars.isEmpty
                continue
            }
            guard isSeen(scalar) else { continue }
            // A blank and a letter, and behind the letter nothing more would fit.
            guard scalars.count + (blank ? 2 : 1) <= charactersMax else {
                while scalars.count >= max(charactersMax, 1) { scalars.removeLast() }
                scalars.append("…")
                break
            }
            if blank { scalars.append(" ") }
            scalars.append(scalar)
            blank = false
        }
        return String(scalars)
    }

    /// Lines of a text that has some, each as ``line(_:charactersMax:)`` makes it; empty ones are dropped.
    ///
    /// - Parameters:
    ///   - linesMax: The last line is "…" when there were more.
    ///   - charactersMax: Of all lines together, without what separates them.
    public static func lines(_ text: some StringProtocol, linesMax: Int, charactersMax: Int) -> [String] {
        var lines: [String] = []
        var left = charactersMax
        for part in text.split(whereSeparator: \.isNewline) {
            let line = line(part, charactersMax: left)
            guard !line.isEmpty else { continue }
            guard lines.count < linesMax, left > 0 else {
                if !lines.isEmpty { lines[lines.count - 1] = "…" }
                break
            }
            lines.append(line)
            left -= line.unicodeScalars.count
        }
        return lines
    }

    /// The beginning of a text, with "…" where something was cut off.
    ///
    /// - Parameter bytesMax: Bytes of UTF-8 at most, 3 or more.
    public static func cut(_ text: String, bytesMax: Int) -> String {
        guard text.utf8.count > bytesMax else { return text }
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= bytesMax - 3 else { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
