// DER bytes as the text of a key file and back (RFC 7468), for the kinds of keys that X509 does not read.

import FoundationEssentials

/// One block between `-----BEGIN …-----` and `-----END …-----`.
enum PEMBlock {
    /// Base64 in lines of 64 letters.
    static func text(_ label: String, der: [UInt8]) -> String {
        let letters = Array(Data(der).base64EncodedString())
        let lines = stride(from: 0, to: letters.count, by: 64).map {
            String(letters[$0..<min($0 + 64, letters.count)])
        }
        return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----", ""]).joined(separator: "\n")
    }

    /// The bytes of a text that holds one block with this label and nothing else; nil otherwise.
    static func der(_ label: String, in text: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let (begin, end) = ("-----BEGIN \(label)-----", "-----END \(label)-----")
        guard lines.hasPrefix(begin), lines.hasSuffix(end), lines.utf8.count >= begin.utf8.count + end.utf8.count
        else { return nil }
        let letters = lines.dropFirst(begin.count).dropLast(end.count).filter { $0 != " " }
        return Data(base64Encoded: String(letters)).map { [UInt8]($0) }
    }
}
