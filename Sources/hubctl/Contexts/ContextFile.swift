// The hubs that this user has given names, in a file of the user's own: addresses and paths, never a key.

import Glibc
import HubDomain
import HubTrust
import Yams

/// One hub and who calls it.
struct HubContext: Equatable, Sendable {
    var name: String
    /// `host:port`, one or more; empty = what hubd wrote beside its state.
    var addresses: [String]
    /// Absolute paths.
    var papers: PaperPaths
}

/// Where the caller's papers lie.
struct PaperPaths: Equatable, Sendable {
    var certificate: String
    var key: String
    var authority: String
    /// State directory of `hubctl init`, where the papers are those of its admin.
    var state: String?
}

/// `contexts.yaml`: every context, and which one is used when nothing else is said.
struct ContextFile: Equatable, Sendable {
    /// Contexts in the file at once.
    static let contextsMax = 256
    /// Names the context to use, where `--context` does not.
    static let variable = "HUBCTL_CONTEXT"

    var current: String?
    var contexts: [HubContext] = []

    /// The context of that name.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming those that there are.
    func context(_ name: String) throws(HubError) -> HubContext {
        if let found = contexts.first(where: { $0.name == name }) { return found }
        let known = contexts.isEmpty ? "there is none yet" : contexts.map(\.name).joined(separator: ", ")
        throw HubError(.configurationInvalid, "no context \(name); known: \(known)")
    }

    /// Adds a context, or puts it in the place of the one with its name. The first one is used from now on.
    mutating func put(_ context: HubContext) throws(HubError) {
        if let place = contexts.firstIndex(where: { $0.name == context.name }) {
            contexts[place] = context
        } else {
            guard contexts.count < Self.contextsMax else {
                throw HubError(.configurationInvalid, "more than \(Self.contextsMax) contexts")
            }
            contexts.append(context)
        }
        current = current ?? context.name
    }

    // MARK: On the disk

    /// `$XDG_CONFIG_HOME/elayanan/contexts.yaml`, by default under `~/.config` (XDG Base Directory Specification 0.8).
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when neither variable names a place.
    static func path(_ environment: Environment) throws(HubError) -> String {
        // A path that is not absolute is to be ignored, says the specification.
        if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") { return base + "/elayanan/contexts.yaml" }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw HubError(.configurationInvalid, "where is your configuration? Set HOME or XDG_CONFIG_HOME")
        }
        return home + "/.config/elayanan/contexts.yaml"
    }

    /// Reads the file; no file is an empty one.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` with file, line and what is wrong.
    static func load(_ path: String) throws(HubError) -> ContextFile {
        guard access(path, F_OK) == 0 else { return ContextFile() }
        return try ContextFile(yaml: try PrivateFile.read(path), file: path)
    }

    /// Reads the text of the file.
    init(yaml: String, file: String) throws(HubError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw HubError(.configurationInvalid, "\(file): \((error as? YamlError)?.place ?? "not YAML")")
        }
        guard let root else { return }
        let map = try MapNode(root, path: "", file: file)
        try map.allow(["version", "current", "contexts"])
        guard try map.text("version") == "1" else { throw map.wrong("version", "1") }
        current = try map.optionalText("current")
        for node in try map.list("contexts") {
            try node.allow(["name", "addresses", "certificate", "key", "authority", "state"])
            contexts.append(
                HubContext(
                    name: try node.text("name"),
                    addresses: node.keys.contains("addresses") ? try node.texts("addresses") : [],
                    papers: PaperPaths(
                        certificate: try node.text("certificate"), key: try node.text("key"),
                        authority: try node.text("authority"), state: try node.optionalText("state"))))
        }
    }

    init() {}

    /// What is written. Quoted texts are the same in JSON and YAML.
    var yaml: String {
        func quoted(_ text: String) -> String { JSON.string(text).written() }
        var lines = ["# Written by `hubctl context`: addresses and paths, never a key.", "version: 1"]
        if let current { lines.append("current: \(quoted(current))") }
        lines.append(contexts.isEmpty ? "contexts: []" : "contexts:")
        for context in contexts {
            lines.append("  - name: \(quoted(context.name))")
            if !context.addresses.isEmpty {
                lines.append("    addresses: [\(context.addresses.map(quoted).joined(separator: ", "))]")
            }
            lines.append("    certificate: \(quoted(context.papers.certificate))")
            lines.append("    key: \(quoted(context.papers.key))")
            lines.append("    authority: \(quoted(context.papers.authority))")
            if let state = context.papers.state { lines.append("    state: \(quoted(state))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Puts the file in the place of the old one; only its owner can read it.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming what cannot be written.
    func save(_ path: String) throws(HubError) {
        // Folders on the way that are missing are made as the specification wants them.
        for slash in path.indices where path[slash] == "/" && slash > path.startIndex {
            let folder = String(path[..<slash])
            if mkdir(folder, 0o700) != 0, errno != EEXIST {
                throw HubError(.configurationInvalid, "\(folder) cannot be made: \(String(cString: strerror(errno)))")
            }
        }
        let next = path + ".next"
        unlink(next)
        try PrivateFile.write(yaml, to: next)
        guard rename(next, path) == 0 else {
            throw HubError(.configurationInvalid, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}

/// Variables of the program, or of a test.
struct Environment: Sendable {
    private let value: @Sendable (String) -> String?

    /// This program's own.
    static let process = Environment { name in getenv(name).map { String(cString: $0) } }

    init(_ value: @escaping @Sendable (String) -> String?) { self.value = value }

    /// The value; nil when it is not set or empty.
    subscript(name: String) -> String? { value(name).flatMap { $0.isEmpty ? nil : $0 } }
}
