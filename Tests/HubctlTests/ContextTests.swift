// Contexts: where the file lies, what stands in it, and which one wins.

import Foundation
import HubClient
import HubDomain
import Testing

@testable import hubctl

@Suite("Names for hubs")
struct ContextTests {
    static let papers = PaperPaths(certificate: "/p/a.pem", key: "/p/a.key", authority: "/p/ca.pem")
    static let desk = HubContext(name: "desk", addresses: ["hub-1:7443", "[::1]:7444"], papers: papers)
    static let local = HubContext(
        name: "local", addresses: [],
        papers: PaperPaths(certificate: "/s/admin.pem", key: "/s/admin.key", authority: "/s/ca.pem", state: "/s"))

    static func environment(_ values: [String: String]) -> Environment { Environment { values[$0] } }

    @Test(
        "lie where the XDG specification says",
        arguments: [
            (["XDG_CONFIG_HOME": "/c", "HOME": "/h"], "/c/elayanan/contexts.yaml"),
            (["HOME": "/h"], "/h/.config/elayanan/contexts.yaml"),
            (["XDG_CONFIG_HOME": "", "HOME": "/h"], "/h/.config/elayanan/contexts.yaml"),
            (["XDG_CONFIG_HOME": "relative", "HOME": "/h"], "/h/.config/elayanan/contexts.yaml"), ([:], nil),
        ] as [([String: String], String?)])
    func place(_ row: ([String: String], String?)) {
        #expect((try? ContextFile.path(Self.environment(row.0))) == row.1)
    }

    @Test("are read as they were written, and the first one is used")
    func roundTrip() throws {
        var file = ContextFile()
        try file.put(Self.desk)
        try file.put(Self.local)
        #expect(file.current == "desk")
        #expect(try ContextFile(yaml: file.yaml, file: "f") == file)
        var changed = Self.desk
        changed.addresses = ["hub-3:1"]
        changed.papers.certificate = "/p/\"quoted\" ä.pem"
        try file.put(changed)
        #expect(file.contexts.map(\.name) == ["desk", "local"])
        #expect(try ContextFile(yaml: file.yaml, file: "f").context("desk") == changed)
        #expect(try ContextFile(yaml: "", file: "f") == ContextFile())
        #expect(try ContextFile(yaml: ContextFile().yaml, file: "f") == ContextFile())
    }

    @Test(
        "in a file that is wrong are refused with its line",
        arguments: [
            ("version: 2\ncontexts: []\n", "f:1: version must be 1"),
            ("version: 1\nkeys: []\ncontexts: []\n", "unknown key keys"),
            ("version: 1\ncontexts:\n  - name: a\n", "certificate must be there"),
            ("version: [\n", "not YAML"), ("- a\n", "must be `key: value` lines"),
        ])
    func wrongFile(_ row: (String, String)) {
        let error = #expect(throws: HubError.self) { try ContextFile(yaml: row.0, file: "f") }
        #expect(error?.detail.contains(row.1) == true, "\(error?.detail ?? "")")
    }

    @Test("that are not there are refused with those that are")
    func unknown() throws {
        var file = ContextFile()
        #expect(#expect(throws: HubError.self) { try file.context("x") }?.detail.contains("none yet") == true)
        try file.put(Self.desk)
        #expect(#expect(throws: HubError.self) { try file.context("x") }?.detail.contains("desk") == true)
    }

    @Test("are listed for people and programs, with paths and without keys")
    func listing() throws {
        var file = ContextFile()
        try file.put(Self.desk)
        try file.put(Self.local)
        let listing = file.listing(Self.environment([:]))
        #expect(listing.lines(.name) == ["desk", "local"])
        #expect(
            listing.lines(.ndjson).first
                == #"{"name":"desk","current":true,"addresses":["hub-1:7443","[::1]:7444"],"certificate":"/p/a.pem","#
                + #""key":"/p/a.key","authority":"/p/ca.pem","state":null,"schema":"elayanan.hubctl/1","kind":"context"}"#
        )
        #expect(listing.lines(.table).count == 3 && listing.lines(.table)[0].hasPrefix("NAME"))
        let other = file.listing(Self.environment([ContextFile.variable: "local"]))
        #expect(other.lines(.table)[2].hasPrefix("local  *"))
    }
}

