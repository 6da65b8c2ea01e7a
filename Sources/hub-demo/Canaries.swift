// Looks for personal values where none may be.

import Glibc

/// Invented people's values in what programs printed.
enum Canaries {
    /// Files that hold one of the values; never the values themselves.
    static func files(holding values: Set<String>, in printed: [(file: String, bytes: [UInt8])]) -> [String] {
        printed.filter { _, bytes in
            // C's own search: there are hundreds of values and long logs.
            let text = bytes.map { $0 == 0 ? UInt8(ascii: " ") : $0 } + [0]
            return text.withUnsafeBytes { text in
                guard let start = text.bindMemory(to: CChar.self).baseAddress else { return false }
                return values.contains { strstr(start, $0) != nil }
            }
        }.map(\.file)
    }
}
