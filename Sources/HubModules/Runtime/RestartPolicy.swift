// When a crashed module is started again, and when no more. A value: time and randomness are passed in.

/// Restart intensity as in OTP's supervisors: so many crashes in a window are borne, one more is not.
package struct RestartPolicy: Sendable {
    /// What follows a crash.
    package enum Verdict: Sendable, Hashable {
        /// Start again after this wait, milliseconds; 0 = at once.
        case restart(afterMillis: Int64)
        /// Only an admin starts it again.
        case quarantine
    }

    private let limits: ModuleLimits
    /// Monotonic milliseconds of the crashes in the window, oldest first.
    private var crashes: [Int64] = []

    package init(_ limits: ModuleLimits) { self.limits = limits }

    /// Counts a crash.
    ///
    /// - Parameters:
    ///   - nowMillis: Any monotonic clock, milliseconds.
    ///   - jitter: −1 to 1; moves the wait by up to 20 %, so that modules that fell together do not rise together.
    package mutating func crashed(nowMillis: Int64, jitter: Double) -> Verdict {
        crashes.removeAll { $0 <= nowMillis - limits.crashWindowMillis }
        crashes.append(nowMillis)
        guard crashes.count <= limits.crashesMax else { return .quarantine }
        guard crashes.count > 1 else { return .restart(afterMillis: 0) }
        var wait = limits.backoffMillis
        for _ in 2..<crashes.count where wait < limits.backoffMaxMillis { wait *= 2 }
        wait = min(wait, limits.backoffMaxMillis)
        let moved = Double(wait) * (1 + 0.2 * max(-1, min(1, jitter)))
        return .restart(afterMillis: min(Int64(moved), limits.backoffMaxMillis))
    }

    /// Forgets the past, as an admin asked.
    package mutating func forgive() { crashes = [] }
}
