// Where hubctl writes: answers to standard output, everything else to standard error.

import Glibc

/// The two streams of a program. Lines are written whole and at once, so that a reader of a pipe sees them in time.
enum Terminal {
    static let outIsTerminal = isatty(STDOUT_FILENO) == 1
    static let errorIsTerminal = isatty(STDERR_FILENO) == 1

    /// An answer.
    static func out(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// An answer of many lines.
    static func out(_ lines: [String]) {
        if !lines.isEmpty { out(lines.joined(separator: "\n")) }
    }

    /// A complaint or a remark.
    static func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// Part of a line on standard error.
    static func noteRaw(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Bold where a person looks at it in colour (https://no-color.org).
    static func heading(_ text: String) -> String {
        let plain = !outIsTerminal || (getenv("NO_COLOR").map { $0.pointee != 0 } ?? false)
        return plain ? text : "\u{1B}[1m\(text)\u{1B}[0m"
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Whoever read us has gone, or the disk is full: nobody can be told.
            guard count > 0 else { exit(ExitReason.failed.rawValue) }
            rest = rest.dropFirst(count)
        }
    }
}
