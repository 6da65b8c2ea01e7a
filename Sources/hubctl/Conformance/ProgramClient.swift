// A client library of any language, in a program of its own, as the conformance kit drives it.

import Dispatch
import Foundation
import Glibc
import HubClient
import HubConformance
import HubDomain
import HubProto
import SwiftProtobuf
import Synchronization

/// A program that takes orders on its standard input and tells outcomes on its standard output, as
/// `Protos/hub/v1/conformance.proto` says. Both are one socket.
final class ProgramClient: ClientUnderTest {
    private typealias Waiting = CheckedContinuation<ClientOutcome?, Never>

    private struct State {
        var lastID: UInt64 = 0
        var waiting: [UInt64: Waiting] = [:]
        /// Why no further outcome comes; nil while the program runs.
        var ending: String?
        var closing: CheckedContinuation<Void, Never>?
    }

    /// Longest outcome that is read, bytes.
    private static let outcomeBytesMax = 67_108_864
    /// Status of a call that the program never told of; no case expects it.
    private static let untold: UInt32 = 255

    let name: String
    private let pid: pid_t
    private let socket: CInt
    private let state = Mutex(State())
    private let writing = DispatchQueue(label: "orders")

    /// Starts the program.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when it cannot be started, or the papers are not in files.
    init(_ program: String, _ hub: HubClientConfiguration) throws(HubError) {
        name = String(program.split(separator: "/").last ?? "")
        guard let address = hub.addresses.first, case .file(let certificate) = hub.certificate,
            case .file(let key) = hub.privateKey, case .file(let authority) = hub.authority
        else { throw HubError(.configurationInvalid, "--client needs an address, and papers in files") }
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HubError(.configurationInvalid, "no socket pair: \(String(cString: strerror(errno)))")
        }
        defer { Glibc.close(ends[1]) }
        do throws(HubError) {
            pid = try Self.spawn(
                [program, "--address", "\(address)", "--cert", certificate, "--key", key, "--ca", authority], ends[1])
        } catch {
            Glibc.close(ends[0])
            throw error
        }
        socket = ends[0]
        Thread.detachNewThread { [self] in readOutcomes() }
    }

    func perform(_ order: ClientOrder) async -> ClientOutcome? {
        await withCheckedContinuation { (waiting: Waiting) in
            let id: UInt64? = state.withLock { state in
                guard state.ending == nil else { return nil }
                state.lastID += 1
                state.waiting[state.lastID] = waiting
                return state.lastID
            }
            guard let id else { return waiting.resume(returning: Self.missing("the program has ended")) }
            let bytes = Self.framed(HubClientOrder(order, id: id))
            // Whoever cannot be written to is seen to end by the reader.
            writing.async { [socket] in Self.write(bytes, to: socket) }
        }
    }

    /// Lets the program end.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when it ended otherwise than with 0.
    func close() async throws(HubError) {
        await withCheckedContinuation { (closing: CheckedContinuation<Void, Never>) in
            let hasEnded = state.withLock { state in
                if state.ending == nil { state.closing = closing }
                return state.ending != nil
            }
            if hasEnded { return closing.resume() }
            writing.async { [socket] in shutdown(socket, CInt(SHUT_WR)) }
        }
        let ending = state.withLock { $0.ending ?? "" }
        if !ending.isEmpty { throw HubError(.configurationInvalid, "\(name) \(ending)") }
    }

    // MARK: The program

    /// Returns the process id of a program whose standard input and output are `socket`.
    private static func spawn(_ words: [String], _ socket: CInt) throws(HubError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        // A thread of a pool blocks signals, and the program would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let refused = posix_spawn(&pid, words[0], &actions, &attributes, &arguments, environ)
        guard refused == 0 else {
            throw HubError(.configurationInvalid, "\(words[0]): \(String(cString: strerror(refused)))")
        }
        return pid
    }

    /// Everything the program says, until it ends; a thread of its own, because it waits.
    private func readOutcomes() {
        var fault = ""
        while let length = Self.read(4, from: socket) {
            let count = length.reduce(0) { $0 << 8 | Int($1) }
            guard count <= Self.outcomeBytesMax, let bytes = Self.read(count, from: socket),
                let outcome = try? HubClientOutcome(serializedBytes: bytes)
            else {
                fault = "wrote what is no outcome"
                break
            }
            let waiting = state.withLock { $0.waiting.removeValue(forKey: outcome.id) }
            waiting?.resume(returning: ClientOutcome(outcome))
        }
        let ending = fault.isEmpty ? reap() : fault
        if !fault.isEmpty {
            kill(pid, SIGKILL)
            _ = reap()
        }
        Glibc.close(socket)
        let (waiting, closing) = state.withLock { state in
            let left = state.waiting
            state.waiting = [:]
            state.ending = ending
            return (left, state.closing)
        }
        for (_, caller) in waiting { caller.resume(returning: Self.missing("the program has ended")) }
        closing?.resume()
    }

    /// Waits for the process; empty when it ended with 0.
    private func reap() -> String {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        let code = (status >> 8) & 0xFF
        if signal != 0 { return "was ended by signal \(signal)" }
        return code == 0 ? "" : "ended with exit code \(code)"
    }

    // MARK: Bytes

    private static func missing(_ text: String) -> ClientOutcome {
        var outcome = ClientOutcome()
        outcome.status = untold
        outcome.text = text
        return outcome
    }

    private static func framed(_ order: HubClientOrder) -> [UInt8] {
        let bytes: [UInt8] = (try? order.serializedBytes()) ?? []
        return withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
    }

    private static func write(_ bytes: [UInt8], to socket: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Exactly so many bytes; nil at the end.
    private static func read(_ count: Int, from socket: CInt) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let more = bytes.withUnsafeMutableBytes { all in
                let rest = UnsafeMutableRawBufferPointer(rebasing: all[got...])
                return recv(socket, rest.baseAddress, rest.count, 0)
            }
            if more < 0 && errno == EINTR { continue }
            guard more > 0 else { return nil }
            got += more
        }
        return bytes
    }
}

