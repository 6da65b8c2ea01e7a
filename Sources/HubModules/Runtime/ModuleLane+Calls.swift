// Calls of a module: taken in, asked when it serves, and failed with the error that fits when it does not.

import HubDomain
import NIOCore

extension ModuleLane {
    /// How often calls are compared with the clock while there are any, milliseconds.
    private static let sweepMillis: Int64 = 10

    /// Takes calls in; those that cannot be kept are failed at once.
    func accept(_ arrived: [ModuleCall]) {
        counts.calls += UInt64(arrived.count)
        for var call in arrived {
            do throws(HubError) {
                if let error = hopeless { throw error }
                try calls.append(call)
            } catch {
                counts.callsFailed += 1
                calls.refuse(&call, error)
            }
        }
        dispatch()
        if case .serving(let host) = state { host.link.flush() }
        sweepLater()
    }

    /// Asks what may be asked now; leaves with the link's next flush.
    func dispatch() {
        guard case .serving(let host) = state else { return }
        calls.dispatch(now: .now()) { host.link.ask($0.method, $0.message) }
        // After two thousand million calls a link has no ids left; another process has.
        if host.link.isUsedUp, calls.inFlight == 0 { end(host, .restart) }
    }

    /// One timer for all calls: cheaper than one for each, and a call is late by no more than its period.
    private func sweepLater() {
        guard !sweeping, !calls.isEmpty else { return }
        sweeping = true
        loop.assumeIsolated().scheduleTask(in: .milliseconds(Self.sweepMillis)) { [self] in
            sweeping = false
            sweep()
            sweepLater()
        }
    }

    private func sweep() {
        let host: RunningHost? = if case .serving(let host) = state { host } else { nil }
        let overdue = calls.sweep(now: .now(), judging: host != nil, unasked: unavailable)
        counts.callsFailed += UInt64(overdue.failed)
        if overdue.hung, let host { kill(host, .hung("no answer within \(limits.decideMillis) ms")) }
    }

    // MARK: Errors

    /// Why a call need not even wait; nil when it may.
    private var hopeless: HubError? {
        switch state {
        case .idle where specification.libraryPath == nil:
            HubError(.moduleUnavailable, "bundle brings data alone and has no module")
        case .idle, .starting, .serving, .ending, .waiting: nil
        case .quarantined: quarantine
        case .refused: refusal
        case .stopped: HubError(.moduleUnavailable, "the hub is stopping")
        }
    }

    private var unavailable: HubError {
        HubError(
            .moduleUnavailable, "module was not serving within the caller's time",
            retryAfterMillis: limits.retryAfterMillis)
    }

    var quarantine: HubError {
        HubError(
            .moduleQuarantined, "module crashed more than \(limits.crashesMax) times",
            retryAfterMillis: limits.retryAfterMillis)
    }

    var refusal: HubError {
        HubError(.moduleRefused, "\(specification.id): \(reasons.joined(separator: "; "))")
    }
}
