// The authority signs what it should, refuses the rest, and nobody else's certificates pass for its own.

import Crypto
import FoundationEssentials
import HubDomain
import Testing
@_spi(FixedExpiryValidationTime) import X509

@testable import HubTrust

@Suite("The hub's authority")
struct CertificateAuthorityTests {
    static let now: Int64 = 1_790_000_000_000
    static let dayMillis: Int64 = 86_400_000
    static let serial = [UInt8](repeating: 0xA5, count: 16)
    static let principal = "urn:elayanan:dpmptsp:loket-1"

    let authority: CertificateAuthority

    init() throws {
        authority = try .create(nowMillis: Self.now, serial: Self.serial)
    }

    func issue(_ kind: CertificateKind, days: Int = 90, key: PrivateKey = PrivateKey()) throws -> Certificate {
        let issued = try authority.issue(
            request: CertificateRequest.make(key), kind: kind, validDays: days, nowMillis: Self.now,
            serial: Self.serial)
        #expect(try Certificate(pemEncoded: issued.pem) == Certificate(derEncoded: issued.der))
        return try Certificate(derEncoded: issued.der)
    }

    @Test("its own certificate is a P-256 authority's, critical where it must be, for ten years")
    func ownCertificate() throws {
        let own = try Certificate(derEncoded: authority.certificateDER)
        #expect(try Certificate(pemEncoded: authority.certificatePEM) == own)
        #expect(P256.Signing.PublicKey(own.publicKey) != nil)
        #expect(try own.extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
        #expect(own.extensions[oid: .X509ExtensionID.basicConstraints]?.critical == true)
        #expect(own.extensions[oid: .X509ExtensionID.keyUsage]?.critical == true)
        #expect(try own.extensions.keyUsage == KeyUsage(keyCertSign: true, cRLSign: true))
        let years = own.notValidAfter.timeIntervalSince(own.notValidBefore) / (365.25 * 86_400)
        #expect((9.99...10.01).contains(years))
    }

