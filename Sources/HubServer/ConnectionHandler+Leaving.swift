// How a connection ends: at once, in two steps, or because its client said goodbye.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore

/// How far the hub has come in leaving a connection (PROTOCOL.md, W-49).
final class Departure {
    enum Step {
        /// It begins when this connection has its turn.
        case planned
        /// The client was told, and may not have heard it yet: calls are still taken.
        case announced
        /// Calls are refused; those that are open go on until the end.
        case refusing
    }

    /// For operators.
    let reason: String
    /// What is still open then is broken off.
    let end: NIODeadline
    var step: Step
    /// The next step, if nothing brings it about before.
    var alarm: Scheduled<Void>?

    /// What calls are told that the hub does not end itself.
    var error: HubError { HubError(.connectionClosed, reason, retryAfterMillis: 1_000) }

    init(_ reason: String, end: NIODeadline, step: Step) {
        self.reason = reason
        self.end = end
        self.step = step
    }
}

extension ConnectionHandler {
    /// Content of the one PING that the hub sends: its answer says that the client has read the GOAWAY before it.
    static let drainMark: [UInt8] = Array("draining".utf8)

    // MARK: At once

    func abort(_ goaway: HubGoaway, _ context: ChannelHandlerContext) {
        server.logger.info("connection ended", metadata: ["code": "\(goaway.code)", "reason": "\(goaway.reason)"])
        machine.close()
        cancelCalls()
        write(context) { $0.writeFrame(.goaway, stream: 0, message: goaway) }
        flush(context)
        context.close(promise: nil)
    }

    func abort(
        _ code: HubGoawayCode, _ reason: String, retryAfterMillis: UInt32 = 0, _ context: ChannelHandlerContext
    ) {
        var goaway = goaway(code, reason, lastStream: machine.lastStream)
        goaway.retryAfterMs = retryAfterMillis
        abort(goaway, context)
    }

    /// Ends a connection whose certificate was revoked (PROTOCOL.md, W-90); looks it up once after each change.
    func leaveIfRevoked(_ context: ChannelHandlerContext) -> Bool {
        let register = server.hub.certificates
        let generation = register.generation.load(ordering: .acquiring)
        guard let credential, certificatesSeen != generation else { return false }
        certificatesSeen = generation
        guard register.isRevoked(credential) else { return false }
        let department = credential.principal.flatMap(server.hub.principals.principal)?.department ?? "unknown"
        server.logger.notice(
            "connection ended: its certificate was revoked",
            metadata: ["department": "\(department)", "serial": "\(credential.serial)"])
        if pause == nil {
            abort(.certRevoked, Self.revoked, context)
        } else {
            leaveFromPause(goaway(.certRevoked, Self.revoked, lastStream: 0), context)
        }
        return true
    }

    private static let revoked = "this certificate was revoked"

    /// Ends the connection without a word.
    func closeNow(_ context: ChannelHandlerContext) {
        machine.close()
        cancelCalls()
        context.close(mode: .all, promise: nil)
    }

    func cancelCalls() {
        for (stream, call) in calls.all {
            call.count(.cancelled)
            call.cancel()
            if !call.isBusy { machine.release(stream) }
        }
        calls.removeAll()
    }

    private func goaway(_ code: HubGoawayCode, _ reason: String, lastStream: UInt32) -> HubGoaway {
        .with {
            $0.code = code
            $0.lastStream = lastStream
            $0.reason = reason
        }
    }

    // MARK: In two steps

