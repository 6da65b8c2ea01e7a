// Recent events in memory, and a bell for everyone who watches. The ledger stays the truth.

import HubProto
import Synchronization

/// Keeps the newest events in order and wakes watchers.
///
/// Commits are acknowledged on many tasks at once, so events may arrive out of order; they are shown only when every
/// one before them has arrived. Memory is bounded: older events are read from the ledger.
package final class EventFeed: Sendable {
    private struct State {
        /// Highest sequence up to which nothing is missing.
        var head: UInt64
        /// `recent[i]` has sequence `head - recent.count + 1 + i`.
        var recent: [HubEvent] = []
        /// Arrived before one of their predecessors.
        var early: [UInt64: HubEvent] = [:]
        var bells: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var nextBell: UInt64 = 0
    }

    private let state: Mutex<State>
    private let capacity: Int

    /// - Parameters:
    ///   - head: Last sequence in the ledger when the hub started.
    ///   - capacity: Events kept in memory.
    package init(head: UInt64, capacity: Int = 2_048) {
        state = Mutex(State(head: head))
        self.capacity = capacity
    }

    /// Highest sequence that watchers may see.
    package var head: UInt64 { state.withLock { $0.head } }
    /// Watchers that listen now.
    package var watchers: Int { state.withLock { $0.bells.count } }

    /// Adds committed events and rings.
    func publish(_ events: [HubEvent]) {
        let bells = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            for event in events { state.early[event.sequence] = event }
            let before = state.head
            while let next = state.early.removeValue(forKey: state.head + 1) {
                state.recent.append(next)
                state.head += 1
            }
            // Trim in large steps: cutting one from the front of an array at each event would copy it each time.
            if state.recent.count > capacity * 2 { state.recent.removeFirst(state.recent.count - capacity) }
            return state.head == before ? [] : Array(state.bells.values)
        }
        for bell in bells { bell.yield() }
    }

    /// Events after `sequence`, if memory still holds all of them; nil = ask the ledger.
    func recent(after sequence: UInt64, limit: Int) -> [HubEvent]? {
        state.withLock { state in
            guard sequence <= state.head else { return [] }
            let missing = Int(clamping: state.head - sequence)
            guard missing <= state.recent.count else { return nil }
            return Array(state.recent.suffix(missing).prefix(limit))
        }
    }

    /// A bell that rings at least once after every new event; ends with ``forget(_:)``.
    func listen() -> (id: UInt64, bell: AsyncStream<Void>) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextBell += 1
            state.bells[state.nextBell] = continuation
            return state.nextBell
        }
        return (id, stream)
    }

    func forget(_ id: UInt64) {
        let bell = state.withLock { $0.bells.removeValue(forKey: id) }
        bell?.finish()
    }
}