extension HubClientOrder {
    /// The order as it travels.
    fileprivate init(_ order: ClientOrder, id: UInt64) {
        self.init()
        self.id = id
        method = order.method.path
        shape =
            switch order.method.shape {
            case .unary: .unary
            case .serverStream: .serverStream
            case .clientStream: .clientStream
            case .exchange: .exchange
            }
        mutating = order.method.mutating
        cursorField = order.method.cursorField
        requests = order.requests.map { Data($0) }
        timeoutMs = order.timeoutMillis ?? 0
        idempotencyKey = Data(order.key ?? [])
        metadata = order.metadata.map { entry in
            HubMetadata.with {
                $0.key = entry.key
                $0.value = Data(entry.value)
            }
        }
        resumeFrom = Data(order.resumeFrom ?? [])
        uncompressed = order.isUncompressed
        cancelAfterMs = UInt32(clamping: order.cancelAfterMillis ?? 0)
    }
}

extension ClientOutcome {
    /// What the program told; nil when it does not make such calls.
    fileprivate init?(_ outcome: HubClientOutcome) {
        guard outcome.skipped.isEmpty else { return nil }
        self.init()
        messages = outcome.messages.map { [UInt8]($0) }
        status = outcome.status
        code = outcome.code
        text = outcome.text
        metadata = outcome.metadata.map { ($0.key, [UInt8]($0.value)) }
        isReplayed = outcome.replayed
        retries = outcome.retries
        facts = outcome.facts
    }
}

extension HubMethod {
    /// Number of the answers' field with a cursor; 0 = there is none.
    fileprivate var cursorField: UInt32 {
        switch self {
        case .interopCount: 2
        case .watchCases: 3
        default: 0
        }
    }
}