    /// Ends the connection without losing a call: first the client is told, then calls are refused, and what is still
    /// open at `end` is broken off.
    ///
    /// - Parameter time: Until it begins.
    func drain(_ reason: String, in time: TimeAmount, until end: NIODeadline) {
        guard let context = attached, !machine.isClosed else { return }
        // An old connection that takes its time has no more of it when the hub stops.
        let step = departure?.step ?? .planned
        departure?.alarm?.cancel()
        let departure = Departure(reason, end: end, step: step)
        self.departure = departure
        if pause != nil { return leaveFromPause(farewell(departure, lastStream: 0), context) }
        // Whoever has not said hello yet may not hear anything else.
        guard clock.isGreeted else { return closeNow(context) }
        if step == .refusing { return awaitEnd(departure, context) }
        if step == .announced { return awaitAnswer(departure, context) }
        guard time > .zero else { return announce(context) }
        departure.alarm = schedule(in: time, context) { $0.announce($1) }
    }

    private func announce(_ context: ChannelHandlerContext) {
        guard let departure, !machine.isClosed else { return }
        departure.step = .announced
        write(context) {
            $0.writeFrame(.goaway, stream: 0, message: farewell(departure, lastStream: .max))
            $0.writeFrame(.ping, stream: 0, payload: Self.drainMark)
        }
        awaitAnswer(departure, context)
    }

    private func awaitAnswer(_ departure: Departure, _ context: ChannelHandlerContext) {
        let left = max(0, (departure.end - context.eventLoop.now).nanoseconds)
        let wait = min(server.times.notice, .nanoseconds(left / 2))
        departure.alarm = schedule(in: wait, context) { $0.refuseCalls($1) }
    }

    /// The client has answered a PING.
    func ponged(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        guard let departure, departure.step == .announced, bytes == Self.drainMark else { return }
        departure.alarm?.cancel()
        refuseCalls(context)
    }

    private func refuseCalls(_ context: ChannelHandlerContext) {
        guard let departure, !machine.isClosed else { return }
        departure.step = .refusing
        machine.startDraining()
        write(context) {
            $0.writeFrame(.goaway, stream: 0, message: farewell(departure, lastStream: machine.lastStream))
        }
        awaitEnd(departure, context)
        // Every stream can go on elsewhere: at its cursor, at an offset, or anew.
        for (stream, call) in calls.all where call.work?.sink != nil {
            interrupt(stream, call, departure.error, context)
        }
        closeWhenDone(context)
    }

    private func awaitEnd(_ departure: Departure, _ context: ChannelHandlerContext) {
        departure.alarm = schedule(in: departure.end - context.eventLoop.now, context) { $0.breakOff($1) }
    }

    private func breakOff(_ context: ChannelHandlerContext) {
        guard let departure, !machine.isClosed else { return }
        isBatching = true
        for (stream, call) in calls.all {
            calls.remove(stream)
            call.count(.connectionClosed)
            call.cancel()
            breakOff(stream, departure, cursor: call.work?.cursorSent, context)
        }
        // Those that were answered, and whose caller did not take it.
        for (stream, pending) in ends { breakOff(stream, departure, cursor: pending.end.resumeCursor, context) }
        isBatching = false
        closeWhenTaken(context)
    }

    private func breakOff(
        _ stream: UInt32, _ departure: Departure, cursor: [UInt8]?, _ context: ChannelHandlerContext
    ) {
        forget(stream)
        end(stream, departure.error, cursor: cursor?.isEmpty == false ? cursor : nil, context)
    }

    private func farewell(_ departure: Departure, lastStream: UInt32) -> HubGoaway {
        var goaway = goaway(.draining, departure.reason, lastStream: lastStream)
        goaway.alternates = server.alternates
        return goaway
    }

    // MARK: When the last call has ended

    func closeWhenDone(_ context: ChannelHandlerContext) {
        guard departure?.step == .refusing || peerIsLeaving, calls.isEmpty, ends.isEmpty, !machine.isClosed,
            !isBatching
        else { return }
        closeWhenTaken(context)
    }

    /// Accepts nothing more, and closes when the client has taken what was sent; on a slow line that may be a while.
    private func closeWhenTaken(_ context: ChannelHandlerContext) {
        machine.close()
        flush(context)
        clock.writable(false, context.eventLoop.now)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let taken = context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: taken)
    }
}
