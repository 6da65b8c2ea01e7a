// The hub's own key for papers: whatever it signs, anyone verifies with the published half.

import Crypto
package import HubCore
package import HubDomain
package import HubProto

/// An Ed25519 key (RFC 8032) that signs papers and nothing else.
package struct PaperKey: PaperSigner {
    private let key: Curve25519.Signing.PrivateKey
    /// The published half.
    package let publicKey: PaperPublicKey

    /// RFC 8410, section 7: SEQUENCE { 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING of 32 bytes } }.
    private static let pkcs8Head: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    /// Makes a new key from the system's random source.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when the library gives no such key.
    package init() throws(HubError) { try self.init(Curve25519.Signing.PrivateKey()) }

    /// Reads a key in PEM.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid``; the text is not repeated.
    package init(pem: String) throws(HubError) {
        guard let der = PEMBlock.der("PRIVATE KEY", in: pem), der.count == Self.pkcs8Head.count + 32,
            der.starts(with: Self.pkcs8Head),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.suffix(32))
        else { throw HubError(.configurationInvalid, "key for papers is not an Ed25519 key in PEM (PKCS #8)") }
        try self.init(key)
    }

    private init(_ key: Curve25519.Signing.PrivateKey) throws(HubError) {
        guard let publicKey = PaperPublicKey(ed25519: [UInt8](key.publicKey.rawRepresentation)) else {
            throw HubError(.internalFault, "a key for papers has no public half")
        }
        self.key = key
        self.publicKey = publicKey
    }

    /// PKCS #8 in PEM. Secret: goes into files by ``PrivateFile`` only.
    var pem: String {
        PEMBlock.text("PRIVATE KEY", der: Self.pkcs8Head + [UInt8](key.rawRepresentation))
    }

    package func seal(_ statement: [UInt8]) throws(HubError) -> HubPaperSeal {
        guard let signature = try? key.signature(for: statement) else {
            throw HubError(.internalFault, "a statement cannot be signed")
        }
        return .with {
            $0.statement = .init(statement)
            $0.keyID = .init(publicKey.id)
            $0.algorithm = publicKey.algorithm
            $0.signature = .init(signature)
        }
    }
}

extension PaperPublicKey {
    /// SubjectPublicKeyInfo in PEM, as it is published.
    package var pem: String { PEMBlock.text("PUBLIC KEY", der: der) }

    /// Reads a published key, of a hub or of another signer.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid``.
    package init(pem: String) throws(HubError) {
        guard let der = PEMBlock.der("PUBLIC KEY", in: pem), let key = PaperPublicKey(der: der) else {
            throw HubError(.configurationInvalid, "not a public key in PEM: Ed25519, or ECDSA on P-256")
        }
        self = key
    }
}