@Suite("Which hub a command asks")
final class ContextChoiceTests {
    let home: String

    init() throws {
        home = FileManager.default.temporaryDirectory.appendingPathComponent("contexts-\(UUID().uuidString)").path
        var file = ContextFile()
        try file.put(ContextTests.desk)
        try file.put(ContextTests.local)
        try file.save(ContextFile.path(ContextTests.environment(["XDG_CONFIG_HOME": home])))
    }

    deinit { try? FileManager.default.removeItem(atPath: home) }

    /// Arguments, variable, expected certificate and addresses, or a word of the refusal.
    static let table: [(arguments: [String], variable: String?, certificate: String, addresses: [String])] = [
        ([], nil, "/p/a.pem", ["hub-1:7443", "[::1]:7444"]),
        ([], "local", "/s/admin.pem", ["127.0.0.1:7443"]),
        (["--context", "desk"], "local", "/p/a.pem", ["hub-1:7443", "[::1]:7444"]),
        (["--context", "local", "--address", "h:1,i:2"], nil, "/s/admin.pem", ["h:1", "i:2"]),
        (["--state", "/other"], "local", "/other/admin.pem", ["127.0.0.1:7443"]),
        (["--cert", "c", "--key", "k", "--ca", "a", "--address", "h:1"], "local", "c", ["h:1"]),
    ]

    @Test("flags win over --context, that over the variable, and that over the context in use", arguments: table)
    func choice(_ row: (arguments: [String], variable: String?, certificate: String, addresses: [String])) throws {
        let configuration = try ask(row.arguments, row.variable)
        #expect(configuration.certificate == .file(row.certificate))
        #expect(configuration.addresses.map(\.description) == row.addresses)
    }

    @Test(
        "what contradicts itself or is not there ends with 2",
        arguments: [
            (["--context", "desk", "--state", "/s"], nil, "--context names the papers already"),
            (["--context", "nobody"], nil, "no context nobody"), ([], "nobody", "no context nobody"),
            (["--cert", "c"], nil, "who calls?"), (["--address", "h:1,,i:2"], nil, "--address must be"),
        ] as [([String], String?, String)])
    func refused(_ row: ([String], String?, String)) throws {
        let error = #expect(throws: HubError.self) { try ask(row.0, row.1) }
        #expect(error?.detail.contains(row.2) == true, "\(error?.detail ?? "")")
        #expect(error.map(ExitReason.init) == .usage)
    }

    @Test("who has no home, and says nothing, is asked who calls")
    func nobody() throws {
        let options = try ConnectionOptions.parse([])
        let error = #expect(throws: HubError.self) { try options.configuration(ContextTests.environment([:])) }
        #expect(error?.detail.contains("who calls?") == true)
    }

    @Test("every command that speaks with a hub knows --context")
    func everywhere() throws {
        for arguments in [["status"], ["case", "list"], ["module", "show", "x"], ["clock", "advance", "1h"]] {
            _ = try Hubctl.parseAsRoot(arguments + ["--context", "desk"])
        }
    }

    @Test("the file can be read by its owner alone, and a second save replaces it")
    func file() throws {
        let path = try ContextFile.path(ContextTests.environment(["XDG_CONFIG_HOME": home]))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        var file = try ContextFile.load(path)
        file.current = "local"
        try file.save(path)
        #expect(try ContextFile.load(path) == file)
    }

    private func ask(_ arguments: [String], _ variable: String?) throws -> HubClientConfiguration {
        var values = ["XDG_CONFIG_HOME": home]
        values[ContextFile.variable] = variable
        return try ConnectionOptions.parse(arguments).configuration(ContextTests.environment(values))
    }
}
