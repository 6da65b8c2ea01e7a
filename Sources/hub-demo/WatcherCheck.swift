// A watcher that loses its connection again and again, and must see every event once and in order all the same.

import HubClient
import HubDomain
import HubProto
import Synchronization

/// Follows everything that happens, through a relay that can be cut.
final class WatcherCheck: Sendable {
    /// What a watcher remembers of an event.
    struct Seen: Sendable {
        let sequence: UInt64
        let number: String
        let service: String
        let kind: HubEventKind
        let stageBefore: String
        let stageAfter: String
        let atMillis: Int64
        let escalation: UInt32
    }

    fileprivate struct State {
        var events: [Seen] = []
        /// Sequences of rules that came into force: watchers of cases are not told of them.
        var ofNoCase: Set<UInt64> = []
        var cuts = 0
        var end: HubError?
        var started = false
    }

    private let client: HubClient
    private let relay: Relay
    /// Last sequence of the log before the watch.
    let start: UInt64
    private let state = Mutex(State())

    /// - Parameter start: Last sequence of the log when the watch begins.
    init(client: HubClient, relay: Relay, after start: UInt64) {
        self.client = client
        self.relay = relay
        self.start = start
    }

    /// Everything seen so far, in the order of arrival.
    var events: [Seen] { state.withLock { $0.events } }
    /// How many events were seen.
    var count: Int { state.withLock { $0.events.count } }
    /// How often its connection was cut.
    var cuts: Int { state.withLock { $0.cuts } }
    /// Connections that it made, lost ones and all.
    var connections: Int { relay.connections }
    /// Gaps, repetitions and reversals; and how the watch ended, when it did.
    var faults: [String] {
        state.withLock { $0.faults(after: start) + ($0.end.map { ["the watch ended: \($0)"] } ?? []) }
    }
    /// The hub has answered.
    var isWatching: Bool { state.withLock { $0.started } }

    /// Watches until its task is cancelled. For a caller who may see every department: sequences follow each other
    /// without a gap.
    func run() async {
        do throws(HubError) {
            let stream = client.stream(.watchCases, LayananWatchRequest(), as: LayananWatchUpdate.self)
            var updates = stream.makeAsyncIterator()
            while let update = try await updates.next() { take(update) }
            throw HubError(.connectionClosed, "the hub said that there is nothing more")
        } catch {
            if error.code != .cancelled { state.withLock { $0.end = error } }
        }
    }

    /// An event is not of a case; the hub's receipt has said so.
    func expectNothing(of sequence: UInt64) { state.withLock { _ = $0.ofNoCase.insert(sequence) } }

    /// Events until `head` that there are to see.
    func happened(until head: UInt64) -> UInt64 { head - start - UInt64(state.withLock { $0.ofNoCase.count }) }

    /// Cuts the watcher's connection.
    func cut() {
        if relay.cut() > 0 { state.withLock { $0.cuts += 1 } }
    }

    /// Waits until an event has been seen; false when that takes longer than `seconds`.
    func sees(_ sequence: UInt64, seconds: Int = 15) async -> Bool {
        for _ in 0..<seconds * 50 {
            if state.withLock({ $0.events.last?.sequence ?? 0 }) >= sequence { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func take(_ update: LayananWatchUpdate) {
        state.withLock { state in
            state.started = true
            for event in update.events {
                state.events.append(
                    Seen(
                        sequence: event.sequence, number: event.number, service: event.service, kind: event.kind,
                        stageBefore: event.stageBefore, stageAfter: event.stageAfter, atMillis: event.atMs,
                        escalation: event.escalation))
            }
        }
    }
}

extension WatcherCheck.State {
    fileprivate func faults(after start: UInt64) -> [String] {
        var faults: [String] = []
        var last = start
        for event in events {
            var expected = last + 1
            while ofNoCase.contains(expected) { expected += 1 }
            if event.sequence != expected { faults.append("event \(event.sequence) came instead of \(expected)") }
            last = event.sequence
        }
        return faults
    }
}
