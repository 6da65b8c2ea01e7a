// What is in force now, and who still works with what was in force before.

import HubDomain
import Synchronization

/// The one place where rules change while the hub runs.
///
/// A command sees one catalogue from its beginning to its end. What follows from a change, such as counting deadlines
/// anew, waits until the last command has ended that saw the rules before.
package final class Rulebook: Sendable {
    private struct State {
        var catalogue: ServiceCatalogue
        var generation = 0
        /// How many work with the catalogue of each generation.
        var users: [Int: Int] = [:]
        /// Who waits until no generation before theirs is in use.
        var waiting: [(generation: Int, continuation: CheckedContinuation<Void, Never>)] = []

        func isFree(before generation: Int) -> Bool { users.keys.allSatisfy { $0 >= generation } }
    }

    private let state: Mutex<State>

    package init(_ catalogue: ServiceCatalogue) { state = Mutex(State(catalogue: catalogue)) }

    /// For reads, which nothing follows from.
    package var catalogue: ServiceCatalogue { state.withLock(\.catalogue) }

    /// Works with one catalogue, whatever is published meanwhile.
    func use<Result: Sendable>(
        _ body: (ServiceCatalogue) async throws(HubError) -> Result
    ) async throws(HubError) -> Result {
        let (generation, catalogue) = state.withLock { state in
            state.users[state.generation, default: 0] += 1
            return (state.generation, state.catalogue)
        }
        defer { leave(generation) }
        return try await body(catalogue)
    }

    /// From now on this is in force.
    func replace(with catalogue: ServiceCatalogue) {
        state.withLock { state in
            state.catalogue = catalogue
            state.generation += 1
        }
    }

    /// Waits until nobody works with rules from before now, and says what is in force.
    func settled() async -> ServiceCatalogue {
        while true {
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state in
                    if state.isFree(before: state.generation) { return true }
                    state.waiting.append((state.generation, continuation))
                    return false
                }
                if isFree { continuation.resume() }
            }
            // Published again meanwhile: there are others to wait for.
            if let catalogue = state.withLock({ $0.isFree(before: $0.generation) ? $0.catalogue : nil }) {
                return catalogue
            }
        }
    }

    private func leave(_ generation: Int) {
        let freed = state.withLock { state in
            let left = (state.users[generation] ?? 1) - 1
            state.users[generation] = left == 0 ? nil : left
            let oldest = state.users.keys.min() ?? .max
            let freed = state.waiting.filter { $0.generation <= oldest }
            state.waiting.removeAll { $0.generation <= oldest }
            return freed
        }
        for waiter in freed { waiter.continuation.resume() }
    }
}
