// The text of a paper's QR code: what stands in it, and whether it holds. Needs no hub and no network.

import Crypto
package import HubDomain
package import HubProto
import SwiftProtobuf

/// Why a text is no seal that holds.
package enum PaperSealFault: String, Error, Sendable, CaseIterable {
    /// It does not begin with "ELM1:": the code of something else.
    case other
    /// Longer than a seal can be.
    case tooLong = "too_long"
    /// What follows is not base45.
    case base45
    /// No seal, or one in another form than the one in which seals are written.
    case malformed
    /// Sealed with another key than the one that was given, or in a way that is not known.
    case key
    /// The signature does not belong to the statement: something was changed.
    case signature
}

/// Seals as texts.
package enum PaperSealText {
    /// What every text begins with; the number is that of the form.
    package static let prefix = "ELM1:"
    /// Letters that a QR code of version 40 holds at level L.
    package static let lettersMax = 4_296

    /// - Throws: ``HubError/Code/internalFault`` when the seal cannot be encoded.
    package static func text(of seal: HubPaperSeal) throws(HubError) -> String {
        prefix + Base45.encode(try seal.ledgerBytes())
    }

    /// The seal in a text, in its one form; whether it holds is not looked at.
    package static func seal(in text: String) throws(PaperSealFault) -> HubPaperSeal {
        guard text.utf8.count <= lettersMax else { throw .tooLong }
        guard text.utf8.starts(with: prefix.utf8) else { throw .other }
        // In bytes: a mark behind the colon would be one letter with it.
        guard let bytes = Base45.decode(Substring(text.utf8.dropFirst(prefix.utf8.count))) else { throw .base45 }
        guard let seal = try? HubPaperSeal(serializedBytes: bytes), (try? seal.ledgerBytes()) == bytes,
            seal.unknownFields.data.isEmpty
        else { throw .malformed }
        return seal
    }

    /// What a text states, when it was sealed with this key.
    package static func statement(in text: String, by key: PaperPublicKey) throws(PaperSealFault) -> HubPaperStatement {
        let seal = try seal(in: text)
        guard seal.algorithm == key.algorithm, seal.keyID.elementsEqual(key.id) else { throw .key }
        guard key.holds(signature: [UInt8](seal.signature), for: [UInt8](seal.statement)) else { throw .signature }
        // Whoever has the key may sign a form that is newer than this program: fields beyond ours are no fault.
        guard let statement = try? HubPaperStatement(serializedBytes: seal.statement) else { throw .malformed }
        return statement
    }
}

/// A key with which seals are verified. Public, and published.
package struct PaperPublicKey: Sendable {
    private enum Key: Sendable {
        case ed25519(Curve25519.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    private let key: Key
    /// SubjectPublicKeyInfo in DER (RFC 5280).
    package let der: [UInt8]

    /// RFC 8410: SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING of 32 bytes }.
    private static let ed25519Head: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]

    /// - Parameter der: SubjectPublicKeyInfo of an Ed25519 key or of one on P-256; nil for anything else.
    package init?(der: [UInt8]) {
        if der.starts(with: Self.ed25519Head), der.count == Self.ed25519Head.count + 32,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: der.suffix(32))
        {
            self.key = .ed25519(key)
        } else if let key = try? P256.Signing.PublicKey(derRepresentation: der) {
            self.key = .p256(key)
        } else {
            return nil
        }
        self.der = der
    }

    /// - Parameter ed25519: 32 bytes.
    package init?(ed25519: [UInt8]) { self.init(der: Self.ed25519Head + ed25519) }

    /// First 8 bytes of the SHA-256 of ``der``.
    package var id: [UInt8] { Array(SHA256.hash(data: der).prefix(8)) }

    package var algorithm: HubSealAlgorithm {
        switch key {
        case .ed25519: .ed25519
        case .p256: .ecdsaP256
        }
    }

    /// - Parameter signature: 64 bytes, as `PaperSeal` says; anything else does not hold.
    func holds(signature: [UInt8], for statement: [UInt8]) -> Bool {
        switch key {
        case .ed25519(let key): return signature.count == 64 && key.isValidSignature(signature, for: statement)
        case .p256(let key):
            guard let parts = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(parts, for: SHA256.hash(data: statement))
        }
    }
}
