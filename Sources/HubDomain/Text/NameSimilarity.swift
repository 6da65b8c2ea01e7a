// How alike two persons' names are: a reason to look for a duplicate, never a proof of one.

/// A name taken apart for comparison, so that one name can be compared with many.
public struct ComparableName: Sendable, Hashable {
    fileprivate let words: [[Unicode.Scalar]]

    /// The most words that are matched one by one; those behind count as one.
    private static let wordsMax = 8
    /// Longer words are cut, as is what a name has beyond 200 characters.
    private static let lettersMax = 40

    /// A name by the rules of a register.
    public init(_ name: String, by rules: NameRules) {
        let words = rules.words(of: name.prefix(200))
        let last = words.dropFirst(Self.wordsMax - 1).joined()
        self.words = (words.prefix(Self.wordsMax - 1) + (last.isEmpty ? [] : [last]))
            .map { Array($0.unicodeScalars.prefix(Self.lettersMax)) }
    }

    fileprivate var letters: Int { words.reduce(0) { $0 + $1.count } }
}

/// Similarity of names in per mille.
///
/// Each word of one name is matched with at most one of the other's, so that the whole is best; words are compared by
/// Jaro–Winkler. Sorting the words and comparing the lines that they make, as is often done, fails here: a first name more
/// or another spelling of the first letter shifts every word behind it. Long words weigh more than short ones. What only one
/// name has counts a quarter, since names are shortened and fathers' names added more often than two people share all the
/// rest.
public enum NameSimilarity {
    /// 0…1000, the same both ways. 1000 for the same words in any order, 990 for names that differ in blanks alone, 0 when
    /// a name has no words.
    ///
    /// From 850 on two records are worth a look together (row 4 of what users complain about: equal records that are made
    /// offline); which number a register takes is its own choice.
    public static func score(_ a: ComparableName, _ b: ComparableName) -> Int {
        let (less, more) = (min(a.letters, b.letters), max(a.letters, b.letters))
        guard less > 0 else { return 0 }
        let (few, many) = a.words.count <= b.words.count ? (a.words, b.words) : (b.words, a.words)
        let score = matched(few, many) / (4 * less + (more - less))
        return score < 990 && a.words.joined().elementsEqual(b.words.joined()) ? 990 : score
    }

    /// Per mille times four times the letters of the best way to match: for every set of words of `many` that may be taken, the best so far.
    private static func matched(_ few: [[Unicode.Scalar]], _ many: [[Unicode.Scalar]]) -> Int {
        var best = Array(repeating: 0, count: 1 << many.count)
        for word in few {
            let values = many.map { value(word, $0) }
            // From the fullest set down, so that no word of `few` is matched twice.
            for taken in best.indices.reversed() {
                for (index, value) in values.enumerated() where taken & (1 << index) != 0 {
                    best[taken] = max(best[taken], best[taken & ~(1 << index)] + value)
                }
            }
        }
        return best.last ?? 0
    }

    /// Two words that are less alike than this are two words.
    private static let alike = 880
    /// An initial, and a word that begins with it.
    private static let initial = 850

    /// Letters count that both have; what an initial stands for is not missing, and counts as much as if it were.
    private static func value(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        let (less, more) = (min(a.count, b.count), max(a.count, b.count))
        if less == 1, more > 1 { return a.first == b.first ? initial * (4 + more - 1) : 0 }
        let similarity = JaroWinkler.similarity(a, b)
        return similarity >= alike ? similarity * 4 * less : 0
    }
}
