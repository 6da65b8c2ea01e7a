// One hub per state directory: a lock that the kernel gives back when its process ends, however it ends.

import Glibc
import HubDomain

/// Holds a file locked (flock(2)) for as long as the value lives.
final class StateLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``HubError/Code/addressInUse`` when another process, or another ledger of this one, holds it.
    init(path: String) throws(HubError) {
        // Not inherited by module hosts: a child would keep the lock after the hub has died.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw HubError(.ledgerFailed, "the lock file of the state directory cannot be opened: \(reason(errno))")
        }
        guard Self.lock(descriptor) else {
            let held = errno == EWOULDBLOCK
            let why = reason(errno)
            Glibc.close(descriptor)
            throw held
                ? HubError(
                    .addressInUse, "another hub is using this state directory; stop it or choose another directory")
                : HubError(.ledgerFailed, "the state directory cannot be locked: \(why)")
        }
        self.descriptor = descriptor
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Tries for a quarter of a second: a child that is just being started holds a copy of every descriptor until its
    /// exec, also of a lock that was given back meanwhile.
    private static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<25 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK else { return false }
            usleep(10_000)
        }
        errno = EWOULDBLOCK
        return false
    }
}

/// Files of the state directory.
enum StateFile {
    /// Makes the file with mode 0600 where it is missing, and its directory entry durable; SQLite gives the log beside it
    /// the same mode.
    static func create(_ path: String, in directory: String) throws(HubError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw HubError(.ledgerFailed, "the ledger cannot be opened: \(reason(errno))") }
        Glibc.close(file)
        let parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else {
            throw HubError(.ledgerFailed, "the state directory cannot be opened: \(reason(errno))")
        }
        defer { Glibc.close(parent) }
        guard fsync(parent) == 0 else {
            throw HubError(.ledgerFailed, "the state directory cannot be made durable: \(reason(errno))")
        }
    }
}

/// What the kernel says to an error number.
private func reason(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
}
