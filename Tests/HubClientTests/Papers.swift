// Certificates for tests: an authority, a hub and a client of it.

import FoundationEssentials
import HubClient
import HubTrust
import HubWire
import NIOCore
import NIOSSL

/// Everything that mutual TLS between a scripted hub and a client needs.
struct Papers: Sendable {
    let authority: CertificateAuthority
    let hub: (certificate: String, key: String)
    let client: (certificate: String, key: String)

    /// - Parameter hosts: What the hub's certificate names.
    init(hosts: [String] = ["localhost", "127.0.0.1"]) throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let authority = try CertificateAuthority.create(nowMillis: now, serial: Self.serial())
        func issue(_ kind: CertificateKind) throws -> (certificate: String, key: String) {
            let key = PrivateKey()
            let issued = try authority.issue(
                request: CertificateRequest.make(key), kind: kind, nowMillis: now, serial: Self.serial())
            return (issued.pem, key.pem)
        }
        self.authority = authority
        hub = try issue(.server(hosts: hosts))
        client = try issue(.client(principal: "urn:elayanan:dpmptsp:loket-1"))
    }

    private static func serial() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return StateDirectory.serial(&random)
    }

    /// TLS 1.3, mutual, as the hub does it.
    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(hub.certificate.utf8))
        var tls = try TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(hub.key.utf8), format: .pem)))
        tls.minimumTLSVersion = .tlsv13
        tls.applicationProtocols = [ProtocolVersion.alpn]
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8)))
        tls.certificateVerification = .noHostnameVerification
        return try NIOSSLContext(configuration: tls)
    }

    /// The client's side, with another authority's papers where given.
    func clientConfiguration(_ addresses: [HubAddress], trusting other: Papers? = nil) -> HubClientConfiguration {
        HubClientConfiguration(
            addresses: addresses, certificate: .bytes(Array(client.certificate.utf8)),
            privateKey: .bytes(Array(client.key.utf8)),
            authority: .bytes(Array((other ?? self).authority.certificatePEM.utf8)))
    }
}
