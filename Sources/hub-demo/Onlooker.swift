// What somebody who watches the demo sees: one calm line for each thing that happens.

import Glibc

/// Writes to standard output; in colour on a terminal, unless NO_COLOR asks for none (no-color.org).
struct Onlooker: Sendable {
    private let colourful: Bool
    private let began = ContinuousClock.now

    init() {
        colourful = isatty(STDOUT_FILENO) == 1 && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
    }

    /// Seconds since the demo began, with one decimal.
    var seconds: String { Self.seconds(ContinuousClock.now - began) }

    /// A chapter begins.
    func chapter(_ title: String) { put("\n\(styled(title, "1"))") }

    /// Something happened.
    func tell(_ line: String) {
        let time = seconds
        put("\(styled(String(repeating: " ", count: max(0, 6 - time.count)) + time + " s", "2"))  \(line)")
    }

    /// A line without a time.
    func put(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            // Nobody listens any more: the demo goes on, its exit code still tells.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// A good or a bad mark.
    func mark(_ good: Bool) -> String { good ? styled("✓", "32") : styled("✗", "1;31") }

    /// Emphasised.
    func strong(_ text: String) -> String { styled(text, "1") }

    private func styled(_ text: String, _ code: String) -> String {
        colourful ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// A duration in seconds with one decimal.
    static func seconds(_ duration: Duration) -> String {
        let tenths = (duration.components.seconds * 10) + duration.components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
