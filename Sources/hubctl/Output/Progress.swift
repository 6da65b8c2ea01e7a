// How far long work is, on standard error, for people only.

import Synchronization

/// A line that is written over itself, at most five times a second. Silent unless stderr is a terminal or it was
/// asked for.
final class Progress: Sendable {
    private struct State {
        var shown: ContinuousClock.Instant?
        var width = 0
    }

    private let enabled: Bool
    private let state = Mutex(State())

    /// `forced` is `--progress`.
    init(forced: Bool) { enabled = forced || Terminal.errorIsTerminal }

    /// Shows the text if it is time to.
    func show(_ text: @autoclosure () -> String) {
        guard enabled else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if let shown = state.shown, now - shown < .milliseconds(200) { return }
            state.shown = now
            write(text(), &state)
        }
    }

    /// Shows the text whatever the time, and leaves it there.
    func finish(_ text: String) {
        guard enabled else { return }
        state.withLock { state in
            write(text, &state)
            Terminal.noteRaw("\n")
            state = State()
        }
    }

    /// Writes a lasting line where the passing one was.
    func interrupt(_ line: String) {
        state.withLock { state in
            if state.width > 0 { Terminal.noteRaw("\r" + String(repeating: " ", count: state.width) + "\r") }
            state.width = 0
            Terminal.note(line)
        }
    }

    private func write(_ text: String, _ state: inout State) {
        Terminal.noteRaw("\r" + text + String(repeating: " ", count: max(0, state.width - text.count)))
        state.width = text.count
    }
}
