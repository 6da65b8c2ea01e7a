// Anchors in YAML, found before anything is parsed.

/// Aliases of anchors can make a small file endless: no file of a bundle, of the configuration or of the policy may have any.
package enum YAMLAnchor {
    /// Line of the first anchor, from 1; nil when there is none. Told by its look alone: `&` and a letter, with nothing but a
    /// blank, a line break or an indicator before it.
    package static func line(in text: String) -> Int? {
        var line = 1
        var before: Unicode.Scalar = "\n"
        var isCandidate = false
        for scalar in text.unicodeScalars {
            if isCandidate, scalar > " " { return line }
            isCandidate = scalar == "&" && stands(behind: before)
            if scalar == "\n" { line += 1 }
            before = scalar
        }
        return nil
    }

    /// A node may begin here. YAML 1.1 knows three line breaks beyond ASCII, and drops a byte order mark in front.
    private static func stands(behind scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\r", "\n", "[", "{", ",", ":", "?", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}": true
        default: false
        }
    }
}
