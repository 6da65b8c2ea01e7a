// The client's side of mutual TLS 1.3.

import HubDomain
import HubWire
import NIOCore
import NIOSSL

extension NIOSSLContext {
    /// TLS 1.3 only, with the client's certificate, trusting one authority.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the paper that is wrong.
    static func client(_ configuration: HubClientConfiguration) throws(HubError) -> NIOSSLContext {
        let chain = try load("certificate", configuration.certificate, certificates)
        let key = try load("private key", configuration.privateKey) { source in
            switch source {
            case .file(let path): try NIOSSLPrivateKey(file: path, format: .pem)
            case .bytes(let bytes): try NIOSSLPrivateKey(bytes: bytes, format: .pem)
            }
        }
        let authority = try load("authority's certificate", configuration.authority, certificates)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        // The library's own list begins with a post-quantum share that makes the handshake 2.3 KB longer: half a round trip
        // on a line of 64 kbit/s.
        tls.curves = [.x25519, .secp256r1, .secp384r1]
        tls.applicationProtocols = [ProtocolVersion.alpn]
        tls.certificateChain = chain.map { .certificate($0) }
        tls.privateKey = .privateKey(key)
        tls.trustRoots = .certificates(authority)
        tls.certificateVerification = .fullVerification
        do {
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw HubError(.configurationInvalid, "certificate and private key do not belong together")
        }
    }

    private static func certificates(_ source: PEMSource) throws -> [NIOSSLCertificate] {
        let found =
            switch source {
            case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
            case .bytes(let bytes): try NIOSSLCertificate.fromPEMBytes(bytes)
            }
        guard !found.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
        return found
    }

    private static func load<Paper>(
        _ name: String, _ source: PEMSource, _ read: (PEMSource) throws -> Paper
    ) throws(HubError) -> Paper {
        do {
            return try read(source)
        } catch {
            let place = if case .file(let path) = source { " \(path)" } else { "" }
            throw HubError(.configurationInvalid, "\(name)\(place) is missing or is not PEM of that kind")
        }
    }
}
