// A YAML mapping that knows its place in a file, so that every complaint can name it.

import HubDomain
import Yams

/// Keys of a mapping, in their order, read strictly.
struct MapNode {
    let keys: [String]
    private let nodes: [String: Node]
    private let path: String
    private let file: String
    private let line: Int

    /// - Throws: ``HubError/Code/configurationInvalid`` for anything but a mapping with texts as keys.
    init(_ node: Node, path: String, file: String) throws(HubError) {
        self.path = path
        self.file = file
        line = node.mark?.line ?? 0
        guard case .mapping(let mapping) = node else {
            throw HubError(
                .configurationInvalid, "\(file):\(line): \(path.isEmpty ? "file" : path) must be `key: value` lines")
        }
        var (keys, nodes): ([String], [String: Node]) = ([], [:])
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                throw HubError(.configurationInvalid, "\(file):\(line): keys must be texts")
            }
            keys.append(name.string)
            nodes[name.string] = value
        }
        (self.keys, self.nodes) = (keys, nodes)
    }

    /// Refuses every key that is not listed.
    func allow(_ names: Set<String>) throws(HubError) {
        let unknown = keys.filter { !names.contains($0) }
        guard unknown.isEmpty else {
            throw HubError(
                .configurationInvalid,
                "\(file):\(line): unknown key \(unknown.joined(separator: ", ")); known are "
                    + names.sorted().joined(separator: ", ")
            )
        }
    }

    func text(_ key: String) throws(HubError) -> String {
        guard let text = try optionalText(key) else { throw wrong(key, "there") }
        return text
    }

    func optionalText(_ key: String) throws(HubError) -> String? {
        guard let node = nodes[key] else { return nil }
        guard case .scalar(let scalar) = node, !scalar.isNull else { throw wrong(key, "a text") }
        return scalar.string
    }

    func texts(_ key: String) throws(HubError) -> [String] {
        guard case .sequence(let sequence) = nodes[key], !sequence.isEmpty else { throw wrong(key, "a list of texts") }
        var texts: [String] = []
        for node in sequence {
            guard case .scalar(let scalar) = node else { throw wrong(key, "a list of texts") }
            texts.append(scalar.string)
        }
        return texts
    }

    func list(_ key: String) throws(HubError) -> [MapNode] {
        guard case .sequence(let sequence) = nodes[key] else { throw wrong(key, "a list") }
        var list: [MapNode] = []
        for node in sequence { list.append(try MapNode(node, path: inner(key), file: file)) }
        return list
    }

    func map(_ key: String) throws(HubError) -> MapNode {
        guard let map = try optionalMap(key) else { throw wrong(key, "there") }
        return map
    }

    func optionalMap(_ key: String) throws(HubError) -> MapNode? {
        guard let node = nodes[key] else { return nil }
        return try MapNode(node, path: inner(key), file: file)
    }

    /// The error for a key that is not what was expected.
    func wrong(_ key: String, _ expected: String) -> HubError {
        HubError(.configurationInvalid, "\(file):\(nodes[key]?.mark?.line ?? line): \(inner(key)) must be \(expected)")
    }

    private func inner(_ key: String) -> String { path.isEmpty ? key : "\(path)/\(key)" }
}
