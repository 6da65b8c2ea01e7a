// Texts with gaps, `Nomor: {nomor}`, that are filled when their values are known.

/// A text taken apart at its placeholders.
public struct PlaceholderText: Sendable, Hashable {
    /// What a text consists of.
    public enum Part: Sendable, Hashable {
        case text(String)
        case placeholder(String)
    }

    /// In their order; no two texts beside each other.
    public let parts: [Part]

    /// Takes a text apart; nil when a brace stands alone, or what is between two is no name: `[a-z][a-z0-9_]{0,47}`.
    public init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else { return nil }
            let name = rest[rest.index(after: open)..<close]
            guard Self.isName(name) else { return nil }
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            parts.append(.placeholder(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// Names of all placeholders, as often as they stand there.
    public var names: [String] {
        parts.compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
    }

    /// The text with its values; a placeholder without one is empty. Braces in values stay what they are.
    public func filled(with values: [String: String]) -> String {
        parts.reduce(into: "") { filled, part in
            switch part {
            case .text(let text): filled += text
            case .placeholder(let name): filled += values[name] ?? ""
            }
        }
    }

    private static func isName(_ name: Substring) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard name.utf8.count <= 48, let first = name.utf8.first, letters.contains(first) else { return false }
        return name.utf8.allSatisfy { letters.contains($0) || Digits.isDigit($0) || $0 == UInt8(ascii: "_") }
    }
}
