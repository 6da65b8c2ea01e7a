// One certificate, one principal, and no second opinion.

import Crypto
import FoundationEssentials
import HubDomain
import Testing
import X509

@testable import HubTrust

@Suite("The principal of a certificate")
struct PrincipalReaderTests {
    /// A self-signed certificate with any names at all, as a careless or hostile authority might make it.
    func certificate(_ names: [GeneralName]?) throws -> [UInt8] {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName("urn:elayanan:hub:admin") }
        return try Certificate(
            version: .v3, serialNumber: .init(bytes: [1, 2, 3]), publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSince1970: 1_790_000_000),
            notValidAfter: Date(timeIntervalSince1970: 1_790_000_100), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                if let names { SubjectAlternativeNames(names) }
            }, issuerPrivateKey: key
        ).serializeAsPEM().derBytes
    }

    @Test("is its one URI, whatever other kinds of names there are")
    func oneURI() throws {
        let der = try certificate([
            .dnsName("urn:elayanan:hub:admin"), .uniformResourceIdentifier("urn:elayanan:dukcapil:loket-2"),
            .rfc822Name("admin@makmur.go.id"),
        ])
        #expect(try PrincipalReader.principal(fromDER: der) == "urn:elayanan:dukcapil:loket-2")
    }

    @Test("is nobody when there is no URI; a common name is not looked at")
    func noURI() throws {
        #expect(try PrincipalReader.principal(fromDER: certificate(nil)) == nil)
        #expect(try PrincipalReader.principal(fromDER: certificate([.dnsName("localhost")])) == nil)
    }

    @Test(
        "is refused when a URI is not exactly a principal's name",
        arguments: [
            "urn:elayanan:dukcapil", "urn:elayanan:dukcapil:", "urn:elayanan::loket", "URN:elayanan:dukcapil:loket",
            "urn:elayanan:dukcapil:loket:x", "urn:elayanan:dukcapil:Loket", "urn:elayanan:dukcapil:loket ",
            "urn:elayanan:dukcapil:loket\u{0}", "urn:elayanan:-a:loket", "urn:elayanan:a/b:c",
            "https://makmur.go.id", "",
        ])
    func wrongURI(_ uri: String) throws {
        let der = try certificate([.uniformResourceIdentifier(uri)])
        let error = #expect(throws: HubError.self) { try PrincipalReader.principal(fromDER: der) }
        #expect(error?.code == .principalInvalid)
        #expect(error?.status == .unauthenticated)
    }

    @Test("is refused when there are two URIs, even if one of them is good")
    func twoURIs() throws {
        for names in [
            ["urn:elayanan:hub:admin", "urn:elayanan:hub:other"], ["urn:elayanan:hub:admin", "https://makmur.go.id"],
            ["urn:elayanan:hub:admin", "urn:elayanan:hub:admin"],
        ] {
            let der = try certificate(names.map { .uniformResourceIdentifier($0) })
            #expect(throws: HubError(.principalInvalid, "")) { try PrincipalReader.principal(fromDER: der) }
        }
    }

    @Test("is refused when the certificate cannot be decoded, cut at any length")
    func broken() throws {
        let der = try certificate([.uniformResourceIdentifier("urn:elayanan:hub:admin")])
        for length in stride(from: 0, to: der.count, by: 11) {
            #expect(throws: HubError(.principalInvalid, "")) {
                try PrincipalReader.principal(fromDER: Array(der.prefix(length)))
            }
        }
    }
}
