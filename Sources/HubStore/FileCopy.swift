// Files copied with their hash on the way, or given a second name where that is enough.

import Crypto
import Foundation
import Glibc
import HubDomain

/// Copies of single files; mode 0600, durable when the function returns, their entry when the folder is flushed.
enum FileCopy {
    /// Bytes and SHA-256 of a file, as hexadecimal digits.
    struct Digest: Hashable {
        var size: UInt64
        var sha256: String
    }

    private static let piece = 262_144

    /// A new file with the bytes of another one.
    static func copy(_ source: String, to target: String) throws(HubError) -> Digest {
        let file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("\(name(target)) cannot be made") }
        defer { close(file) }
        let digest = try read(source) { (bytes) throws(HubError) in
            var done = 0
            while done < bytes.count {
                let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("\(name(target)) cannot be written") }
                done += count
            }
        }
        guard fsync(file) == 0 else { throw failure("\(name(target)) cannot be made durable") }
        return digest
    }

    /// Copies a file of one folder to the same place in another, with the folders on the way. All of it is durable when the
    /// target folder is flushed.
    ///
    /// - Parameter file: Such as `secrets/mail`.
    static func copy(_ file: String, from folder: String, to target: String) throws(HubError) -> Digest {
        var ways: [String] = []
        for part in file.split(separator: "/").dropLast() {
            ways.append("\(ways.last ?? target)/\(part)")
            guard mkdir(ways[ways.count - 1], 0o700) == 0 || errno == EEXIST else {
                throw failure("\(part) cannot be made")
            }
        }
        let digest = try copy("\(folder)/\(file)", to: "\(target)/\(file)")
        for way in ways.reversed() { try DurableFolder.flush(way) }
        return digest
    }

    static func digest(_ path: String) throws(HubError) -> Digest { try read(path) { _ in } }

    /// A second name for a file, or false where the file system has none to give: then it is to be copied.
    static func link(_ source: String, to target: String) throws(HubError) -> Bool {
        if Glibc.link(source, target) == 0 { return true }
        guard [EXDEV, EPERM, EMLINK, EOPNOTSUPP].contains(errno) else {
            throw failure("\(name(target)) cannot be made")
        }
        return false
    }

    /// Bytes of a regular file; nil when there is none.
    static func size(_ path: String) -> UInt64? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(clamping: status.st_size)
    }

    /// Reads what the file has now; what is added meanwhile is not read.
    private static func read(_ path: String, _ take: ([UInt8]) throws(HubError) -> Void) throws(HubError) -> Digest {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("\(name(path)) cannot be opened") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("\(name(path)) cannot be looked at") }
        var left = Int(clamping: status.st_size)
        var hasher = SHA256()
        var buffer = [UInt8](repeating: 0, count: piece)
        while left > 0 {
            let wanted = min(left, piece)
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, wanted) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("\(name(path)) cannot be read") }
            if count == 0 { break }
            let bytes = Array(buffer[..<count])
            hasher.update(data: bytes)
            try take(bytes)
            left -= count
        }
        return Digest(
            size: UInt64(clamping: Int(clamping: status.st_size) - left), sha256: Hexadecimal.text(hasher.finalize()))
    }

    /// The last part of a path: names of state files and hashes, nothing personal.
    static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Names what was attempted and the kernel's reason. Not a failure of the ledger: the hub itself goes on.
    static func failure(_ doing: String) -> HubError {
        let number = errno
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return HubError(
            .backupRefused, "\(doing): \(reason)",
            status: number == ENOSPC || number == EDQUOT ? .resourceExhausted : nil)
    }
}
