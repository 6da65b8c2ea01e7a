// One child process: spawned, watched and reaped by a thread of its own, killed from anywhere.

import Glibc
import Synchronization

/// How a process ended.
package enum HostExit: Sendable, Hashable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    /// It never ran; an errno.
    case notStarted(Int32)

    package var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)"
        case .notStarted(let number): "not started: \(String(cString: strerror(number)))"
        }
    }
}

/// A process from before its start until after its end.
///
/// The keeper thread both spawns the child and waits for it, because the host's PR_SET_PDEATHSIG fires when the
/// *thread* that made the child ends. It learns of the end without reaping (WNOWAIT) and reaps under the lock that
/// ``kill()`` takes, so that a signal can never reach a process that has inherited the id.
package final class HostProcess: Sendable {
    private enum State {
        case spawning(killed: Bool)
        case running(pid_t)
        case ended
    }

    private let state = Mutex(State.spawning(killed: false))

    private init() {}

    /// Process id; nil before its start and after its end.
    package var pid: Int32? {
        state.withLock { if case .running(let pid) = $0 { pid } else { nil } }
    }

    /// Ends the process at once. Does nothing when it has ended.
    package func kill() {
        state.withLock { state in
            switch state {
            case .spawning: state = .spawning(killed: true)
            case .running(let pid): _ = Glibc.kill(pid, SIGKILL)
            case .ended: break
            }
        }
    }

    /// Starts a process with `socket` as its descriptor 3, /dev/null as 0, 1 and 2.
    ///
    /// - Parameters:
    ///   - socket: Closed here, once the child has its own.
    ///   - onExit: Called exactly once, on the keeper thread, after the process has been reaped.
    package static func start(
        _ program: HostProgram, arguments: [String], socket: CInt, onExit: @escaping @Sendable (HostExit) -> Void
    ) -> HostProcess {
        let process = HostProcess()
        let keeper = Keeper(process: process, program: program, arguments: arguments, socket: socket, onExit: onExit)
        let context = Unmanaged.passRetained(keeper)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 256 * 1_024)
        var thread = pthread_t()
        let failure = pthread_create(&thread, &attributes, keepProcess, context.toOpaque())
        pthread_attr_destroy(&attributes)
        if failure != 0 {
            context.release()
            keeper.abandon(failure)
        }
        return process
    }

    /// A kill that came while it was being spawned is carried out now.
    fileprivate func began(_ pid: pid_t) {
        state.withLock { state in
            if case .spawning(killed: true) = state { _ = Glibc.kill(pid, SIGKILL) }
            state = .running(pid)
        }
    }

    fileprivate func reap(_ pid: pid_t) -> HostExit {
        state.withLock { state in
            var status: CInt = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            state = .ended
            let signal = status & 0x7f
            return signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
        }
    }

    fileprivate func neverBegan() { state.withLock { $0 = .ended } }
}

/// What the keeper thread needs; it is handed over as the thread's one argument.
private final class Keeper: Sendable {
    let process: HostProcess
    let program: HostProgram
    let arguments: [String]
    let socket: CInt
    let onExit: @Sendable (HostExit) -> Void

    init(
        process: HostProcess, program: HostProgram, arguments: [String], socket: CInt,
        onExit: @escaping @Sendable (HostExit) -> Void
    ) {
        self.process = process
        self.program = program
        self.arguments = arguments
        self.socket = socket
        self.onExit = onExit
    }

    func abandon(_ failure: CInt) {
        close(socket)
        process.neverBegan()
        onExit(.notStarted(failure))
    }

    func keep() {
        var pid: pid_t = 0
        let failure = spawn(&pid, program, arguments, socket)
        guard failure == 0 else { return abandon(failure) }
        close(socket)
        process.began(pid)
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        onExit(process.reap(pid))
    }
}

/// The keeper thread. A top-level function, because C calls it from a thread that belongs to no actor.
@Sendable private func keepProcess(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Keeper>.fromOpaque(context).takeRetainedValue().keep()
    return nil
}

/// Returns 0 or an errno.
private func spawn(_ pid: inout pid_t, _ program: HostProgram, _ arguments: [String], _ socket: CInt) -> CInt {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    for standard in CInt(0)...2 {
        posix_spawn_file_actions_addopen(&files, standard, "/dev/null", standard == 0 ? O_RDONLY : O_WRONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&files, socket, 3)
    // Anything that was opened without O_CLOEXEC is closed by the host, before it opens the library.

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What the hub ignores or blocks is its own business; an ignored signal would stay ignored across exec.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // A process group of its own: Ctrl-C at a terminal stops the hub, and the hub stops its modules in order.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

    return withCStrings([program.path] + arguments) { arguments in
        withCStrings(program.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) { environment in
            posix_spawn(&pid, program.path, &files, &attributes, arguments, environment)
        }
    }
}

/// A NULL-terminated array of C strings, for the time of `body`.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { (array + index).initialize(to: strdup(string)) }
    (array + strings.count).initialize(to: nil)
    defer {
        for index in strings.indices { free(array[index]) }
        array.deallocate()
    }
    return body(array)
}
