// A call between its CALL frame and its END.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore

/// Lives on its connection's event loop.
final class OpenCall {
    let route: CallRouter.Route
    /// Sent with the answer.
    let metadata: [HubMetadata]
    var task: Task<Void, Never>?
    var sink: ChannelSink?
    /// Where a reader goes on after the last message that was handed to the channel.
    var cursorSent: [UInt8] = []
    /// Of a call that takes several requests.
    var inbox: RequestInbox?
    /// Why the hub itself ended a stream; its task only learns that it was cancelled.
    private(set) var interruption: HubError?

    private let call: HubCall
    private let principal: Principal
    private let arrived: NIODeadline
    private let deadline: NIODeadline
    private var isCounted = false
    private var alarm: Scheduled<Void>?

    /// - Parameter now: The monotonic time at which CALL arrived; the deadline counts from it.
    init(_ call: HubCall, route: CallRouter.Route, principal: Principal, now: NIODeadline) {
        self.call = call
        self.route = route
        self.principal = principal
        arrived = now
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
            resumeFrom: [UInt8](call.resumeFrom), timeoutMillis: timeoutMillis, metadata: call.metadata)
    }

    func watchDeadline(_ loop: any EventLoop, _ passed: @escaping @Sendable () -> Void) {
        alarm = loop.scheduleTask(deadline: deadline, passed)
    }

    /// Counts the call as ended; what comes after the first time is not counted.
    ///
    /// - Parameter error: What it ended with; nil = OK.
    func count(_ error: HubError.Code?) {
        guard !isCounted else { return }
        isCounted = true
        let time = UInt64(clamping: (NIODeadline.now() - arrived).nanoseconds)
        route.statistics.record(nanoseconds: time, error: error?.number ?? 0)
    }

    /// The call has its answer.
    func settle() { alarm?.cancel() }

    /// Nobody wants the answer any more. What is on its way to the ledger still happens; the key tells the truth.
    func cancel() {
        alarm?.cancel()
        task?.cancel()
        sink?.close()
        inbox?.abandon()
    }

    /// Ends a running stream, which then says where to go on.
    func interrupt(_ error: HubError) {
        interruption = interruption ?? error
        cancel()
    }
}
