// A YAML mapping that is read key by key: wrong types, missing and unknown keys become findings with file and line.

import HubProto
import Yams

/// One `key: value` block of a bundle's file.
final class YAMLObject {
    let file: String
    let line: Int
    let findings: Findings
    private let mapping: Node.Mapping
    private var read: Set<String> = []

    /// Largest file that is read, bytes.
    static let fileBytesMax = 262_144

    init(_ mapping: Node.Mapping, line: Int, file: String, _ findings: Findings) {
        self.mapping = mapping
        self.line = line
        self.file = file
        self.findings = findings
    }

    /// The top of a file; nil, with a finding, when it is no mapping.
    static func top(of text: String, file: String, _ findings: Findings) -> YAMLObject? {
        guard text.utf8.count <= fileBytesMax else {
            findings.add(file, line: 0, "size", "split it: at most \(fileBytesMax) bytes")
            return nil
        }
        if let line = YAMLAnchor.line(in: text) {
            findings.add(
                file, line: line, "anchor", "write the value out; anchors are not read (a plain & stands apart)")
            return nil
        }
        do {
            // The basic resolver leaves every scalar a text: `version: 2026.10` keeps its zero, `no` stays a word.
            guard let node = try Yams.compose(yaml: text, .basic), let mapping = node.mapping else {
                findings.add(file, line: 1, "type", "the file must be `key: value` lines")
                return nil
            }
            return YAMLObject(mapping, line: 1, file: file, findings)
        } catch let error as YamlError {
            let (line, problem) = place(of: error)
            findings.add(file, line: line, "syntax", problem)
            return nil
        } catch {
            findings.add(file, line: 1, "syntax", "cannot be read as YAML")
            return nil
        }
    }

    // MARK: Values

    func has(_ key: String) -> Bool { mapping[key] != nil }

    /// Text; empty, with a finding, when it is missing and required.
    func text(_ key: String, required: Bool = false) -> String {
        guard let node = take(key, required: required) else { return "" }
        guard let text = node.scalar?.string else { return wrong(key, node, "text") ?? "" }
        if required, text.allSatisfy(\.isWhitespace) { return wrong(key, node, "filled in") ?? "" }
        return text
    }

    func integer(_ key: String, _ range: ClosedRange<Int>, required: Bool = false) -> Int? {
        guard let node = take(key, required: required) else { return nil }
        guard let number = node.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
            return wrong(key, node, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String) -> Bool {
        guard let node = take(key, required: false) else { return false }
        switch node.scalar?.string {
        case "true": return true
        case "false": return false
        default: return wrong(key, node, "true or false") ?? false
        }
    }

    /// A list of texts.
    func texts(_ key: String, required: Bool = false) -> [String] {
        guard let node = take(key, required: required) else { return [] }
        guard let list = node.sequence else { return wrong(key, node, "a list, [a, b]") ?? [] }
        return list.compactMap { item in item.scalar?.string ?? wrong(key, item, "a list of texts") }
    }

    /// One of several words.
    func word<Value>(_ key: String, _ words: [String: Value], required: Bool = false) -> Value? {
        guard let node = take(key, required: required) else { return nil }
        guard let value = node.scalar.flatMap({ words[$0.string] }) else {
            return wrong(key, node, "one of \(words.keys.sorted().joined(separator: ", "))")
        }
        return value
    }

    func object(_ key: String, required: Bool = false) -> YAMLObject? {
        guard let node = take(key, required: required) else { return nil }
        guard let mapping = node.mapping else { return wrong(key, node, "`key: value` lines") }
        return YAMLObject(mapping, line: node.mark?.line ?? line, file: file, findings)
    }

    /// A list of blocks.
    func objects(_ key: String, required: Bool = false) -> [YAMLObject] {
        guard let node = take(key, required: required) else { return [] }
        guard let list = node.sequence else { return wrong(key, node, "a list of blocks") ?? [] }
        return list.compactMap { item in
            guard let mapping = item.mapping else { return wrong(key, item, "a list of blocks") }
            return YAMLObject(mapping, line: item.mark?.line ?? line, file: file, findings)
        }
    }

    /// `title: { id: …, en: … }`, which everything has that people read.
    func title() -> HubText {
        guard let title = object("title", required: true) else { return HubText() }
        defer { title.finish() }
        return .with {
            $0.id = title.text("id", required: true)
            $0.en = title.text("en", required: true)
        }
    }

    /// Every pair, for maps whose keys are free.
    func pairs() -> [(key: String, value: Node)] {
        mapping.compactMap { key, value in
            guard let name = key.scalar?.string else { return nil }
            read.insert(name)
            return (name, value)
        }
    }

    /// Says which keys nobody asked for; call it last.
    func finish() {
        for (key, _) in mapping {
            let name = key.scalar?.string ?? ""
            if !read.contains(name) {
                findings.add(
                    file, line: key.mark?.line ?? line, "unknown_key", "remove or correct `\(name.prefix(48))`")
            }
        }
    }

    /// Tells what is wrong with the value of `key`.
    func find(_ key: String, _ rule: String, _ remedy: String) {
        findings.add(file, line: line(of: key), rule, remedy)
    }

    /// Where a block of the list `key` stands, by its `name`, `code`, `kind`, `value` or `principal`; the list's line when it has none such.
    func line(of key: String, _ name: String? = nil) -> Int {
        guard let node = mapping[key] else { return line }
        let block = node.sequence?.first { item in
            guard let name, let mapping = item.mapping else { return false }
            return ["name", "code", "kind", "value", "principal"].contains { mapping[$0]?.scalar?.string == name }
        }
        return block?.mark?.line ?? node.mark?.line ?? line
    }

    // MARK: Parts

    private func take(_ key: String, required: Bool) -> Node? {
        read.insert(key)
        guard let node = mapping[key] else {
            if required { findings.add(file, line: line, "required", "add `\(key)`") }
            return nil
        }
        return node
    }

    private func wrong<Value>(_ key: String, _ node: Node, _ expected: String) -> Value? {
        findings.add(file, line: node.mark?.line ?? line, "type", "`\(key)` must be \(expected)")
        return nil
    }

    private static func place(of error: YamlError) -> (Int, String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, problem)
        case .duplicatedKeysInMapping(_, let context): (context.mark.line, "a key stands twice in one block")
        default: (1, "cannot be read as YAML")
        }
    }
}
