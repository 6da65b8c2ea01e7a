// A call between its CALL frame and its END.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOConcurrencyHelpers
import NIOCore

/// Lives on its connection's event loop.
final class OpenCall {
    let route: CallRouter.Route
    /// Sent with the answer.
    let metadata: [HubMetadata]
    var task: Task<Void, Never>?
    var sink: ChannelSink?

    private let call: HubCall
    private let principal: Principal
    private let deadline: NIODeadline
    private var alarm: Scheduled<Void>?

    /// - Parameter now: The monotonic time at which CALL arrived; the deadline counts from it.
    init(_ call: HubCall, route: CallRouter.Route, principal: Principal, now: NIODeadline) {
        self.call = call
        self.route = route
        self.principal = principal
        let (millis, clamped) = CallMetadata.timeout(of: call, shape: route.method.shape)
        deadline = now + .milliseconds(Int64(millis))
        metadata = clamped ? [HubMetadata(HubMetadataKey.deadlineClamped, "\(millis)")] : []
    }

    /// Milliseconds until the deadline, rounded up; nil when it has passed.
    func millisLeft(_ now: NIODeadline) -> UInt32? {
        let nanos = (deadline - now).nanoseconds
        return nanos <= 0 ? nil : UInt32(clamping: (nanos + 999_999) / 1_000_000)
    }

    func context(timeoutMillis: UInt32) -> CallContext {
        var actor = HubActor()
        actor.principal = principal.urn
        actor.role = principal.role
        actor.department = principal.department
        actor.unit = principal.unit
        if !call.metadata.isEmpty { actor.onBehalfOf = CallMetadata.text(HubMetadataKey.onBehalfOf, in: call) ?? "" }
        return CallContext(
            method: route.method, actor: actor, idempotencyKey: [UInt8](call.idempotencyKey),
            resumeFrom: [UInt8](call.resumeFrom), timeoutMillis: timeoutMillis)
    }

    func watchDeadline(_ loop: any EventLoop, millis: UInt32, _ passed: @escaping @Sendable () -> Void) {
        alarm = loop.scheduleTask(in: .milliseconds(Int64(millis)), passed)
    }

    /// The call has its answer.
    func settle() { alarm?.cancel() }

    /// Nobody wants the answer any more. What is on its way to the ledger still happens; the key tells the truth.
    func cancel() {
        alarm?.cancel()
        task?.cancel()
        sink?.close()
    }
}

/// Where a watch writes: counts what the channel has not sent yet.
final class ChannelSink: StreamSink {
    private struct State {
        var unsent = 0
        var sent: UInt64 = 0
        var closed = false
    }
    private let state = NIOLockedValueBox(State())
    private let unsentBytesMax: Int
    private let push: @Sendable ([UInt8], @escaping @Sendable () -> Void) -> Void

    init(unsentBytesMax: Int, push: @escaping @Sendable ([UInt8], @escaping @Sendable () -> Void) -> Void) {
        self.unsentBytesMax = unsentBytesMax
        self.push = push
    }

    var bytesSent: UInt64 { state.withLockedValue { $0.sent } }

    func close() { state.withLockedValue { $0.closed = true } }

    func send(_ message: [UInt8]) throws(HubError) {
        let count = message.count
        let (closed, full) = state.withLockedValue { state -> (Bool, Bool) in
            // A message larger than the bound may pass alone, or nothing could ever be sent.
            let full = state.unsent > 0 && state.unsent + count > unsentBytesMax
            if !state.closed, !full {
                state.unsent += count
                state.sent += UInt64(count)
            }
            return (state.closed, full)
        }
        if closed { throw HubError(.cancelled, "nobody listens any more") }
        if full { throw HubError(.slowConsumer, "more than \(unsentBytesMax) bytes wait unsent", retryAfterMillis: 0) }
        push(message) { [state] in state.withLockedValue { $0.unsent -= count } }
    }
}
