// Everything that is wrong with a bundle, collected so that its author sees all of it at once.

/// Reasons for a refusal, in the order in which they were met.
final class Findings {
    private(set) var all: [String] = []

    /// - Parameters:
    ///   - file: Path within the bundle.
    ///   - line: From 1; 0 = the file as a whole.
    ///   - rule: Short name of the broken rule.
    ///   - remedy: What to do about it.
    func add(_ file: String, line: Int, _ rule: String, _ remedy: String) {
        all.append("\(line > 0 ? "\(file):\(line)" : file) \(rule): \(remedy)")
    }
}
