// How long a connection may take, hang, rest and live; looked at by its event loop once in a while.

import HubProto
package import NIOCore

/// How long a connection may take, hang, rest and live.
package struct ConnectionTimes: Sendable {
    /// For TLS; then the connection is closed.
    package var handshake = TimeAmount.seconds(10)
    /// For HELLO after TLS; then GOAWAY PROTOCOL_ERROR.
    package var hello = TimeAmount.seconds(10)
    /// Without a byte in the middle of a frame; then GOAWAY PROTOCOL_ERROR.
    package var frame = TimeAmount.seconds(30)
    /// Without an open call and without a byte from the client; then GOAWAY IDLE.
    package var idle = TimeAmount.minutes(15)
    /// With more to send than the client takes; then the connection is closed.
    package var stall = TimeAmount.seconds(60)
    /// From its beginning, give or take a tenth; then it is drained, so that certificates are looked at again.
    package var age = TimeAmount.hours(2)
    /// For open calls of a connection that has reached its age.
    package var ageGrace = TimeAmount.minutes(5)
    /// For a client to hear of the drain before calls are refused; its answer to PING ends the waiting.
    package var notice = TimeAmount.seconds(5)
    /// For a watcher that is behind, until there is room for the next message; then its watch ends with a cursor.
    package var watcherPatience = TimeAmount.seconds(30)
    /// Between two looks at the connections of an event loop.
    package var sweep = TimeAmount.seconds(1)

    package init() {}
}

/// Where a connection stands in time. Owns no timer: whoever does asks ``due(_:_:)``.
struct ConnectionClock {
    /// What is to be done because time has passed.
    enum Due: Equatable {
        /// Close without a word.
        case close
        /// GOAWAY, and close.
        case leave(HubGoawayCode, String)
        /// The connection has lived long enough.
        case drain
    }

    /// What the connection is doing.
    struct State {
        var isInFrame: Bool
        var isBusy: Bool
    }

    private enum Phase { case handshake, hello, open }

    private var phase = Phase.handshake
    private var phaseBegan: NIODeadline
    private var stalledSince: NIODeadline?
    /// When it was last seen with an open call.
    private var busyAt: NIODeadline
    private var countBegan: NIODeadline
    private var hasRested = false
    private let oldAt: NIODeadline
    /// When bytes came last.
    var lastHeard: NIODeadline

    /// - Parameter jitter: -1 to 1: how far this connection's age is off the middle.
    init(now: NIODeadline, times: ConnectionTimes, jitter: Double) {
        phaseBegan = now
        lastHeard = now
        busyAt = now
        countBegan = now
        let spread = Double(times.age.nanoseconds) / 10 * max(-1, min(1, jitter))
        oldAt = now + times.age + .nanoseconds(Int64(spread))
    }

    /// TLS is done; HELLO is due.
    mutating func secured(_ now: NIODeadline) { (phase, phaseBegan) = (.hello, now) }

    /// HELLO has come.
    mutating func greeted() { phase = .open }

    /// Frames other than HELLO may be sent.
    var isGreeted: Bool { phase == .open }

    /// The client takes what is sent, or does not.
    mutating func writable(_ isWritable: Bool, _ now: NIODeadline) { stalledSince = isWritable ? nil : now }

    /// The client takes some of what is sent.
    mutating func moved(_ now: NIODeadline) { if stalledSince != nil { stalledSince = now } }

    func isStalled(_ now: NIODeadline, _ times: ConnectionTimes) -> Bool {
        stalledSince.map { $0 + times.stall <= now } ?? false
    }

    /// - Returns: Nil when nothing is to be done yet.
    mutating func due(_ now: NIODeadline, _ times: ConnectionTimes, _ state: State) -> Due? {
        if isStalled(now, times) { return .close }
        if state.isInFrame, lastHeard + times.frame <= now {
            return .leave(.protocolError, "a frame stopped in its middle")
        }
        switch phase {
        case .handshake: return phaseBegan + times.handshake <= now ? .close : nil
        case .hello: return phaseBegan + times.hello <= now ? .leave(.protocolError, "no HELLO in time") : nil
        case .open: break
        }
        if state.isBusy { busyAt = now }
        if max(lastHeard, busyAt) + times.idle <= now { return .leave(.idle, "no call for a long time") }
        return oldAt <= now ? .drain : nil
    }

    /// True at the first look after nothing has come between two.
    mutating func rests(_ now: NIODeadline, _ times: ConnectionTimes) -> Bool {
        let isQuiet = lastHeard + times.sweep <= now
        defer { hasRested = isQuiet }
        return isQuiet && !hasRested
    }

    /// True once in each ``ConnectionTimes/idle``: what is counted in a row is counted anew.
    mutating func isNewCount(_ now: NIODeadline, _ times: ConnectionTimes) -> Bool {
        guard countBegan + times.idle <= now else { return false }
        countBegan = now
        return true
    }
}
