// A file that everybody may read, and that is replaced while others read it.

import Glibc
package import HubDomain

/// Writes a file whole or not at all, over the one that was there.
package struct PublishedFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the file, with mode 0644, synced to the disk.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file.
    package func replace(with bytes: [UInt8]) throws(HubError) {
        let draft = path + ".draft"
        unlink(draft)  // Left by a program that died here.
        defer { unlink(draft) }
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw PrivateFile.failure("cannot be made", path) }
        // Whatever the umask is: a web server of another user shall read it.
        let written = fchmod(file, 0o644) == 0 && PrivateFile.writeAll(bytes, to: file) && fsync(file) == 0
        let reason = errno
        close(file)
        guard written else { throw PrivateFile.failure("cannot be written", path, reason) }
        guard rename(draft, path) == 0 else { throw PrivateFile.failure("cannot be replaced", path) }
        try PrivateFile.sync(directory: path.lastIndex(of: "/").map { String(path[..<$0]) + "/" } ?? ".")
    }

    /// The file's bytes; nil when there is none.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when it cannot be read or has more than `bytesMax` bytes.
    package func bytes(max bytesMax: Int) throws(HubError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw PrivateFile.failure("cannot be read", path) }
        defer { close(file) }
        return try PrivateFile.readAll(from: file, path, bytesMax: bytesMax)
    }
}
