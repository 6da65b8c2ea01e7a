// When to ask a silent hub for a sign of life, and when to take it for dead.

import NIOCore

/// A silent connection is asked once per interval, which is short while calls are open; a hub that does not answer is
/// taken for dead.
struct KeepAlive {
    /// What the silence means.
    enum Verdict {
        case quiet
        case ask
        case dead
    }

    /// With calls that wait for an answer.
    private let busyInterval: TimeAmount
    /// Without any.
    private let idleInterval: TimeAmount
    private let timeout: TimeAmount
    /// Last byte from the hub.
    private var silentSince = NIODeadline.uptimeNanoseconds(0)
    /// First call after a time without any.
    private var busySince = NIODeadline.uptimeNanoseconds(0)
    private var askedAt: NIODeadline?
    private var timer: (at: NIODeadline, scheduled: Scheduled<Void>)?

    /// - Parameter spread: 0.8 to 1.2, so that clients do not ask all at once; more for a hub that wants its calm.
    init(intervalMillis: UInt32, idleMillis: UInt32, timeoutMillis: UInt32, spread: Double) {
        busyInterval = .milliseconds(Int64(Double(intervalMillis) * spread))
        idleInterval = .milliseconds(Int64(Double(idleMillis) * spread))
        timeout = .milliseconds(Int64(timeoutMillis))
    }

    /// A byte came.
    mutating func heard(at now: NIODeadline) {
        silentSince = now
        askedAt = nil
    }

    /// The hub has said hello: begins to watch the silence.
    mutating func begin(_ loop: any EventLoop, now: NIODeadline, isBusy: Bool, check: @escaping () -> Void) {
        heard(at: now)
        plan(loop, isBusy: isBusy, check: check)
    }

    /// A call was sent while none was open. Costs a timer only when the next look would come too late.
    mutating func busy(_ loop: any EventLoop, now: NIODeadline, check: @escaping () -> Void) {
        busySince = now
        guard let timer, timer.at > now + busyInterval else { return }
        timer.scheduled.cancel()
        plan(loop, isBusy: true, check: check)
    }

    /// Plans the next look.
    mutating func plan(_ loop: any EventLoop, isBusy: Bool, check: @escaping () -> Void) {
        let at = askedAt.map { $0 + timeout } ?? due(isBusy: isBusy)
        timer = (at, loop.assumeIsolated().scheduleTask(deadline: at, check))
    }

    /// Judges the silence.
    mutating func check(at now: NIODeadline, isBusy: Bool) -> Verdict {
        timer = nil
        if let askedAt { return now - askedAt >= timeout ? .dead : .quiet }
        guard now >= due(isBusy: isBusy) else { return .quiet }
        askedAt = now
        return .ask
    }

    /// Plans nothing more.
    mutating func stop() {
        timer?.scheduled.cancel()
        timer = nil
    }

    private func due(isBusy: Bool) -> NIODeadline {
        isBusy ? max(silentSince, busySince) + busyInterval : silentSince + idleInterval
    }
}
