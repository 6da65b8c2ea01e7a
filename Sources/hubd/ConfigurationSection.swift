// A section of hub.yaml while it is read: what it may hold, and what is wrong with it by name.

import HubDomain
import Yams

/// A mapping within hub.yaml that is read key by key.
final class Section {
    private let mapping: Node.Mapping
    private let name: String
    private let file: String
    private let stateDirectory: String
    private var read: Set<String> = []

    init(_ node: Node, _ name: String, _ file: String, _ stateDirectory: String) throws(HubError) {
        guard let mapping = node.mapping else {
            throw HubError(.configurationInvalid, "\(file): \(name) must be `key: value` lines")
        }
        self.mapping = mapping
        self.name = name
        self.file = file
        self.stateDirectory = stateDirectory
    }

    func wrong(_ key: String, _ expected: String) -> HubError {
        HubError(.configurationInvalid, "\(file): \(name)\(key.isEmpty ? "" : ".")\(key) must be \(expected)")
    }

    func text(_ key: String) throws(HubError) -> String? {
        guard let node = take(key) else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty, !text.utf8.contains(0) else { throw wrong(key, "text") }
        return text
    }

    /// From the state directory on, unless it begins with a slash.
    func path(_ key: String) throws(HubError) -> String? {
        try text(key).map { $0.hasPrefix("/") ? $0 : "\(stateDirectory)/\($0)" }
    }

    func number(_ key: String, _ range: ClosedRange<Int>) throws(HubError) -> Int? {
        guard let node = take(key) else { return nil }
        guard let number = YAMLFile.number(node), range.contains(number) else {
            throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func texts(_ key: String) throws(HubError) -> [String]? {
        guard let node = take(key) else { return nil }
        guard let list = node.sequence else { throw wrong(key, "a list, [a, b]") }
        return list.map { $0.scalar?.string ?? "" }
    }

    func section(_ key: String) throws(HubError) -> Section? {
        guard let node = take(key) else { return nil }
        return try Section(node, "\(name).\(key)", file, stateDirectory)
    }

    /// Says which key nobody asked for; called last.
    func finish() throws(HubError) {
        for (key, _) in mapping where !read.contains(key.scalar?.string ?? "") {
            throw HubError(
                .configurationInvalid,
                "\(file): unknown key \(name).\((key.scalar?.string ?? "").prefix(48)); see README.md")
        }
    }

    private func take(_ key: String) -> Node? {
        read.insert(key)
        return mapping[key]
    }
}
