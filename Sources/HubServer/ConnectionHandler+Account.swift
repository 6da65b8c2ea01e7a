// What a connection holds for its principal, and how long it may: counted and looked at, never in the way of a call.

import HubWire
import NIOCore

extension ConnectionHandler {
    /// From here on the connection counts for its principal.
    func join(_ account: Account, _ context: ChannelHandlerContext) {
        share = AccountShare(account)
        guard account.open() else {
            let reason = "more than \(account.limits.connections) connections of one principal"
            return abort(.enhanceYourCalm, reason, retryAfterMillis: 1_000, context)
        }
        waitForPardon(account, context)
    }

    /// Tells the principal's account what this connection holds.
    func settle() {
        measureChannel()
        share?.settle(calls: machine.working, bytes: holding)
    }

    /// Memory that this connection takes for its client's requests and for answers, bytes.
    var holding: Int {
        machine.requestBytes + decoder.bytesHeld + (pause?.arrived.readableBytes ?? 0) + outbox.waiting + channelBytes
    }

    /// A connection that rests, as most do most of the time, keeps no memory for calls.
    private func shrink() {
        machine.shrink()
        calls.shrink()
        outbox.shrink()
        if waiting.isEmpty { waiting = [:] }
        if ends.isEmpty { ends = [:] }
    }

    /// Looks at what waits in the channel, once that may be much.
    private func measureChannel() {
        guard writtenBytes >= Self.measuredBytes || channelBytes > 0 else { return }
        writtenBytes = 0
        let bytes = (try? attached?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        // A client on a slow line takes little, but takes it.
        if bytes < channelBytes { clock.moved(.now()) }
        channelBytes = bytes
    }

    // MARK: Time

    /// Asked by the event loop once in a while.
    func checkTimes(_ now: NIODeadline) {
        guard let context = attached else { return }
        settle()
        if machine.isClosed {
            if clock.isStalled(now, server.times) { closeNow(context) }
            return
        }
        if leaveIfRevoked(context) { return }
        if let pause, pause.end <= now {
            endPause(pause, now, context)
            guard !machine.isClosed else { return }
        }
        if clock.rests(now, server.times) { shrink() }
        if clock.isNewCount(now, server.times) { machine.progressed() }
        // Who does not take what is sent is not read either.
        let isInFrame = decoder.isInFrame && context.channel.isWritable
        let state = ConnectionClock.State(isInFrame: isInFrame, isBusy: !calls.isEmpty)
        switch clock.due(now, server.times, state) {
        case .close: closeNow(context)
        case .leave(let code, let reason): abort(code, reason, context)
        case .drain where departure == nil:
            drain("the connection is old", in: .zero, until: now + server.times.ageGrace)
        case .drain, nil: break
        }
    }
}
