// Where a watch writes: bounded by what the channel has not sent yet, patient with a reader that is behind.

import HubCore
import HubDomain
import HubWire
import NIOConcurrencyHelpers
import NIOCore

/// One stream's way out. Used by one task, which hands over one message after the other.
final class ChannelSink: StreamSink {
    /// Writes a message after which the stream goes on at a cursor, and calls back when it has left.
    typealias Push =
        @Sendable (_ message: WireMessage, _ cursor: [UInt8], _ left: @escaping @Sendable () -> Void) -> Void

    private struct State {
        var unsent = 0
        var sent: UInt64 = 0
        var closed = false
        /// Whoever waits for room; true = look again.
        var waiting: EventLoopPromise<Bool>?
    }

    private enum Place {
        case taken
        case closed
        case full(EventLoopFuture<Bool>)
    }

    private let state = NIOLockedValueBox(State())
    private let unsentBytesMax: Int
    private let patience: TimeAmount
    private let compresses: Bool
    private let loop: any EventLoop
    private let push: Push

    /// - Parameters:
    ///   - unsentBytesMax: Bytes that may wait; a longer message may wait alone, or it could never be sent.
    ///   - patience: How long a message waits for room before its reader counts as slow.
    ///   - compresses: Messages may leave as zstd frames.
    init(
        unsentBytesMax: Int = CallLimits.watcherUnsentBytesMax, patience: TimeAmount, compresses: Bool = false,
        loop: any EventLoop, push: @escaping Push
    ) {
        self.unsentBytesMax = unsentBytesMax
        self.patience = patience
        self.compresses = compresses
        self.loop = loop
        self.push = push
    }

    /// Bytes of all messages so far, before compression.
    var bytesSent: UInt64 { state.withLockedValue { $0.sent } }

    /// Nothing more is taken; who waits for room is told.
    func close() {
        let waiting = state.withLockedValue { state in
            state.closed = true
            return state.waiting.take()
        }
        waiting?.succeed(true)
    }

    func send(_ message: [UInt8], cursor: [UInt8]) async throws(HubError) {
        let end = NIODeadline.now() + patience
        let message = WireMessage(message, compresses: compresses)
        while true {
            switch place(for: message) {
            case .taken: return push(message, cursor) { self.left(message.bytes.count) }
            case .closed: throw HubError(.cancelled, "nobody listens any more")
            case .full(let room):
                let alarm = loop.scheduleTask(deadline: end) { self.giveUp(room) }
                let isRoom = (try? await room.get()) ?? false
                alarm.cancel()
                guard isRoom else {
                    throw HubError(.slowConsumer, "more than \(unsentBytesMax) bytes wait unsent", retryAfterMillis: 0)
                }
            }
        }
    }

    private func place(for message: WireMessage) -> Place {
        let count = message.bytes.count
        return state.withLockedValue { state in
            if state.closed { return .closed }
            if state.unsent > 0, state.unsent + count > unsentBytesMax {
                let promise = loop.makePromise(of: Bool.self)
                state.waiting = promise
                return .full(promise.futureResult)
            }
            state.unsent += count
            state.sent += UInt64(message.messageBytes)
            return .taken
        }
    }

    private func left(_ count: Int) {
        let waiting = state.withLockedValue { state in
            state.unsent -= count
            return state.waiting.take()
        }
        waiting?.succeed(true)
    }

    /// Ends this wait, unless it has ended and another one begun.
    private func giveUp(_ room: EventLoopFuture<Bool>) {
        let waiting = state.withLockedValue { state in
            state.waiting?.futureResult === room ? state.waiting.take() : nil
        }
        waiting?.succeed(false)
    }
}
