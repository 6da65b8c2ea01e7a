// What hubctl's exit code says, and the one table that maps an error to it.

import HubDomain

/// Exit codes, stable for scripts.
enum ExitReason: Int32, CaseIterable, Sendable {
    case ok = 0
    /// The hub or this program said no, or something broke.
    case failed = 1
    /// The command line, a file named on it or a local setting is wrong.
    case usage = 2
    /// The hub answers, but not all of it works.
    case unhealthy = 3
    case notFound = 4
    case denied = 5
    /// Nobody answers, or not in time. The same command may work later.
    case unavailable = 6
    /// The present state forbids it: another version, another stage, a key used before.
    case conflict = 7
    /// Part of it was done; what was not is named.
    case partial = 8

    /// What a failed call means for a script.
    init(_ error: HubError) {
        // Made by this program, not by the hub: what was typed is wrong.
        self = error.code == .configurationInvalid ? .usage : Self(error.status)
    }

    /// The table.
    init(_ status: CallStatus) {
        self =
            switch status {
            case .ok: .ok
            case .cancelled, .unknown, .invalidArgument, .outOfRange, .unimplemented, .internalError, .dataLoss: .failed
            case .notFound: .notFound
            case .permissionDenied, .unauthenticated: .denied
            case .deadlineExceeded, .resourceExhausted, .unavailable: .unavailable
            case .alreadyExists, .failedPrecondition, .aborted: .conflict
            }
    }
}

/// Ends a command with a code when everything that was to be said has been said.
struct Finished: Error, Equatable {
    var status: ExitReason
}
