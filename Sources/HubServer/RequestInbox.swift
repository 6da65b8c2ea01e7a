// Where the requests of a stream wait for their handler: no more than the stream's credit allows.

import HubCore
import HubDomain
import NIOConcurrencyHelpers
import NIOCore

/// Filled on the event loop, emptied by one task.
final class RequestInbox: RequestSource {
    private struct State {
        var messages = CircularBuffer<[UInt8]>()
        var isComplete = false
        var isAbandoned = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())
    private let taken: @Sendable (Int) -> Void

    /// - Parameter taken: Told the bytes of each request that the handler took: they may be asked for again.
    init(taken: @escaping @Sendable (Int) -> Void) { self.taken = taken }

    /// A request has come.
    func put(_ message: [UInt8]) { change { $0.messages.append(message) } }

    /// No further one comes.
    func finish() { change { $0.isComplete = true } }

    /// Nobody waits for an answer any more.
    func abandon() { change { $0.isAbandoned = true } }

    func next() async throws(HubError) -> [UInt8]? {
        while true {
            let (found, isOver, isAbandoned) = state.withLockedValue { state in
                (state.isAbandoned ? nil : state.messages.popFirst(), state.isComplete, state.isAbandoned)
            }
            if isAbandoned { throw HubError(.cancelled, "nobody waits any more") }
            if let found {
                taken(found.count)
                return found
            }
            if isOver { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLockedValue { state in
                    if !state.messages.isEmpty || state.isComplete || state.isAbandoned { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiter = state.withLockedValue { state in
            body(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
