// Secrets that hub.yaml names: in files of their own, which nobody else on the machine may read.

import Glibc
package import HubDomain

/// A short secret in a file.
package enum SecretFile {
    /// Bytes of a file.
    private static let bytesMax = 4_096

    /// The file's first line.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the path, never the content.
    package static func read(_ path: String) throws(HubError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw HubError(.configurationInvalid, "\(path): cannot be read") }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o077 == 0 else {
            throw HubError(.configurationInvalid, "\(path): only its owner may read a secret; chmod 600")
        }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = Glibc.read(file, &bytes, bytesMax)
        let line = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard count < bytesMax, !line.isEmpty, !line.contains(0), let text = String(validating: line, as: UTF8.self)
        else {
            throw HubError(.configurationInvalid, "\(path): must hold one line of text")
        }
        return text
    }
}
