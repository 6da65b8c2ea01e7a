// How the hub and its modules are, for everyone who asks and everyone who watches.

import Synchronization

/// Names and whether they serve: modules report here, a stopping hub lowers everything, `grpc.health.v1` shows it.
package final class HealthBoard: Sendable {
    private struct State {
        /// Module id to whether it serves.
        var modules: [String: Bool] = [:]
        /// Service code to the module that decides on it.
        var owners: [String: String] = [:]
        var isDraining = false
        var bells: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var lastBell: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: Reports

    /// How a module is now. May be said again and again; only a change is told.
    ///
    /// - Parameter services: Codes of the services it decides on.
    package func report(module: String, services: [String], isServing: Bool) {
        change { state in
            for service in services { state.owners[service] = module }
            return state.modules.updateValue(isServing, forKey: module) != isServing
        }
    }

    /// The hub will stop: from now on nothing serves, whatever modules say. Said before connections are told to go.
    package func drain() {
        change { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
    }

    private func change(_ body: (inout State) -> Bool) {
        let bells = state.withLock { body(&$0) ? Array($0.bells.values) : [] }
        for bell in bells { bell.yield() }
    }

    // MARK: Questions

    /// Whether a name serves; nil = there is none. Empty = the hub. A word that is both is the service's code.
    package func isServing(_ name: String) -> Bool? { state.withLock { Self.isServing(name, $0) } }

    /// Every name with its state, the hub's own empty one included.
    package var all: [String: Bool] {
        state.withLock { state in
            let names = [""] + state.modules.keys + state.owners.keys
            return Dictionary(names.map { ($0, Self.isServing($0, state) ?? false) }) { first, _ in first }
        }
    }

    private static func isServing(_ name: String, _ state: State) -> Bool? {
        if name.isEmpty { return !state.isDraining }
        guard let isServing = state.modules[state.owners[name] ?? name] else { return nil }
        return isServing && !state.isDraining
    }

    // MARK: Watchers

    /// A bell that rings at least once after every change; ends with ``forget(_:)``.
    func listen() -> (id: UInt64, bell: AsyncStream<Void>) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.lastBell += 1
            state.bells[state.lastBell] = continuation
            return state.lastBell
        }
        return (id, stream)
    }

    func forget(_ id: UInt64) {
        let bell = state.withLock { $0.bells.removeValue(forKey: id) }
        bell?.finish()
    }
}
