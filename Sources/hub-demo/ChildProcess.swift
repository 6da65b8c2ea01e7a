// Programs that the demo starts, with their output in files, and ends by their process id.

import Glibc
import Synchronization

/// What went wrong around the hub itself, in a sentence for whoever ran the demo.
struct DemoFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// `posix_spawn_file_actions_addclosefrom_np` of glibc 2.34 and later; its declaration is hidden from Swift by a macro.
private let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map { symbol in
    unsafeBitCast(
        symbol, to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt).self)
}

/// A running program whose standard output and error go to one file.
final class ChildProcess: Sendable {
    /// Process id; only this child is ever signalled.
    let pid: pid_t
    /// The program's name, for messages.
    let name: String
    private let ended = Mutex<Int32?>(nil)
    private let kept = Atomic(false)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Path of the executable.
    ///   - arguments: Without the program's own name.
    ///   - output: File to which both outputs are appended.
    /// - Throws: ``DemoFailure`` when it cannot be started.
    init(_ program: String, _ arguments: [String], output: String) throws {
        name = String(program.split(separator: "/").last ?? "")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // A socket of this program that a child kept open would never be seen to close.
        _ = closeFrom?(&actions, STDERR_FILENO + 1)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        // A thread of a pool blocks signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child: pid_t = 0
        let refused = posix_spawn(&child, program, &actions, &attributes, &words, environ)
        guard refused == 0 else {
            throw DemoFailure("\(program) cannot be started: \(String(cString: strerror(refused)))")
        }
        pid = child
    }

    /// The exit status once the program has ended: its code, or 128 + the signal's number; nil while it runs.
    func status() -> Int32? {
        ended.withLock { ended in
            if let ended { return ended }
            var raw: Int32 = 0
            guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
            let signal = raw & 0x7F
            ended = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
            return ended
        }
    }

    /// Sends a signal, unless the program has ended: its process id may then be somebody else's.
    func signal(_ number: Int32) {
        ended.withLock { ended in
            if ended == nil { _ = kill(pid, number) }
        }
    }

    /// Waits for the end.
    ///
    /// - Throws: ``DemoFailure`` when it takes longer than `seconds`.
    @discardableResult
    func wait(seconds: Int = 60) async throws -> Int32 {
        for _ in 0..<seconds * 100 {
            if let status = status() { return status }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw DemoFailure("\(name) has not ended within \(seconds) s")
    }

    /// Asks it to end and waits; ends it by force after `seconds`.
    func stop(seconds: Int = 15) async {
        signal(SIGTERM)
        do { try await wait(seconds: seconds) } catch {
            signal(SIGKILL)
            _ = try? await wait(seconds: 5)
        }
    }

    /// Lets the program outlive this one.
    func release() { kept.store(true, ordering: .relaxed) }

    deinit {
        if !kept.load(ordering: .relaxed), status() == nil { signal(SIGKILL) }
    }
}

/// Small files that the demo reads and writes.
enum TextFile {
    /// The whole file as bytes; nil when it cannot be read.
    static func bytes(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }

    /// The whole file as text; bytes that are not UTF-8 are replaced.
    static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

    /// Replaces a file.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DemoFailure("\(path) cannot be written: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw DemoFailure("\(path) cannot be written") }
            rest = rest.dropFirst(count)
        }
    }
}
