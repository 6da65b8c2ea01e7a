// What must hold, collected while the demo runs and judged at its end.

import Synchronization

/// A list of promises, each kept or broken.
final class Promises: Sendable {
    /// One promise.
    struct Promise: Sendable {
        let sentence: String
        var held: Bool
        /// What was found.
        var found: String
    }

    private let list = Mutex<[Promise]>([])

    /// All of them, in the order in which they were first looked at.
    var all: [Promise] { list.withLock { $0 } }
    /// Those that broke.
    var broken: [Promise] { all.filter { !$0.held } }

    /// Looks at a promise. Looked at several times it is kept only when it held each time.
    ///
    /// - Parameters:
    ///   - found: What was found, in any case.
    ///   - broken: What was found instead, when it broke.
    func check(
        _ sentence: String, _ held: Bool, _ found: String = "", broken: @autoclosure () -> String = ""
    ) {
        let found = held || !found.isEmpty ? found : broken().split(separator: "\n").prefix(3).joined(separator: " ")
        list.withLock { list in
            guard let index = list.firstIndex(where: { $0.sentence == sentence }) else {
                list.append(Promise(sentence: sentence, held: held, found: found))
                return
            }
            guard list[index].held else { return }
            list[index].held = held
            list[index].found = found
        }
    }
}
