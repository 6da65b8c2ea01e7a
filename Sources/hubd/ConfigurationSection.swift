// A part of hub.yaml with keys of its own: read key by key, so that what nobody asked for is named.

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
                "\(file): unknown key \(name).\((key.scalar?.string ?? "").prefix(48)); see README.md, section Configuration"
            )
        }
    }

    private func take(_ key: String) -> Node? {
        read.insert(key)
        return mapping[key]
    }

    // MARK: Addresses

    /// An address to which a secret may be sent.
    static func isAddress(_ url: String) -> Bool {
        guard url.utf8.count <= 2_000, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !url.contains("@") else {
            return false
        }
        if url.hasPrefix("https://") { return url.utf8.count > 8 }
        guard url.hasPrefix("http://") else { return false }
        let host = url.dropFirst(7).prefix { $0 != "/" }
        return isHere(host.hasPrefix("[") ? "::1" : String(host.prefix { $0 != ":" }))
    }

    /// What is said there does not leave the machine.
    static func isHere(_ host: String) -> Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }
}
