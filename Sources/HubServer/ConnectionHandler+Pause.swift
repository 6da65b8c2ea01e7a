// A connection that is accepted and not read for a while, because others of its principal were cut for floods.

import HubProto
import HubWire
import Logging
import NIOCore

/// A connection that is not read for a while (PROTOCOL.md, W-89).
struct Pause {
    /// From here on it is read.
    let end: NIODeadline
    /// What came all the same: TLS reads on by itself while it has brought nothing.
    var arrived = ByteBuffer()

    /// More does not come from a connection that is not read.
    static let arrivedMax = 262_144
}

extension ConnectionHandler {
    /// Does not read a connection whose principal has to wait.
    func waitForPardon(_ account: Account, _ context: ChannelHandlerContext) {
        let end = account.pausedUntil
        let left = end - context.eventLoop.now
        guard left > .zero else { return }
        let millis = left.nanoseconds / 1_000_000 + 1
        guard account.beginPause() else {
            let reason = "connections of this principal were cut for floods"
            return abort(.enhanceYourCalm, reason, retryAfterMillis: UInt32(clamping: millis), context)
        }
        let department = (try? currentCaller())?.principal.department ?? "unknown"
        server.logger.notice(
            "connection waits: others of its principal were cut for floods",
            metadata: ["department": "\(department)", "milliseconds": "\(millis)"])
        pause = Pause(end: end)
        clock.secured(end)
        setReading(false, context)
    }

    /// Keeps what came all the same; it counts for the principal as everything else that waits.
    func keep(_ arrived: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !machine.isClosed else { return }
        pause?.arrived.writeImmutableBuffer(arrived)
        settle()
        if pause?.arrived.readableBytes ?? 0 > Pause.arrivedMax { closeNow(context) }
    }

    func endPause(_ pause: Pause, _ now: NIODeadline, _ context: ChannelHandlerContext) {
        forgetPause()
        clock.secured(now)
        if pause.arrived.readableBytes > 0 { read(pause.arrived, context) }
        endBatch(context)
        setReading(context.channel.isWritable, context)
    }

    /// Ends a connection that waits, so that its client knows that nothing of what it sent was looked at.
    func leaveFromPause(_ goaway: HubGoaway, _ context: ChannelHandlerContext) {
        forgetPause()
        // The client's farewell is waited for.
        setReading(true, context)
        abort(goaway, context)
    }

    func forgetPause() {
        guard pause != nil else { return }
        pause = nil
        share?.account.endPause()
    }

    func setReading(_ isRead: Bool, _ context: ChannelHandlerContext) {
        // Fails only on a channel that is closed.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isRead)
    }
}
