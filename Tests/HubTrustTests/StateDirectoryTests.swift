// A state directory is made whole, private, and never over another.

import Glibc
import HubDomain
import Testing

@testable import HubTrust

/// A directory that is gone after the test.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/hub-trust-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit {
        for name in names(in: path) {
            for inner in names(in: "\(path)/\(name)") { remove("\(path)/\(name)/\(inner)") }
            remove("\(path)/\(name)")
        }
        rmdir(path)
    }

    func names(in directory: String) -> [String] {
        guard let listing = opendir(directory) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func mode(_ path: String) -> mode_t {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
    }
}

@Suite("A state directory")
struct StateDirectoryTests {
    static let files = [
        "admin.key", "admin.pem", "ca.key", "ca.pem", "hub.key", "hub.pem", "hub.yaml", "papers.key",
        "papers.pub.pem", "policy.yaml",
    ]
    let scratch: Scratch
    let directory: StateDirectory

    init() throws {
        scratch = try Scratch()
        directory = StateDirectory(path: scratch.path + "/state/")
    }

    func create(_ directory: StateDirectory, hosts: [String] = []) throws {
        var random = SystemRandomNumberGenerator()
        try directory.create(
            hosts: hosts, policy: "roles: {}\n", configuration: "listen: 127.0.0.1:0\n",
            nowMillis: 1_790_000_000_000, random: &random)
    }

    @Test("holds exactly its files, readable by the owner alone, and nothing is left beside it")
    func layout() throws {
        try create(directory)
        #expect(scratch.names(in: scratch.path) == ["state"])
        #expect(scratch.names(in: directory.path) == Self.files)
        #expect(scratch.mode(directory.path) == 0o700)
        for file in Self.files { #expect(scratch.mode("\(directory.path)/\(file)") == 0o600, "\(file)") }
        #expect(try PrivateFile.read(directory.policy) == "roles: {}\n")
        #expect(try PrivateFile.read(directory.configuration) == "listen: 127.0.0.1:0\n")
    }

    @Test("has an authority that can be loaded, an admin's certificate with its name, and keys that fit")
    func contents() throws {
        try create(directory, hosts: ["hub.makmur.go.id", "localhost"])
        let authority = try directory.loadAuthority()
        #expect(authority.certificatePEM == (try PrivateFile.read(directory.authorityCertificate)))
        let admin = try PEM.der(PrivateFile.read(directory.adminCertificate))
        #expect(try PrincipalReader.principal(fromDER: admin) == StateDirectory.adminPrincipal)
        #expect(try PrincipalReader.principal(fromDER: PEM.der(PrivateFile.read(directory.hubCertificate))) == nil)
        for (certificate, key) in [
            (directory.adminCertificate, directory.adminKey), (directory.hubCertificate, directory.hubKey),
        ] {
            let publicKey = try PEM.publicKey(PrivateFile.read(certificate))
            #expect(try publicKey == PrivateKey(pem: PrivateFile.read(key)).certificateKey.publicKey)
        }
    }

    @Test("is never made over another one, and the other stays as it was")
    func existing() throws {
        try create(directory)
        let before = try PrivateFile.read(directory.authorityKey)
        let error = #expect(throws: HubError.self) { try create(directory) }
        #expect(error?.code == .configurationInvalid)
        #expect(error?.detail.contains("never overwritten") == true)
        #expect(try PrivateFile.read(directory.authorityKey) == before)
        #expect(scratch.names(in: scratch.path) == ["state"])
    }

    @Test("may be made in an empty directory, but not over a file or in a place that does not exist")
    func places() throws {
        let empty = StateDirectory(path: scratch.path + "/empty")
        #expect(mkdir(empty.path, 0o755) == 0)
        try create(empty)
        #expect(scratch.mode(empty.path) == 0o700)
        #expect(throws: HubError(.configurationInvalid, "")) {
            try create(StateDirectory(path: empty.policy))
        }
        #expect(throws: HubError(.configurationInvalid, "")) {
            try create(StateDirectory(path: scratch.path + "/none/state"))
        }
    }

    @Test("leaves nothing behind when a host is wrong")
    func wrongHost() throws {
        #expect(throws: HubError(.principalInvalid, "")) { try create(directory, hosts: ["two words"]) }
        #expect(scratch.names(in: scratch.path).isEmpty)
    }

    @Test("a private file is written once; a second write is refused and changes nothing")
    func privateFile() throws {
        let path = scratch.path + "/key.pem"
        try PrivateFile.write("one", to: path)
        #expect(scratch.mode(path) == 0o600)
        #expect(throws: HubError(.configurationInvalid, "")) { try PrivateFile.write("two", to: path) }
        #expect(try PrivateFile.read(path) == "one")
        #expect(scratch.names(in: scratch.path) == ["key.pem"])
    }

    @Test("a private file appears although an earlier writer died with a draft")
    func staleDraft() throws {
        let path = scratch.path + "/key.pem"
        try PrivateFile.write("half", to: path + ".draft")
        try PrivateFile.write("whole", to: path)
        #expect(try PrivateFile.read(path) == "whole")
    }
}
