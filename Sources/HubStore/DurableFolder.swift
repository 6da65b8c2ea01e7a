// A folder whose files are whole or not there: written beside their place, flushed, renamed; the folder flushed after it.

import Glibc
import HubDomain

/// Files of one folder, by name; mode 0600, the folder's 0700. Blocks until the disk has done what was asked.
///
/// Every function throws ``HubError/Code/ledgerFailed``, with status `resourceExhausted` when the disk is full.
struct DurableFolder: Sendable {
    let path: String

    /// Of files that are being written.
    private static let unfinished = ".new"

    /// Makes the folder where it is missing, and its entry durable.
    init(_ path: String) throws(HubError) {
        self.path = path
        if mkdir(path, 0o700) == 0 {
            try Self.flush(path + "/..")
        } else if errno != EEXIST {
            throw Self.failure("a folder of the blob store cannot be made")
        }
    }

    /// A folder in this one.
    func folder(_ name: String) throws(HubError) -> DurableFolder { try DurableFolder("\(path)/\(name)") }

    func names() throws(HubError) -> [String] {
        guard let directory = opendir(path) else { throw Self.failure("a folder of the blob store cannot be read") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Bytes of a file; nil when there is none.
    func size(_ name: String) throws(HubError) -> UInt64? {
        var status = stat()
        guard stat("\(path)/\(name)", &status) == 0 else {
            guard errno == ENOENT else { throw Self.failure("a blob cannot be looked at") }
            return nil
        }
        return UInt64(clamping: status.st_size)
    }

    /// At most `count` bytes from `offset` on; nil when there is no file.
    func read(_ name: String, offset: UInt64, count: Int) throws(HubError) -> [UInt8]? {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            guard errno == ENOENT else { throw Self.failure("a blob cannot be opened") }
            return nil
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Self.failure("a blob cannot be looked at") }
        guard offset < UInt64(clamping: status.st_size) else { return [] }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            filled = 0
            while filled < count {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled..<count])
                let got = pread(file, rest.baseAddress, rest.count, off_t(clamping: offset) + filled)
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                if got <= 0 { break }
                filled += got
            }
        }
        if failed { throw Self.failure("a blob cannot be read") }
        return bytes
    }

    /// A file with these bytes in place of the one of this name, durable.
    func write(_ name: String, _ bytes: [UInt8]) throws(HubError) {
        try write(name) { (add) throws(HubError) in try add(bytes) }
    }

    /// The same with bytes that come piece by piece; when `body` throws, nothing is in its place.
    func write(
        _ name: String, _ body: (_ add: ([UInt8]) throws(HubError) -> Void) throws(HubError) -> Void
    ) throws(HubError) {
        let new = "\(path)/\(name)\(Self.unfinished)"
        do throws(HubError) {
            try Self.with(new, O_WRONLY | O_CREAT | O_TRUNC) { file throws(HubError) in
                var end: off_t = 0
                try body { (bytes) throws(HubError) in
                    try Self.write(bytes, to: file, at: end)
                    end += off_t(bytes.count)
                }
                guard fsync(file) == 0 else { throw Self.failure("a blob cannot be made durable") }
            }
            guard rename(new, "\(path)/\(name)") == 0 else { throw Self.failure("a blob cannot be put in its place") }
        } catch {
            unlink(new)
            throw error
        }
        try Self.flush(path)
    }

    /// An empty file where there is none, its entry durable.
    func create(_ name: String) throws(HubError) {
        try Self.with("\(path)/\(name)", O_WRONLY | O_CREAT) { _ in }
        try Self.flush(path)
    }

    /// Adds bytes at the end, which is at `offset`; all of them or none.
    func append(_ name: String, _ bytes: [UInt8], at offset: UInt64) throws(HubError) {
        try Self.with("\(path)/\(name)", O_WRONLY) { file throws(HubError) in
            do throws(HubError) { try Self.write(bytes, to: file, at: off_t(clamping: offset)) } catch {
                ftruncate(file, off_t(clamping: offset))
                throw error
            }
        }
    }

    /// Makes the bytes of a file durable, and says how many there are.
    func sync(_ name: String) throws(HubError) -> UInt64 {
        var size: UInt64 = 0
        try Self.with("\(path)/\(name)", O_WRONLY) { file throws(HubError) in
            var status = stat()
            guard fsync(file) == 0, fstat(file, &status) == 0 else {
                throw Self.failure("an upload cannot be made durable")
            }
            size = UInt64(clamping: status.st_size)
        }
        return size
    }

    /// A second name for a file of another folder of the same file system, durable.
    func link(_ name: String, from other: DurableFolder, _ source: String) throws(HubError) {
        guard Glibc.link("\(other.path)/\(source)", "\(path)/\(name)") == 0 || errno == EEXIST else {
            throw Self.failure("a blob cannot be put in its place")
        }
        try Self.flush(path)
    }

    /// Removes a file; does nothing when there is none.
    func remove(_ name: String) throws(HubError) {
        guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else { throw Self.failure("a blob cannot be removed") }
    }

    /// What a crash left half written.
    func removeUnfinished() throws(HubError) {
        for name in try names() where name.hasSuffix(Self.unfinished) { try remove(name) }
    }

    // MARK: The kernel

    private static func with(
        _ path: String, _ flags: Int32, _ body: (Int32) throws(HubError) -> Void
    ) throws(HubError) {
        let file = open(path, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("a blob cannot be opened") }
        defer { close(file) }
        try body(file)
    }

    private static func write(_ bytes: [UInt8], to file: Int32, at offset: off_t) throws(HubError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, offset + done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("a blob cannot be written") }
            done += count
        }
    }

    /// Makes the entries of a folder durable.
    static func flush(_ path: String) throws(HubError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("a folder of the blob store cannot be opened") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("a folder of the blob store cannot be made durable") }
    }

    /// Names what was attempted and the kernel's reason; paths hold hashes alone.
    private static func failure(_ doing: String) -> HubError {
        let number = errno
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        guard number == ENOSPC || number == EDQUOT else { return HubError(.ledgerFailed, "\(doing): \(reason)") }
        return HubError(
            .ledgerFailed, "\(doing): no space left; free some, uploads then go on", status: .resourceExhausted,
            retryAfterMillis: 1_000)
    }
}
