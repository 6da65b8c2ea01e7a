// A notice as JSON, for files and gateways.

import HubCore
import HubProto

/// One object with sorted keys, UTF-8, no line breaks but those escaped within texts.
enum ParcelText {
    /// - Parameter key: What the address is called: "recipient" or "phone".
    static func json(of parcel: NoticeParcel, addressed key: String) -> [UInt8] {
        let members: [(String, String)] = [
            ("case", quoted(parcel.number)), ("created_ms", String(parcel.createdMillis)), ("id", quoted(parcel.id)),
            ("language", quoted(parcel.language == .english ? "en" : "id")), (key, quoted(parcel.address)),
            ("subject", quoted(parcel.subject)), ("text", quoted(parcel.text)),
        ]
        let object = members.sorted { $0.0 < $1.0 }.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        return Array("{\(object)}\n".utf8)
    }

    /// A JSON string (RFC 8259, section 7).
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\u{0}"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
