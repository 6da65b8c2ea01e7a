// Files and standard input as bytes, whole with a limit or piece by piece.

import Glibc
import HubDomain

/// An open file, closed with its last reference.
final class ByteFile {
    private let descriptor: Int32
    private let path: String

    /// Opens a file for reading; `-` is standard input.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file.
    init(_ path: String) throws(HubError) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit {
        if descriptor > STDERR_FILENO { close(descriptor) }
    }

    /// Bytes in the file; nil for a pipe.
    var size: UInt64? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(clamping: status.st_size)
    }

    /// The next bytes, at most `bytesMax`; nil at the end.
    func next(bytesMax: Int = 65_536) throws(HubError) -> [UInt8]? {
        var reason: Int32 = 0
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, count in
                let got = read(descriptor, buffer.baseAddress, bytesMax)
                reason = got < 0 ? errno : 0
                count = max(0, got)
            }
            if reason == EINTR { continue }
            guard reason == 0 else { throw Self.failure(path, reason) }
            return chunk.isEmpty ? nil : chunk
        }
    }

    /// All bytes of a file.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when it cannot be read or is longer than `bytesMax`.
    static func whole(_ path: String, bytesMax: Int) throws(HubError) -> [UInt8] {
        let file = try ByteFile(path)
        var bytes: [UInt8] = []
        while let chunk = try file.next() {
            bytes += chunk
            guard bytes.count <= bytesMax else {
                throw HubError(.configurationInvalid, "\(path): longer than \(bytesMax) bytes")
            }
        }
        return bytes
    }

    /// All of a UTF-8 text file.
    static func text(_ path: String, bytesMax: Int) throws(HubError) -> String {
        guard let text = String(validating: try whole(path, bytesMax: bytesMax), as: UTF8.self) else {
            throw HubError(.configurationInvalid, "\(path): not UTF-8 text")
        }
        return text
    }

    private static func failure(_ path: String, _ reason: Int32 = errno) -> HubError {
        HubError(.configurationInvalid, "\(path) cannot be read: \(String(cString: strerror(reason)))")
    }
}
