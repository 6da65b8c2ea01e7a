// Addresses of electronic mail: the plain ones that every server takes, and nothing that could become a header.

/// A mailbox `name@host` in ASCII.
public struct EmailAddress: Sendable, Hashable {
    /// As it was written, with the host in lower case.
    public let text: String

    /// Bytes of an address (RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets), and of the part before the @.
    private static let bytesMax = 254
    private static let nameMax = 64

    /// A dot-string of RFC 5321, section 4.1.2, an @, and a host name of at least two labels. Quoted names, addresses of
    /// machines by number and letters beyond ASCII are not taken: few servers take them, and no control character, blank,
    /// bracket or comma can come this way.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.bytesMax, parts.count == 2, Self.isName(parts[0]), Self.isHost(parts[1]) else {
            return nil
        }
        let name = String(parts[0]) ?? ""
        self.text = name + "@" + String(decoding: parts[1].map(Self.lowercased), as: UTF8.self)
    }

    private static func isName(_ name: Substring.UTF8View) -> Bool {
        name.count <= nameMax
            && name.split(separator: dot, omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.allSatisfy { isLetterOrDigit($0) || atomSigns.contains($0) }
            }
    }

    private static func isHost(_ host: Substring.UTF8View) -> Bool {
        let labels = host.split(separator: dot, omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
            }
            && labels.last?.allSatisfy(Digits.isDigit) == false
    }

    private static let dot = UInt8(ascii: ".")
    private static let hyphen = UInt8(ascii: "-")
    /// RFC 5322, section 3.2.3 (atext).
    private static let atomSigns = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(byte)) || Digits.isDigit(byte)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
