// YAML as the case files use it: every key is asked for by name, and an unknown one is refused with its place.

import Foundation
import HubDomain
import Yams

/// A place in a case file.
struct CaseNode {
    let node: Node
    /// Such as `header_reserved_bits/steps/2`.
    let path: String

    /// The members of a mapping.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when it is none, or has a key that is not in `known`.
    func members(_ known: Set<String>) throws(HubError) -> [String: CaseNode] {
        guard let mapping = node.mapping else { throw wrong("a mapping") }
        var members: [String: CaseNode] = [:]
        for (key, value) in mapping {
            let name = key.string ?? ""
            guard known.contains(name) else {
                throw HubError(.definitionInvalid, "\(path): unknown key \(name); known: \(known.sorted())")
            }
            members[name] = CaseNode(node: value, path: "\(path)/\(name)")
        }
        return members
    }

    /// The one key of a mapping that has one, and its value.
    func single() throws(HubError) -> (key: String, value: CaseNode) {
        guard let mapping = node.mapping, mapping.count == 1, let pair = mapping.first, let key = pair.key.string else {
            throw wrong("a mapping of one key")
        }
        return (key, CaseNode(node: pair.value, path: "\(path)/\(key)"))
    }

    func list() throws(HubError) -> [CaseNode] {
        guard let sequence = node.sequence else { throw wrong("a list") }
        return sequence.enumerated().map { CaseNode(node: $1, path: "\(path)/\($0)") }
    }

    func text() throws(HubError) -> String {
        guard let text = node.scalar?.string else { throw wrong("text") }
        return text
    }

    func flag() throws(HubError) -> Bool {
        guard let flag = node.bool else { throw wrong("true or false") }
        return flag
    }

    func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(HubError) -> Number {
        let text = try text().replacingOccurrences(of: "_", with: "")
        let parsed = text.hasPrefix("0x") ? Number(text.dropFirst(2), radix: 16) : Number(text)
        guard let parsed else { throw wrong("a whole number that fits") }
        return parsed
    }

    /// `01 02 ff`, blanks as one likes, or `fill:COUNT` zero bytes, or `text:…`, or `copies:COUNT:01 02`; several after each
    /// other with ` + ` between.
    func bytes() throws(HubError) -> [UInt8] {
        let text = try text()
        guard let bytes = Self.bytes(text) else { throw wrong("hexadecimal bytes, fill:COUNT or text:…") }
        return bytes
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        if text.hasPrefix("text:") { return Array(text.dropFirst(5).utf8) }
        if text.contains(" + ") {
            var bytes: [UInt8] = []
            for part in text.split(separator: " + ") {
                guard let more = Self.bytes(String(part)) else { return nil }
                bytes += more
            }
            return bytes
        }
        if text.hasPrefix("copies:") {
            let parts = text.split(separator: ":")
            guard parts.count == 3, let count = Int(parts[1]), (0...1_000_000).contains(count),
                let one = Self.bytes(String(parts[2]))
            else { return nil }
            return [[UInt8]](repeating: one, count: count).flatMap(\.self)
        }
        if text.hasPrefix("fill:") {
            guard let count = Int(text.dropFirst(5)), (0...20_000_000).contains(count) else { return nil }
            return [UInt8](repeating: 0, count: count)
        }
        let digits = Array(text.filter { !$0.isWhitespace })
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(digits[place...(place + 1)]), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// The same value as JSON. A text `hex:…`, `fill:…` or `copies:…` becomes base64, as JSON writes a `bytes` field;
    /// `chars:COUNT` at the end of a text so many letters; `{copies: COUNT, of: VALUE}` a list.
    func json() throws(HubError) -> String {
        do {
            let data = try JSONSerialization.data(
                withJSONObject: try object(), options: [.fragmentsAllowed, .sortedKeys])
            return String(decoding: data, as: UTF8.self)
        } catch let error as HubError {
            throw error
        } catch {
            throw wrong("a value that JSON can write")
        }
    }

    private func object() throws(HubError) -> Any {
        if let mapping = node.mapping {
            if let copies = node["copies"]?.int, let of = node["of"] {
                let one = try CaseNode(node: of, path: path).object()
                return [Any](repeating: one, count: copies)
            }
            var object: [String: Any] = [:]
            for (key, value) in mapping {
                object[key.string ?? ""] = try CaseNode(node: value, path: path).object()
            }
            return object
        }
        if node.sequence != nil {
            var array: [Any] = []
            for element in try list() { array.append(try element.object()) }
            return array
        }
        guard let scalar = node.scalar else { throw wrong("a value") }
        if scalar.style == .plain || scalar.style == .any {
            if let number = Int(scalar.string) { return number }
            if let flag = node.bool { return flag }
        }
        for prefix in ["hex:", "fill:", "copies:"] where scalar.string.hasPrefix(prefix) {
            let written = prefix == "hex:" ? String(scalar.string.dropFirst(4)) : scalar.string
            guard let bytes = Self.bytes(written) else { throw wrong("bytes after \(prefix)") }
            return Data(bytes).base64EncodedString()
        }
        if let mark = scalar.string.range(of: "chars:"), let count = Int(scalar.string[mark.upperBound...]) {
            return scalar.string[..<mark.lowerBound] + String(repeating: "a", count: count)
        }
        return scalar.string
    }

    func wrong(_ expected: String) -> HubError { HubError(.definitionInvalid, "\(path): must be \(expected)") }
}
