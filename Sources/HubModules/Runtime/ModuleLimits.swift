// Every limit of the module runtime: name, unit and default. All of them are configuration.

/// How long modules may take, how much they may hold, and how often they may fail.
package struct ModuleLimits: Sendable, Hashable {
    /// From spawn to a matching `Describe`, milliseconds.
    package var startMillis: Int64 = 10_000
    /// A call may be at a module for this long, milliseconds; then the process is ended.
    package var decideMillis: Int64 = 5_000
    /// Between two PINGs, milliseconds.
    package var pingMillis: Int64 = 5_000
    /// PINGs in a row without an answer after which the process is ended.
    package var pingsMissedMax = 3
    /// Crashes are counted over this window, milliseconds.
    package var crashWindowMillis: Int64 = 60_000
    /// Crashes in the window after which one more means quarantine.
    package var crashesMax = 5
    /// Wait before the second restart in the window, milliseconds; it doubles from there. The first does not wait.
    package var backoffMillis: Int64 = 100
    /// The wait never exceeds this, milliseconds.
    package var backoffMaxMillis: Int64 = 30_000
    /// RLIMIT_DATA of a module's process, bytes.
    package var dataBytesMax: UInt64 = 268_435_456
    /// Calls at a module at once.
    package var inFlightMax = 256
    /// Calls that wait for their turn or for a restart.
    package var waitingMax = 1_024
    /// Bytes of all messages that are at a module or wait for it.
    package var messageBytesMax = 67_108_864
    /// From the wish to stop until SIGKILL, milliseconds.
    package var stopMillis: Int64 = 2_000
    /// What a caller is told to wait before it asks a quarantined or busy module again, milliseconds.
    package var retryAfterMillis: UInt32 = 1_000

    package init() {}
}

/// The program that opens a module's library.
package struct HostProgram: Sendable, Hashable {
    /// Path of `hub-module-host`.
    package var path: String
    /// The whole environment of a host; empty unless the Swift runtime must be found with LD_LIBRARY_PATH.
    package var environment: [String: String]

    package init(path: String, environment: [String: String] = [:]) {
        self.path = path
        self.environment = environment
    }
}
