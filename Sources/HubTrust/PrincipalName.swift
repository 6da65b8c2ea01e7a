// Names of principals: what a certificate's URI SAN may say.

/// `urn:elayanan:<department>:<name>`, each part `[a-z][a-z0-9-]{0,31}`.
package struct PrincipalName: Sendable, Hashable, CustomStringConvertible {
    /// Code of the department.
    package let department: String
    /// Name, unique in the department.
    package let name: String

    private static let prefix = "urn:elayanan:"

    /// Joins two parts; nil when one of them breaks the charset.
    package init?(department: String, name: String) {
        guard Self.isPart(department.utf8), Self.isPart(name.utf8) else { return nil }
        self.department = department
        self.name = name
    }

    /// Reads the whole name; nil when it is not well formed.
    package init?(_ urn: String) {
        guard urn.hasPrefix(Self.prefix) else { return nil }
        let parts = urn.dropFirst(Self.prefix.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(department: String(parts[0]), name: String(parts[1]))
    }

    /// The whole name.
    package var description: String { "\(Self.prefix)\(department):\(name)" }

    /// Compares bytes, not characters, so that no combining mark passes as a letter.
    private static func isPart(_ bytes: String.UTF8View) -> Bool {
        guard let first = bytes.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return bytes.count <= 32
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
