// Where the requests of a stream wait for their handler: no more than the stream's credit allows.

import HubCompression
import HubCore
import HubDomain
import NIOConcurrencyHelpers
import NIOCore

/// Filled on the event loop, emptied by one task. Compressed requests wait as they came, so that what waits stays within
/// the credit that it was sent for.
final class RequestInbox: RequestSource {
    private struct Waiting {
        let bytes: [UInt8]
        /// Of a compressed one.
        let caps: ExpansionCaps?
    }

    private struct State {
        var messages = CircularBuffer<Waiting>()
        var isComplete = false
        /// Bytes of the request that the handler took last.
        var inHands: Int?
        var isAbandoned = false
        var lastCameCompressed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())
    private let taken: @Sendable (Int) -> Void

    /// - Parameter taken: Told the bytes, as they came, of each request with which the handler is done because it asks for
    ///   the next: they may be asked for again.
    init(taken: @escaping @Sendable (Int) -> Void) { self.taken = taken }

    /// A request has come. `caps`: it is compressed, and may become no more than this.
    func put(_ bytes: [UInt8], caps: ExpansionCaps? = nil) {
        change { $0.messages.append(Waiting(bytes: bytes, caps: caps)) }
    }

    /// No further one comes.
    func finish() { change { $0.isComplete = true } }

    /// Nobody waits for an answer any more.
    func abandon() { change { $0.isAbandoned = true } }

    var lastCameCompressed: Bool { state.withLockedValue { $0.lastCameCompressed } }

    func next() async throws(HubError) -> [UInt8]? {
        if let before = state.withLockedValue({ $0.inHands.take() }) { taken(before) }
        while true {
            let (found, isOver, isAbandoned) = state.withLockedValue { state in
                (state.isAbandoned ? nil : state.messages.popFirst(), state.isComplete, state.isAbandoned)
            }
            if isAbandoned { throw HubError(.cancelled, "nobody waits any more") }
            if let found { return try message(of: found) }
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

    private func message(of found: Waiting) throws(HubError) -> [UInt8] {
        state.withLockedValue {
            $0.lastCameCompressed = found.caps != nil
            $0.inHands = found.bytes.count
        }
        guard let caps = found.caps else { return found.bytes }
        return try Zstandard.message(found.bytes, caps: caps)
    }

    private func change(_ body: (inout State) -> Void) {
        let waiter = state.withLockedValue { state in
            body(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
