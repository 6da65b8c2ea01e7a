// All open connections, by event loop: looked at once in a while, and asked to end when the hub stops.

import HubDomain
import NIOCore
import Synchronization

/// Knows which connections are open.
final class ConnectionSet: Sendable {
    /// Connections that are asked to end in one second, unless there is no time for that.
    private static let drainedPerSecond = 100

    private let loops: [ObjectIdentifier: LoopConnections]
    private let count = Atomic<Int>(0)
    private let max: Int

    /// - Parameters:
    ///   - max: Connections at once.
    ///   - loops: Every event loop that a connection may be on.
    init(max: Int, loops: some Sequence<any EventLoop>, times: ConnectionTimes) {
        self.max = max
        self.loops = loops.reduce(into: [:]) { $0[ObjectIdentifier($1)] = LoopConnections($1, times) }
    }

    /// On the connection's event loop.
    ///
    /// - Throws: ``HubError/Code/connectionClosed`` when there are as many as there may be.
    func add(_ handler: ConnectionHandler, on loop: any EventLoop) throws(HubError) {
        guard let members = loops[ObjectIdentifier(loop)] else {
            throw HubError(.internalFault, "a connection on an event loop that is not the hub's")
        }
        guard count.add(1, ordering: .relaxed).newValue <= max else {
            count.subtract(1, ordering: .relaxed)
            throw HubError(.connectionClosed, "more than \(max) connections")
        }
        members.add(handler) { self.count.subtract(1, ordering: .relaxed) }
    }

    /// In which time so many connections have their turn.
    static func spread(of count: Int, within grace: TimeAmount) -> TimeAmount {
        min(.milliseconds(Int64(count) * 1_000 / Int64(drainedPerSecond)), .nanoseconds(grace.nanoseconds / 2))
    }

    /// Asks every connection to end and waits until all have.
    ///
    /// Not all at once: their clients come back somewhere, each with a handshake.
    ///
    /// - Parameters:
    ///   - grace: Until calls that are still open are broken off.
    ///   - random: 0 to 1; when each connection has its turn.
    func drain(grace: TimeAmount, random: @escaping @Sendable () -> Double) async {
        let spread = Self.spread(of: count.load(ordering: .relaxed), within: grace)
        await withTaskGroup(of: Void.self) { group in
            for members in loops.values {
                group.addTask { await members.drain(grace: grace, over: spread, random: random) }
            }
        }
    }
}

/// The connections of one event loop. One timer for all: a connection at rest costs no timer of its own.
final class LoopConnections: Sendable {
    private struct State {
        var members: [ObjectIdentifier: (handler: ConnectionHandler, gone: () -> Void)] = [:]
        var isWatched = false
        /// Told when the last one has gone.
        var emptied: EventLoopPromise<Void>?
    }

    private let loop: any EventLoop
    private let times: ConnectionTimes
    private let state: NIOLoopBoundBox<State>

    init(_ loop: any EventLoop, _ times: ConnectionTimes) {
        self.loop = loop
        self.times = times
        state = .makeBoxSendingValue(State(), eventLoop: loop)
    }

    /// - Parameter gone: Called when the connection has left again.
    func add(_ handler: ConnectionHandler, gone: @escaping () -> Void) {
        handler.neighbours = self
        state.value.members[ObjectIdentifier(handler)] = (handler, gone)
        watch()
    }

    func remove(_ handler: ConnectionHandler) {
        guard let member = state.value.members.removeValue(forKey: ObjectIdentifier(handler)) else { return }
        member.gone()
        if state.value.members.isEmpty { state.value.emptied.take()?.succeed() }
    }

    private func watch() {
        guard !state.value.isWatched, !state.value.members.isEmpty else { return }
        state.value.isWatched = true
        loop.scheduleTask(in: times.sweep) {
            self.state.value.isWatched = false
            let now = self.loop.now
            // A connection that ends meanwhile leaves the table, not this copy of it.
            for (handler, _) in self.state.value.members.values { handler.checkTimes(now) }
            self.watch()
        }
    }

    func drain(grace: TimeAmount, over spread: TimeAmount, random: @escaping @Sendable () -> Double) async {
        let emptied = loop.makePromise(of: Void.self)
        loop.execute {
            guard !self.state.value.members.isEmpty else { return emptied.succeed() }
            self.state.value.emptied = emptied
            let end = self.loop.now + grace
            for (handler, _) in self.state.value.members.values {
                let turn = Double(spread.nanoseconds) * min(1, max(0, random()))
                handler.drain("the hub is stopping", in: .nanoseconds(Int64(turn)), until: end)
            }
        }
        // Fails never: the loop outlives the server.
        try? await emptied.futureResult.get()
    }
}
