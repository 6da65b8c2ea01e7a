// hubctl context add: gives a hub and the caller's papers a name.

import ArgumentParser
import Glibc
import HubClient
import HubDomain

/// Remembers one context.
struct ContextAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Gives a hub, and who calls it, a name.",
        discussion: """
            Keeps the address and the paths of the papers in $XDG_CONFIG_HOME/elayanan/contexts.yaml, never what is in \
            them. The papers are looked at first; the hub is not asked. The first context is used from then on. The \
            same once more changes nothing and ends with 0; another one of that name needs --replace.

            Examples:
              hubctl context add local --state ./state
              hubctl context add desk --address hub-1:7443,hub-2:7443 --cert d.pem --key d.key --ca ca.pem
            """)

    @Argument(help: "Name: a-z, 0-9, . and -, at most 32.")
    var name: String

    @Flag(help: "Put it in the place of the context that has this name.")
    var replace = false

    @OptionGroup var papers: PaperOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        guard (1...32).contains(name.utf8.count),
            name.utf8.allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789.-".utf8.contains($0) })
        else { throw HubError(.configurationInvalid, "a context's name: a-z, 0-9, . and -, at most 32") }
        guard let given = papers.paths else { throw PaperOptions.nobody }
        let context = HubContext(
            name: name, addresses: try papers.addresses().map(\.description), papers: given.absolute)
        try context.check()
        let path = try ContextFile.path(.process)
        var file = try ContextFile.load(path)
        if let old = file.contexts.first(where: { $0.name == name }), old != context, !replace {
            Terminal.note("hubctl: context \(name) is there and says something else; give --replace")
            throw Finished(status: .conflict)
        }
        let before = file
        try file.put(context)
        if file != before { try file.save(path) }
        output.show(context.detail(isCurrent: file.current == name))
    }
}

extension PaperPaths {
    /// As seen from anywhere.
    var absolute: Self {
        func absolute(_ path: String) -> String {
            guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
            defer { free(folder) }
            let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
            return String(cString: folder) + "/" + relative
        }
        return Self(
            certificate: absolute(certificate), key: absolute(key), authority: absolute(authority),
            state: state.map(absolute))
    }
}

extension HubContext {
    /// Looks whether the papers can be read and belong together.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the paper that is wrong.
    func check() throws(HubError) {
        _ = try HubClient(
            configuration: HubClientConfiguration(
                addresses: [ConnectionOptions.defaultAddress], certificatePath: papers.certificate,
                keyPath: papers.key, authorityPath: papers.authority))
    }

    /// `{"name","current","addresses","certificate","key","authority","state"}`; `key` is a path.
    func members(isCurrent: Bool) -> [(String, JSON)] {
        [
            ("name", .string(name)), ("current", .bool(isCurrent)), ("addresses", .strings(addresses)),
            ("certificate", .string(papers.certificate)), ("key", .string(papers.key)),
            ("authority", .string(papers.authority)), ("state", .text(papers.state ?? "")),
        ]
    }

    /// One context.
    func detail(isCurrent: Bool) -> Detail {
        Detail(
            kind: "context", name: name,
            text: Detail.lines([
                ("Context", isCurrent ? "\(name) (used from now on)" : name),
                ("Addresses", addresses.isEmpty ? "as hubd wrote beside its state" : addresses.joined(separator: ", ")),
                ("Certificate", papers.certificate), ("Key", papers.key), ("Authority", papers.authority),
            ]), members: members(isCurrent: isCurrent))
    }
}
