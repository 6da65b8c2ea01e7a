// Whether a text holds one of some words or phrases: whole words, whatever their case and accents.

/// A text taken apart into words, ready to be searched for many phrases.
public struct PhraseSearch: Sendable {
    private let words: [String]
    /// Where each word stands.
    private let places: [String: [Int]]

    /// Words that are looked at; what comes behind them is not.
    public static let wordsMax = 2_000

    /// Letters and digits are words, everything else is between them.
    public init(_ text: String) {
        words = Array(Self.words(of: text).prefix(Self.wordsMax))
        places = Dictionary(grouping: words.indices) { [words] in words[$0] }
    }

    /// The words stand in the text, one behind the other.
    ///
    /// - Parameter phrase: As ``words(of:)`` makes it; an empty one stands nowhere.
    public func holds(_ phrase: [String]) -> Bool {
        guard let first = phrase.first else { return false }
        return places[first]?.contains { words[$0...].starts(with: phrase) } ?? false
    }

    /// Words as they are compared.
    public static func words(of text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.map { SearchKey.fold($0) }.filter { !$0.isEmpty }
    }
}
