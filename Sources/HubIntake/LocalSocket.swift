// A stream socket to a process on this machine, with an end to all waiting: every read and write has until a moment.

import Glibc
import HubDomain

/// Blocks its thread. What fails throws ``Failure`` with a reason that holds nothing of what was sent.
struct LocalSocket {
    struct Failure: Error {
        let reason: String
    }

    private let file: Int32
    /// By the machine's steady clock, nanoseconds.
    private let until: UInt64

    /// - Parameters:
    ///   - file: Closed by ``close()``.
    ///   - seconds: For everything that is done with it.
    init(_ file: Int32, seconds: Int) {
        self.file = file
        until = Self.now() &+ UInt64(clamping: seconds) &* 1_000_000_000
    }

    /// Connects to the socket at a path. A listener that has too many waiting is one that does not listen: `connect` knows no
    /// end of its own while the backlog is full.
    static func connected(to path: String, seconds: Int) throws(Failure) -> LocalSocket {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let file = Glibc.socket(AF_UNIX, Int32(kind), 0)
        guard file >= 0 else { throw failure("no socket") }
        let socket = LocalSocket(file, seconds: seconds)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let isShort = withUnsafeMutableBytes(of: &address.sun_path) { field in
            guard bytes.count < field.count else { return false }
            field.copyBytes(from: bytes)
            return true
        }
        guard isShort else {
            socket.close()
            throw Failure(reason: "the path of the socket is too long")
        }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let failure = failure("it does not listen")
            socket.close()
            throw failure
        }
        return socket
    }

    func close() { _ = Glibc.close(file) }

    /// Nothing more is sent.
    func finish() { _ = shutdown(file, Int32(SHUT_WR)) }

    func send(_ bytes: some Collection<UInt8>) throws(Failure) {
        let bytes = ContiguousArray(bytes)
        var done = 0
        while done < bytes.count {
            try wait(for: POLLOUT)
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = bytes[done...].withUnsafeBytes { Glibc.send(file, $0.baseAddress, $0.count, flags) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw Self.failure("it takes no more") }
            done += count
        }
    }

    /// Everything up to the other side's end, or to a byte.
    ///
    /// - Parameter limit: More than so many bytes are a failure.
    func receive(upTo end: UInt8? = nil, limit: Int) throws(Failure) -> [UInt8] {
        var found: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            try wait(for: POLLIN)
            let count = piece.withUnsafeMutableBytes {
                Glibc.recv(file, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { throw Self.failure("it cannot be heard") }
            found += piece[..<count]
            guard found.count <= limit else { throw Failure(reason: "it says too much") }
            if count == 0 { return found }
            if let end, piece[..<count].contains(end) { return found }
        }
    }

    private func wait(for event: Int32) throws(Failure) {
        while true {
            let now = Self.now()
            guard now < until else { throw Failure(reason: "its time is over") }
            var poll = pollfd(fd: file, events: Int16(event), revents: 0)
            let millis = Int32(clamping: (until - now) / 1_000_000 + 1)
            let ready = Glibc.poll(&poll, 1, millis)
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw Self.failure("it cannot be waited for") }
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    private static func failure(_ what: String) -> Failure {
        Failure(reason: "\(what): \(strerror(errno).map { String(cString: $0) } ?? "error \(errno)")")
    }
}
