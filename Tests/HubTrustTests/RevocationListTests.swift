// The list of revoked certificates: written so that others understand it, read back so that nothing else passes.

import Foundation
import HubDomain
import HubTestKit
import Testing
import X509

@testable import HubTrust

@Suite("A list of revoked certificates")
struct RevocationListTests {
    static let now: Int64 = 1_790_000_000_000
    static let dayMillis: Int64 = 86_400_000

    let authority: CertificateAuthority
    let scratch: Scratch

    init() throws {
        authority = try .create(nowMillis: Self.now, serial: [UInt8](repeating: 0xA5, count: 16))
        scratch = try Scratch()
        try PrivateFile.write(authority.certificatePEM, to: scratch.path + "/ca.pem")
    }

    func entry(_ bytes: [UInt8], _ reason: RevocationReason = .unspecified, at millis: Int64 = now) throws
        -> RevocationList.Entry
    {
        RevocationList.Entry(serial: try #require(CertificateSerial(bytes)), atMillis: millis, reason: reason)
    }

    func list(_ entries: [RevocationList.Entry], number: UInt64 = 7, at now: Int64 = now) throws -> RevocationList {
        try RevocationList(
            number: number, thisUpdateMillis: now, nextUpdateMillis: now + 7 * Self.dayMillis, entries: entries)
    }

    /// Runs openssl in the scratch folder.
    func openssl(_ arguments: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: scratch.path)
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        try process.waitForEnd()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    func publish(_ list: RevocationList) throws {
        try PublishedFile(path: scratch.path + "/ca.crl").replace(with: authority.sign(list))
    }

    @Test("is read back as it was written, sorted, each certificate once, in whole seconds")
    func roundTrip() throws {
        let longest = [0xFF] + [UInt8](repeating: 0, count: 19)
        for entries in [
            [], [try entry([1])],
            try RevocationReason.allCases.map { try entry([0x80, $0.rawValue], $0) } + [
                entry(longest, .keyCompromise), entry([2], at: 0), entry([1], at: 2_600_000_000_999), entry([1]),
            ],
        ] {
            let list = try list(entries, number: .max - UInt64(entries.count))
            let der = try authority.sign(list)
            #expect(try authority.verifiedList(der) == list)
            #expect(list.entries.map(\.serial) == list.entries.map(\.serial).sorted { $0.isBelow($1) })
            #expect(Set(list.entries.map(\.serial)).count == list.entries.count)
            #expect(list.entries.allSatisfy { $0.atMillis % 1_000 == 0 })
        }
    }

    @Test("holds 30,000 certificates within its size, and not one more")
    func longest() throws {
        let entries = try (0..<RevocationList.entriesMax).map { number in
            try entry(
                [0x80] + [UInt8](repeating: 0xFF, count: 17) + [UInt8(number >> 8), UInt8(number & 255)], .superseded)
        }
        let list = try list(entries)
        let der = try authority.sign(list)
        #expect(der.count <= RevocationList.bytesMax)
        #expect(try authority.verifiedList(der) == list)
        #expect(throws: HubError(.configurationInvalid, "")) { try self.list(entries + [self.entry([1])]) }
    }

    @Test("of another authority, changed at any byte, cut short or with a byte behind it is refused")
    func refused() throws {
        let der = try authority.sign(list([entry([1, 2, 3], .superseded), entry([4])]))
        let other = try CertificateAuthority.create(nowMillis: Self.now, serial: [UInt8](repeating: 1, count: 16))
        #expect(throws: HubError(.configurationInvalid, "")) { try other.verifiedList(der) }
        for place in der.indices {
            var changed = der
            changed[place] ^= 1
            #expect(throws: HubError(.configurationInvalid, ""), "byte \(place)") {
                try authority.verifiedList(changed)
            }
            #expect(throws: HubError(.configurationInvalid, "")) {
                try authority.verifiedList(Array(der.prefix(place)))
            }
        }
        #expect(throws: HubError(.configurationInvalid, "")) { try authority.verifiedList(der + [0]) }
        let long = [UInt8](repeating: 0, count: RevocationList.bytesMax + 1)
        #expect(throws: HubError(.configurationInvalid, "")) { try authority.verifiedList(long) }
    }

    @Test("is one that openssl understands: its signature, its fields, and which certificate it refuses")
    func openSSL() throws {
        let uri = try RevocationListURI("http://hub.makmur.go.id/elayanan.crl")
        let now = Int64(Date().timeIntervalSince1970) * 1_000
        for (name, number) in [("lost", UInt8(0x11)), ("kept", 0x22)] {
            let issued = try authority.issue(
                request: CertificateRequest.make(PrivateKey()), kind: .client(principal: "urn:elayanan:a:\(name)"),
                revocationList: uri, nowMillis: now, serial: [UInt8](repeating: number, count: 16))
            try PrivateFile.write(issued.pem, to: "\(scratch.path)/\(name).pem")
        }
        let lost = try Certificate(pemEncoded: PrivateFile.read(scratch.path + "/lost.pem")).serialNumber
        try publish(list([entry(Array(lost.bytes), .keyCompromise, at: now)], at: now))
        let crl = try openssl(
            "crl", "-inform", "DER", "-in", "ca.crl", "-verify", "-CAfile", "ca.pem", "-noout", "-text")
        #expect(crl.status == 0 && crl.output.contains("verify OK"), "\(crl.output)")
        for field in [
            "Version 2 (0x1)", "ecdsa-with-SHA256", "CN = E-Layanan Makmur authority", "X509v3 CRL Number",
            "Key Compromise",
            "X509v3 Authority Key Identifier",
        ] { #expect(crl.output.contains(field), "\(field): \(crl.output)") }
        #expect(try openssl("crl", "-inform", "DER", "-in", "ca.crl", "-out", "crl.pem").status == 0)
        let check = ["verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "crl.pem"]
        let refused = try openssl(check[0], check[1], check[2], check[3], check[4], check[5], "lost.pem")
        #expect(refused.status != 0 && refused.output.contains("certificate revoked"), "\(refused.output)")
        let accepted = try openssl(check[0], check[1], check[2], check[3], check[4], check[5], "kept.pem")
        #expect(accepted.status == 0, "\(accepted.output)")
        let place = try openssl("x509", "-in", "kept.pem", "-noout", "-ext", "crlDistributionPoints")
        #expect(place.output.contains("URI:\(uri)"), "\(place.output)")
    }

    @Test("has a place in certificates of both kinds, and then they do not say that nobody tells (RFC 9608)")
    func place() throws {
        for place in [nil, try RevocationListURI("http://a/b")] {
            for kind in [CertificateKind.client(principal: "urn:elayanan:a:b"), .server(hosts: ["localhost"])] {
                let issued = try authority.issue(
                    request: CertificateRequest.make(PrivateKey()), kind: kind, revocationList: place,
                    nowMillis: Self.now, serial: [UInt8](1...16))
                let extensions = try Certificate(derEncoded: issued.der).extensions
                #expect((extensions[oid: [2, 5, 29, 31]] != nil) == (place != nil))
                #expect((extensions[oid: [2, 5, 29, 56]] != nil) == (place == nil))
                #expect(try PrincipalReader.names(fromDER: issued.der).serial == issued.serial)
            }
        }
    }

    @Test(
        "is nowhere but at an http:// URI",
        arguments: [
            "", "https://a/b", "http://a", "http:///b", "ftp://a/b", "http://a/b c", "http://a/\"", "http://a/\u{e9}",
            "a/b",
            "http://a/" + String(repeating: "x", count: 255),
        ])
    func wrongPlace(_ text: String) {
        #expect(throws: HubError(.configurationInvalid, "")) { try RevocationListURI(text) }
    }

    @Test("lies by default on the web server of the hub's first name, also when that is an address")
    func standardPlace() throws {
        #expect(try RevocationListURI.standard(host: "hub.go.id").description == "http://hub.go.id/elayanan.crl")
        #expect(try RevocationListURI.standard(host: "::1").description == "http://[::1]/elayanan.crl")
        #expect(throws: HubError(.configurationInvalid, "")) { try RevocationListURI.standard(host: "two words") }
    }

    @Test("is a file that everybody may read, replaced whole; what is not there is nothing")
    func file() throws {
        let file = PublishedFile(path: scratch.path + "/ca.crl")
        #expect(try file.bytes(max: 10) == nil)
        try file.replace(with: [1, 2, 3])
        try file.replace(with: [4, 5])
        #expect(try file.bytes(max: 10) == [4, 5])
        #expect(scratch.mode(file.path) == 0o644)
        #expect(scratch.names(in: scratch.path) == ["ca.crl", "ca.pem"])
        #expect(throws: HubError(.configurationInvalid, "")) { try file.bytes(max: 1) }
        #expect(throws: HubError(.configurationInvalid, "")) {
            try PublishedFile(path: scratch.path + "/nowhere/ca.crl").replace(with: [])
        }
    }
}

extension CertificateSerial {
    fileprivate func isBelow(_ other: Self) -> Bool {
        bytes.count == other.bytes.count ? description < other.description : bytes.count < other.bytes.count
    }
}
