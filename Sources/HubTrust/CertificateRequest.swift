// The client's half of a certificate: a private key that never leaves it, and the request that is sent instead.

import Crypto
package import HubDomain
import X509

/// A private key on P-256.
package struct PrivateKey: Sendable {
    /// PKCS #8 in PEM. Secret: goes into files by ``PrivateFile`` only.
    package let pem: String
    private let key: P256.Signing.PrivateKey

    /// Makes a new key from the system's random source.
    package init() {
        key = P256.Signing.PrivateKey()
        pem = key.pemRepresentation
    }

    /// Reads a key in PEM.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid``; the text is not repeated.
    package init(pem: String) throws(HubError) {
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: pem)
        } catch {
            throw HubError(.configurationInvalid, "private key is not a P-256 key in PEM")
        }
        self.pem = pem
    }

    var certificateKey: Certificate.PrivateKey { Certificate.PrivateKey(key) }

    /// ECDSA with SHA-256, as `Ecdsa-Sig-Value` (RFC 3279, section 2.2.3).
    func signature(of bytes: [UInt8]) throws -> [UInt8] { [UInt8](try key.signature(for: bytes).derRepresentation) }
}

/// A PKCS #10 request (RFC 2986).
package enum CertificateRequest {
    /// The most a request may be, bytes; a P-256 one has about 200.
    package static let bytesMax = 8_192

    /// A request with the key's public half and an empty subject, in DER: the authority decides on the name.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when the system cannot sign.
    package static func make(_ privateKey: PrivateKey) throws(HubError) -> [UInt8] {
        do {
            let request = try CertificateSigningRequest(
                version: .v1, subject: DistinguishedName(), privateKey: privateKey.certificateKey,
                attributes: CertificateSigningRequest.Attributes(), signatureAlgorithm: .ecdsaWithSHA256)
            return try request.serializeAsPEM().derBytes
        } catch {
            throw HubError(.internalFault, "certificate request: \(error)")
        }
    }

    /// The public key of a request whose own signature holds.
    ///
    /// - Throws: ``HubError/Code/principalInvalid`` for anything but a well-formed request with a P-256 key.
    static func verifiedKey(_ der: [UInt8]) throws(HubError) -> Certificate.PublicKey {
        guard der.count <= bytesMax else {
            throw HubError(.principalInvalid, "certificate request of \(der.count) bytes, at most \(bytesMax)")
        }
        guard let request = try? CertificateSigningRequest(derEncoded: der) else {
            throw HubError(.principalInvalid, "certificate request is not PKCS #10 in DER")
        }
        guard P256.Signing.PublicKey(request.publicKey) != nil else {
            throw HubError(.principalInvalid, "certificate request: the key must be on P-256")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw HubError(.principalInvalid, "certificate request: its signature does not hold")
        }
        return request.publicKey
    }
}
