// Everything that is wrong with rules or a bundle, collected so that its author sees all of it at once.

/// Reasons for a refusal, in the order in which they were met.
final class Findings {
    /// One thing that is wrong.
    struct Finding: Sendable, Hashable {
        /// Path within the bundle or the publication.
        var file: String
        /// From 1; 0 = the file as a whole.
        var line: Int
        /// Short name of the broken rule.
        var rule: String
        /// What to do about it.
        var remedy: String

        /// `file:line rule: what to do`
        var told: String { "\(line > 0 ? "\(file):\(line)" : file) \(rule): \(remedy)" }
    }

    private(set) var all: [Finding] = []
    /// Enough for an author, and for a message; what is found beyond is not told.
    private static let max = 200

    /// Nothing more is taken: whoever looks for more may stop.
    var isFull: Bool { all.count >= Self.max }

    /// - Parameters:
    ///   - file: Path within the bundle.
    ///   - line: From 1; 0 = the file as a whole.
    ///   - rule: Short name of the broken rule.
    ///   - remedy: What to do about it.
    func add(_ file: String, line: Int, _ rule: String, _ remedy: String) {
        guard !isFull else { return }
        all.append(Finding(file: file, line: line, rule: rule, remedy: remedy))
    }
}
