// How names in bundles look.

/// Patterns of names. They are keys of the ledger and words of the API, so nothing but these letters is let in.
enum Name {
    /// Services, departments, modules: `[a-z][a-z0-9-]{0,31}`
    static func isCode(_ text: String) -> Bool { matches(text, longest: 32, also: "-") }
    /// Fields, stages, actions, clocks, documents, tables, calendars: `[a-z][a-z0-9_-]{0,47}`
    static func isIdentifier(_ text: String) -> Bool { matches(text, longest: 48, also: "_-") }

    private static func matches(_ text: String, longest: Int, also: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard (1...longest).contains(text.utf8.count), let first = text.utf8.first, letters.contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || also.utf8.contains($0) }
    }
}
