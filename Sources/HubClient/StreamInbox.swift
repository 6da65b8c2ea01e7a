// Where the event loop lays down a stream's messages and the consumer picks them up.

import HubDomain
import HubWire
import NIOCore
import Synchronization

/// A bounded mailbox between the event loop and one consumer.
final class StreamInbox: Sendable {
    /// How an attempt at a stream ended.
    enum End: Sendable {
        /// The hub has nothing more to say.
        case complete
        /// Goes on after the last message taken, or at this cursor when none was.
        case interrupted(cursor: [UInt8]?)
        /// It makes no sense to go on.
        case failed(HubError)
    }

    /// What the consumer finds.
    enum Item: Sendable {
        case message(ByteBuffer)
        case end(End)
    }

    /// Bytes that may wait for the consumer: more than a hub can send that keeps to its credit, also when it compresses as
    /// well as it may. Beyond it the stream is given back to the hub and resumed later.
    static let bytesMax = 4_194_304 + 2 * 65_536 * CallLimits.expansionMax
    /// Messages that may wait; empty ones cost no credit.
    static let messagesMax = 65_536

    private struct State {
        var messages = CircularBuffer<ByteBuffer>()
        var bytes = 0
        var end: End?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Lays down a message. False when the mailbox is full; the message was not taken.
    func put(_ message: ByteBuffer) -> Bool {
        let (taken, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state.end == nil else { return (true, nil) }
            // One message is always taken, however long.
            let fits = state.bytes + message.readableBytes <= Self.bytesMax && state.messages.count < Self.messagesMax
            guard fits || state.messages.isEmpty else { return (false, nil) }
            state.messages.append(message)
            state.bytes += message.readableBytes
            return (true, state.waiter.take())
        }
        waiter?.resume()
        return taken
    }

    /// Nothing more comes. The first end counts.
    func finish(_ end: End) {
        let waiter = state.withLock { state in
            if state.end == nil { state.end = end }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Takes the next item; waits for it. The end stays where it is.
    func next(isolation: isolated (any Actor)? = #isolation) async -> Item {
        while true {
            if let item = take() { return item }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let ready = state.withLock { state in
                        if !state.messages.isEmpty || state.end != nil { return true }
                        state.waiter = continuation
                        return false
                    }
                    if ready { continuation.resume() }
                }
            } onCancel: {
                finish(.failed(HubError(.cancelled, "the caller cancelled")))
            }
        }
    }

    private func take() -> Item? {
        state.withLock { state in
            if let message = state.messages.popFirst() {
                state.bytes -= message.readableBytes
                return .message(message)
            }
            return state.end.map(Item.end)
        }
    }
}
