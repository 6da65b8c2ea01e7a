// Files that only their owner may read.

import Glibc
package import HubDomain

/// Writes and reads small private files.
package enum PrivateFile {
    /// The most that is read, bytes; certificates and keys have a few hundred.
    package static let bytesMax = 1_048_576

    /// Makes a new file with mode 0600, whole and synced to the disk, or none at all.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when the file exists or cannot be written.
    package static func write(_ text: String, to path: String) throws(HubError) {
        let draft = path + ".draft"
        unlink(draft)  // Left by a program that died here; it was never a file of anyone.
        defer { unlink(draft) }
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("cannot be made", path) }
        let written = writeAll(Array(text.utf8), to: file) && fsync(file) == 0
        let reason = errno
        close(file)
        guard written else { throw failure("cannot be written", path, reason) }
        // A link, unlike a rename, never replaces a file.
        guard link(draft, path) == 0 else { throw failure("cannot be made", path) }
        try sync(directory: path.lastIndex(of: "/").map { String(path[..<$0]) + "/" } ?? ".")
    }

    /// Reads a text file.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file.
    package static func read(_ path: String) throws(HubError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("cannot be read", path) }
        defer { close(file) }
        guard let text = String(validating: try readAll(from: file, path, bytesMax: bytesMax), as: UTF8.self) else {
            throw HubError(.configurationInvalid, "\(path): not UTF-8 text")
        }
        return text
    }

    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file, also when it is longer than `bytesMax`.
    static func readAll(from file: Int32, _ path: String, bytesMax: Int) throws(HubError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure("cannot be read", path)
            }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else { throw HubError(.configurationInvalid, "\(path): too long") }
        }
    }

    /// Makes names in a directory durable.
    static func sync(directory path: String) throws(HubError) {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("cannot be opened", path) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("cannot be synced", path) }
    }

    static func failure(_ what: String, _ path: String, _ reason: Int32 = errno) -> HubError {
        HubError(.configurationInvalid, "\(path) \(what): \(String(cString: strerror(reason)))")
    }

    static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}
