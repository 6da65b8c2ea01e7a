// What is no part of a person's name, and what are spellings of one name, as data.

/// Words that a regency's registers write in many ways. All are compared folded (``SearchKey``), without dots.
public struct NameRules: Sendable, Hashable {
    /// Left out wherever they stand, such as `H.`, `Dr.`, `S.H.`
    private let titles: Set<String>
    /// Words between names, left out, such as `bin` and `binti`; the name behind them stays.
    private let particles: Set<String>
    /// Spellings and what they stand for, such as `Moh.` for `Muhammad`.
    private let variants: [String: String]
    /// Old spelling and new, applied in order to every word that has no variant, such as `oe` and `u`.
    private let spellings: [Spelling]

    /// A way of writing a sound, and the one that is compared.
    public struct Spelling: Sendable, Hashable {
        /// Letters as they may be written.
        public let from: String
        /// Letters that stand for them.
        public let to: String

        /// An empty `from` changes nothing.
        public init(_ from: String, _ to: String) {
            self.from = from
            self.to = to
        }
    }

    /// Words as they are written; case, dots and accents do not matter.
    public init(titles: [String], particles: [String], variants: [String: String], spellings: [Spelling]) {
        self.titles = Set(titles.map { SearchKey.fold($0) })
        self.particles = Set(particles.map { SearchKey.fold($0) })
        self.variants = Dictionary(
            variants.map { (SearchKey.fold($0), SearchKey.fold($1)) }, uniquingKeysWith: { first, _ in first })
        self.spellings = spellings.map { Spelling(SearchKey.fold($0.from), SearchKey.fold($0.to)) }
            .filter { !$0.from.isEmpty }
    }

    /// The words of a name as they are compared. When nothing but titles is left, they are the name.
    func words(of name: Substring) -> [String] {
        let written = name.split { $0.isWhitespace || $0 == "," }
        let words = written.flatMap { pieces(of: $0) }
        return words.isEmpty ? written.map { SearchKey.fold($0) }.filter { !$0.isEmpty } : words
    }

    /// `S.H.` is one title, `H.Ahmad` a title and a name.
    private func pieces(of written: Substring) -> [String] {
        if isLeftOut(SearchKey.fold(written)) { return [] }
        return written.split(separator: ".").map { SearchKey.fold($0) }.filter { !$0.isEmpty && !isLeftOut($0) }.map(
            spelled)
    }

    private func isLeftOut(_ word: String) -> Bool { titles.contains(word) || particles.contains(word) }

    private func spelled(_ word: String) -> String {
        if let variant = variants[word] { return variant }
        let modern = spellings.reduce(word) { $0.replacing($1.from, with: $1.to) }
        return variants[modern] ?? modern
    }
}
