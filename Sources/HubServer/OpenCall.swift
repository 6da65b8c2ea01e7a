// A call between its CALL frame and its END.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore

/// What is kept of every call. Small, because most are answered before the next frame is read.
struct OpenCall {
    let route: CallRouter.Route
    /// Until when its caller waits.
    let deadline: NIODeadline
    /// Milliseconds between CALL and ``deadline``.
    let timeoutMillis: UInt32
    /// Not what the caller asked for.
    let isClamped: Bool
    /// What CALL said beside method and timeout; nil when it said nothing.
    let details: CallDetails?
    /// Its answers may leave as zstd frames.
    let compresses: Bool
    /// Its one request came as a zstd frame.
    var cameCompressed = false
    /// A module was asked, and its answer comes without a task.
    var isRelayed = false
    /// Of a call that needs a task.
    var work: CallWork?

    /// - Parameter now: The monotonic time at which CALL arrived; the deadline counts from it.
    init(_ head: CallHead, route: CallRouter.Route, now: NIODeadline) {
        self.route = route
        (timeoutMillis, isClamped) = CallMetadata.timeout(head.timeoutMillis, shape: route.method.shape)
        deadline = now + .milliseconds(Int64(timeoutMillis))
        compresses =
            head.encodings.contains(.answers) && !WireRule.secrets.forbids(route.method.carriesSecrets)
        details = if case .whole(let call) = head { CallDetails(call) } else { nil }
    }

    /// An answer of so many bytes may become shorter.
    func mayShorten(_ bytes: Int) -> Bool { compresses && bytes >= CallLimits.compressedBytesMin }

    /// Milliseconds until the deadline, rounded up; nil when it has passed.
    func millisLeft(_ now: NIODeadline) -> UInt32? {
        let nanos = (deadline - now).nanoseconds
        return nanos <= 0 ? nil : UInt32(clamping: (nanos + 999_999) / 1_000_000)
    }

    /// Sent with the answer.
    var metadata: [HubMetadata] {
        isClamped ? [HubMetadata(HubMetadataKey.deadlineClamped, "\(timeoutMillis)")] : []
    }

    func context(for principal: Principal, timeoutMillis: UInt32) -> CallContext {
        var actor = HubActor()
        actor.principal = principal.urn
        actor.role = principal.role
        actor.department = principal.department
        actor.unit = principal.unit
        var context = CallContext(method: route.method, actor: actor, timeoutMillis: timeoutMillis)
        context.cameCompressed = cameCompressed
        context.acceptsCompressed = compresses
        guard let call = details?.call else { return context }
        context.actor.onBehalfOf = CallMetadata.text(HubMetadataKey.onBehalfOf, in: call) ?? ""
        context.idempotencyKey = [UInt8](call.idempotencyKey)
        context.resumeFrom = [UInt8](call.resumeFrom)
        context.metadata = call.metadata
        return context
    }

    /// Counts the call, once, where it ends.
    ///
    /// - Parameters:
    ///   - error: What it ended with; nil = OK.
    ///   - now: When.
    func count(_ error: HubError.Code?, at now: NIODeadline = .now()) {
        let arrived = deadline - .milliseconds(Int64(timeoutMillis))
        let time = UInt64(clamping: (now - arrived).nanoseconds)
        route.statistics.record(nanoseconds: time, error: error?.number ?? 0)
    }

    /// Somebody works on it, and the end of that work will be heard of.
    var isBusy: Bool { isRelayed || work?.task != nil }

    /// Nobody wants the answer any more. What is on its way to the ledger still happens; the key tells the truth.
    func cancel() { work?.cancel() }
}

/// A CALL that says more than a method and a timeout.
final class CallDetails: Sendable {
    let call: HubCall

    init(_ call: HubCall) { self.call = call }
}

/// Work on a call beside its connection. Lives on the connection's event loop.
final class CallWork {
    var task: Task<Void, Never>?
    var sink: ChannelSink?
    /// Where a reader goes on after the last message that was handed to the channel.
    var cursorSent: [UInt8] = []
    /// Of a call that takes several requests.
    var inbox: RequestInbox?
    /// Why the hub itself ended a stream; its task only learns that it was cancelled.
    private(set) var interruption: HubError?

    func cancel() {
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
