// A JSON value with ordered keys, and how it is written: what `-o json` and `-o ndjson` print.

/// What a command prints for programs. Keys keep the order in which they were written.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    /// A key and its value.
    struct Member: Equatable, Sendable {
        var key: String
        var value: JSON
    }

    /// Name and version of all shapes that hubctl prints. It changes when a key is renamed, removed or gets another
    /// meaning; a new key leaves it as it is.
    static let schema = "elayanan.hubctl/1"

    /// A whole answer: its own keys, then `schema` and `kind`.
    static func document(_ kind: String, _ members: [(String, JSON)]) -> JSON {
        .object(members: members + [("schema", .string(schema)), ("kind", .string(kind))])
    }

    /// An object from pairs.
    static func object(members: [(String, JSON)]) -> JSON {
        .object(members.map { Member(key: $0.0, value: $0.1) })
    }

    /// An array of strings.
    static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }

    /// A string, or null for an empty one.
    static func text(_ value: String) -> JSON { value.isEmpty ? .null : .string(value) }

    /// Bytes in lower-case hexadecimal, or null for none.
    static func hex(_ bytes: some Sequence<UInt8>) -> JSON { .text(Hex.encode(bytes)) }

    /// A moment as `2026-03-02T08:15:00.000Z`, or null for 0.
    static func moment(_ millis: Int64) -> JSON { millis == 0 ? .null : .string(Moment.iso(millis)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSON {
    /// One line without blanks, or indented lines for people.
    func written(indented: Bool = false) -> String {
        var out = ""
        write(into: &out, indented: indented, depth: 0)
        return out
    }

    private func write(into out: inout String, indented: Bool, depth: Int) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .unsigned(let value): out += String(value)
        case .number(let value): out += value.isFinite ? String(value) : "null"
        case .string(let value): Self.writeQuoted(value, into: &out)
        case .array(let values):
            Self.writeList("[", "]", values, into: &out, indented: indented, depth: depth) { value, out in
                value.write(into: &out, indented: indented, depth: depth + 1)
            }
        case .object(let members):
            Self.writeList("{", "}", members, into: &out, indented: indented, depth: depth) { member, out in
                Self.writeQuoted(member.key, into: &out)
                out += indented ? ": " : ":"
                member.value.write(into: &out, indented: indented, depth: depth + 1)
            }
        }
    }

    private static func writeList<Element>(
        _ open: String, _ close: String, _ elements: [Element], into out: inout String, indented: Bool, depth: Int,
        element: (Element, inout String) -> Void
    ) {
        out += open
        for (position, value) in elements.enumerated() {
            if position > 0 { out += "," }
            if indented { out += "\n" + String(repeating: "  ", count: depth + 1) }
            element(value, &out)
        }
        if indented && !elements.isEmpty { out += "\n" + String(repeating: "  ", count: depth) }
        out += close
    }

    /// RFC 8259 section 7; control characters as `\u00XX`.
    private static func writeQuoted(_ text: String, into out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
