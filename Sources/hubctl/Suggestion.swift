// "Did you mean …?" for subcommands; ArgumentParser does the same for flags.

import ArgumentParser

/// Finds the subcommand that was probably meant.
enum Suggestion {
    /// Changes, at most, between what was typed and what was meant.
    private static let distanceMax = 2

    /// One line, or none when every word is a subcommand, or nothing resembles the one that is not.
    static func lines(for arguments: [String]) -> [String] {
        var path = ["hubctl"]
        var known = Hubctl.configuration.subcommands
        for word in arguments where !known.isEmpty {
            if let command = known.first(where: { name($0) == word }) {
                path.append(word)
                known = command.configuration.subcommands
                continue
            }
            guard let nearest = known.map(name).min(by: { distance(word, $0) < distance(word, $1) }),
                distance(word, nearest) <= distanceMax
            else { return [] }
            return ["Did you mean `\((path + [nearest]).joined(separator: " "))`?"]
        }
        return []
    }

    private static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    /// Letters put in, left out or changed (Levenshtein); words are cut to 32 letters.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.prefix(32)), Array(b.prefix(32)))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
