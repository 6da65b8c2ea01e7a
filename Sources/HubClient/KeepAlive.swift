// When to ask a silent hub for a sign of life, and when to take it for dead.

import NIOCore

/// A silent connection with open calls is asked once per interval; a hub that does not answer is taken for dead.
struct KeepAlive {
    /// What the silence means.
    enum Verdict {
        case quiet
        case ask
        case dead
    }

    private let interval: TimeAmount
    private let timeout: TimeAmount
    /// Last byte, or the first call after a time without any.
    private var silentSince = NIODeadline.uptimeNanoseconds(0)
    private var askedAt: NIODeadline?
    private var timer: Scheduled<Void>?

    /// - Parameter spread: 0.8 to 1.2, so that clients do not ask all at once.
    init(intervalMillis: UInt32, timeoutMillis: UInt32, spread: Double) {
        interval = .milliseconds(Int64(Double(intervalMillis) * spread))
        timeout = .milliseconds(Int64(timeoutMillis))
    }

    /// A byte came.
    mutating func heard(at now: NIODeadline) {
        silentSince = now
        askedAt = nil
    }

    /// A call was sent: begins to watch the silence, unless that goes on already.
    mutating func begin(_ loop: any EventLoop, now: NIODeadline, check: @escaping () -> Void) {
        guard timer == nil else { return }
        silentSince = now
        askedAt = nil
        plan(loop, check: check)
    }

    /// Plans the next look.
    mutating func plan(_ loop: any EventLoop, check: @escaping () -> Void) {
        let next = askedAt.map { $0 + timeout } ?? silentSince + interval
        timer = loop.assumeIsolated().scheduleTask(deadline: next, check)
    }

    /// Judges the silence.
    mutating func check(at now: NIODeadline) -> Verdict {
        timer = nil
        if let askedAt { return now - askedAt >= timeout ? .dead : .quiet }
        guard now - silentSince >= interval else { return .quiet }
        askedAt = now
        return .ask
    }

    /// Plans nothing more.
    mutating func stop() {
        timer?.cancel()
        timer = nil
    }
}