    @Test("it can be loaded again and signs on; a key of another authority is refused")
    func load() throws {
        let loaded = try CertificateAuthority(certificatePEM: authority.certificatePEM, keyPEM: authority.keyPEM)
        #expect(loaded.certificateDER == authority.certificateDER)
        let other = try CertificateAuthority.create(nowMillis: Self.now, serial: Self.serial)
        #expect(throws: HubError(.configurationInvalid, "")) {
            try CertificateAuthority(certificatePEM: authority.certificatePEM, keyPEM: other.keyPEM)
        }
        let client = try issue(.client(principal: Self.principal))
        #expect(throws: HubError(.configurationInvalid, "")) {
            try CertificateAuthority(
                certificatePEM: client.serializeAsPEM().pemString, keyPEM: authority.keyPEM)
        }
        #expect(throws: HubError(.configurationInvalid, "")) {
            try CertificateAuthority(certificatePEM: "nonsense", keyPEM: authority.keyPEM)
        }
    }

    @Test("a client's certificate says who it is, for client authentication only, for the days that were asked")
    func clientCertificate() throws {
        let key = PrivateKey()
        let certificate = try issue(.client(principal: Self.principal), days: 30, key: key)
        #expect(certificate.publicKey == key.certificateKey.publicKey)
        #expect(try Array(#require(try certificate.extensions.extendedKeyUsage)) == [.clientAuth])
        #expect(
            try Array(#require(try certificate.extensions.subjectAlternativeNames))
                == [.uniformResourceIdentifier(Self.principal)])
        #expect(try certificate.extensions.basicConstraints == .notCertificateAuthority)
        let noRevocation = certificate.extensions[oid: [2, 5, 29, 56]]
        #expect(noRevocation?.critical == false && noRevocation?.value == [0x05, 0x00], "RFC 9608")
        #expect(
            certificate.notValidAfter.timeIntervalSince1970 == Double((Self.now + 30 * Self.dayMillis) / 1_000))
        #expect(certificate.notValidBefore.timeIntervalSince1970 < Double(Self.now / 1_000))
    }

    @Test("a hub's certificate names its hosts, numeric ones as addresses")
    func serverCertificate() throws {
        let certificate = try issue(.server(hosts: ["localhost", "127.0.0.1", "::1", "hub.makmur.go.id"]))
        #expect(try Array(#require(try certificate.extensions.extendedKeyUsage)) == [.serverAuth])
        let names = try Array(#require(try certificate.extensions.subjectAlternativeNames))
        #expect(
            names == [
                .dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
                .ipAddress(.init(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
                .dnsName("hub.makmur.go.id"),
            ])
    }

    @Test(
        "a principal or host that is not well formed is never signed",
        arguments: [
            .client(principal: "urn:elayanan:dpmptsp"), .client(principal: "urn:elayanan:Dpmptsp:a"),
            .client(principal: "urn:other:dpmptsp:a"), .client(principal: "urn:elayanan:a:b:c"),
            .client(principal: "urn:elayanan:a:b\u{301}"), .client(principal: "urn:elayanan::b"),
            .client(principal: "urn:elayanan:a:1b"), .server(hosts: []), .server(hosts: [""]),
            .server(hosts: ["two words"]), .server(hosts: ["*.go.id"]),
            .client(principal: "urn:elayanan:a:" + String(repeating: "b", count: 33)),
        ] as [CertificateKind])
    func wrongNames(_ kind: CertificateKind) throws {
        #expect(throws: HubError(.principalInvalid, "")) { try issue(kind) }
    }

    @Test("no certificate is issued for longer than 90 days, for no day, or when the clock is mad")
    func wrongTimes() throws {
        let request = try CertificateRequest.make(PrivateKey())
        for (days, now) in [(91, Self.now), (0, Self.now), (-1, Self.now), (90, -1), (90, Int64.max), (90, Int64.min)] {
            #expect(throws: HubError(.configurationInvalid, "")) {
                try authority.issue(
                    request: request, kind: .client(principal: Self.principal), validDays: days, nowMillis: now,
                    serial: Self.serial)
            }
        }
    }

    @Test("a certificate request with a broken signature is refused, at whichever byte it was changed")
    func brokenRequests() throws {
        let good = try CertificateRequest.make(PrivateKey())
        for index in stride(from: 0, to: good.count, by: 7) {
            var bad = good
            bad[index] ^= 0x01
            #expect(throws: HubError(.principalInvalid, ""), "byte \(index)") {
                try authority.issue(
                    request: bad, kind: .client(principal: Self.principal), nowMillis: Self.now, serial: Self.serial)
            }
        }
        for bad in [[], [0x30], Array(good.dropLast()), [UInt8](repeating: 0x30, count: 100_000)] {
            #expect(throws: HubError(.principalInvalid, "")) {
                try authority.issue(
                    request: bad, kind: .client(principal: Self.principal), nowMillis: Self.now, serial: Self.serial)
            }
        }
    }

    @Test("a request with a key on another curve is refused")
    func otherCurve() throws {
        let request = try CertificateSigningRequest(
            version: .v1, subject: DistinguishedName(), privateKey: .init(P384.Signing.PrivateKey()),
            attributes: .init(), signatureAlgorithm: .ecdsaWithSHA384)
        #expect(throws: HubError(.principalInvalid, "")) {
            try authority.issue(
                request: request.serializeAsPEM().derBytes, kind: .client(principal: Self.principal),
                nowMillis: Self.now, serial: Self.serial)
        }
    }

    @Test("verification takes the authority's own certificates and refuses those of another authority")
    func verification() async throws {
        let mine = try issue(.client(principal: Self.principal))
        let other = try CertificateAuthority.create(nowMillis: Self.now, serial: Self.serial)
        let theirs = try Certificate(
            derEncoded: other.issue(
                request: CertificateRequest.make(PrivateKey()), kind: .client(principal: Self.principal),
                nowMillis: Self.now, serial: Self.serial
            ).der)
        #expect(try await accepts(mine, atMillis: Self.now))
        #expect(try await !accepts(theirs, atMillis: Self.now))
        #expect(try await !accepts(mine, atMillis: Self.now + 91 * Self.dayMillis))
        #expect(try await !accepts(mine, atMillis: Self.now - Self.dayMillis))
    }

    private func accepts(_ certificate: Certificate, atMillis: Int64) async throws -> Bool {
        let date = Date(timeIntervalSince1970: Double(atMillis / 1_000))
        var verifier = try Verifier(
            rootCertificates: CertificateStore([Certificate(derEncoded: authority.certificateDER)])
        ) {
            RFC5280Policy(fixedExpiryValidationTime: date)
        }
        let result = await verifier.validate(leaf: certificate, intermediates: CertificateStore())
        if case .validCertificate = result { return true }
        return false
    }
}
