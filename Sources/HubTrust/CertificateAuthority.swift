// The hub's own authority: makes and signs certificates.

import Crypto
import FoundationEssentials
package import HubDomain
import X509

/// What a certificate is for.
package enum CertificateKind: Sendable, Hashable {
    /// A program that calls; the principal is `urn:elayanan:<department>:<name>`.
    case client(principal: String)
    /// A hub; DNS names and numeric addresses under which clients reach it.
    case server(hosts: [String])
}

/// A signed certificate.
package struct IssuedCertificate: Sendable, Hashable {
    /// As TLS and `AddPrincipalReply` carry it.
    package let der: [UInt8]
    /// As files hold it.
    package let pem: String
    /// Its number.
    package let serial: CertificateSerial
    /// Until when it is valid, milliseconds since 1970 UTC.
    package let endMillis: Int64
}

/// Signs certificates with a P-256 key. Its own certificate is valid for ten years.
///
/// Times are those of the real clock: TLS compares certificates with it even when the hub runs on `--clock manual`.
package struct CertificateAuthority: Sendable {
    /// The authority's certificate in PEM; not secret.
    package let certificatePEM: String
    /// The same in DER.
    package let certificateDER: [UInt8]
    /// The authority's key in PEM. Secret.
    package var keyPEM: String { key.pem }

    let certificate: Certificate
    let key: PrivateKey

    /// Days an issued certificate may be valid (Mozilla's modern profile: 90).
    package static let validDaysMax = 90
    /// Milliseconds that certificates begin early, for peers whose clocks are behind.
    private static let skewMillis: Int64 = 5 * 60_000
    private static let dayMillis: Int64 = 86_400_000
    /// 1970 to 9000, so that no date that follows leaves what X.509 can say.
    private static let times: ClosedRange<Int64> = skewMillis...221_845_392_000_000

    /// Makes a new authority with a new key from the system's random source.
    ///
    /// - Parameters:
    ///   - nowMillis: Milliseconds since 1970 UTC.
    ///   - serial: 16 random bytes.
    package static func create(nowMillis: Int64, serial: [UInt8]) throws(HubError) -> Self {
        try checkTime(nowMillis)
        let key = PrivateKey()
        do {
            let name = try DistinguishedName { CommonName("E-Layanan Makmur authority") }
            let certificate = try Certificate(
                version: .v3, serialNumber: serialNumber(serial), publicKey: key.certificateKey.publicKey,
                notValidBefore: date(nowMillis - skewMillis), notValidAfter: date(nowMillis + 3_653 * dayMillis),
                issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    SubjectKeyIdentifier(hash: key.certificateKey.publicKey)
                }, issuerPrivateKey: key.certificateKey)
            return try Self(certificate, key: key)
        } catch {
            throw HubError(.internalFault, "authority's certificate: \(error)")
        }
    }

    /// Loads what ``create(nowMillis:serial:)`` made.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when one is broken or they do not belong together.
    package init(certificatePEM: String, keyPEM: String) throws(HubError) {
        let key = try PrivateKey(pem: keyPEM)
        guard let certificate = try? Certificate(pemEncoded: certificatePEM) else {
            throw HubError(.configurationInvalid, "authority's certificate is not a certificate in PEM")
        }
        guard case .isCertificateAuthority = try? certificate.extensions.basicConstraints else {
            throw HubError(.configurationInvalid, "authority's certificate is not one of an authority")
        }
        guard certificate.publicKey == key.certificateKey.publicKey else {
            throw HubError(.configurationInvalid, "authority's certificate and key do not belong together")
        }
        do {
            try self.init(certificate, key: key)
        } catch {
            throw HubError(.configurationInvalid, "authority's certificate: \(error)")
        }
    }

    /// A secret that follows from the authority's key: the same for everyone who holds it, another one for each purpose.
    ///
    /// - Returns: 32 bytes (HKDF-SHA256, RFC 5869).
    package func secret(for purpose: String) -> [UInt8] {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(keyPEM.utf8)), info: Array("elayanan \(purpose)".utf8),
            outputByteCount: 32)
        return key.withUnsafeBytes { [UInt8]($0) }
    }

    /// Signs the key of a PKCS #10 request. The request's own signature is checked first; its subject is ignored.
    ///
    /// - Parameters:
    ///   - der: The request, as ``CertificateRequest/make(_:)`` or any other program makes it.
    ///   - validDays: 1 to ``validDaysMax``.
    ///   - revocationList: Where others find out whether it was revoked. Without one it says that nobody tells (noRevAvail).
    ///   - nowMillis: Milliseconds since 1970 UTC, by the real clock.
    ///   - serial: 16 random bytes.
    /// - Throws: ``HubError/Code/principalInvalid`` for a wrong request, principal or host;
    ///   ``HubError/Code/configurationInvalid`` for wrong days or times.
    package func issue(
        request der: [UInt8], kind: CertificateKind, validDays: Int = validDaysMax,
        revocationList: RevocationListURI? = nil, nowMillis: Int64, serial: [UInt8]
    ) throws(HubError) -> IssuedCertificate {
        try Self.checkTime(nowMillis)
        guard (1...Self.validDaysMax).contains(validDays) else {
            throw HubError(
                .configurationInvalid, "certificate for \(validDays) days, expected 1 to \(Self.validDaysMax)")
        }
        let publicKey = try CertificateRequest.verifiedKey(der)
        let names = try kind.names()
        do {
            let end = min(Self.date(nowMillis + Int64(validDays) * Self.dayMillis), certificate.notValidAfter)
            let issued = try Certificate(
                version: .v3, serialNumber: Self.serialNumber(serial), publicKey: publicKey,
                notValidBefore: Self.date(nowMillis - Self.skewMillis), notValidAfter: end,
                issuer: certificate.subject, subject: DistinguishedName { CommonName(kind.commonName) },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([kind.usage])
                    SubjectAlternativeNames(names)
                    SubjectKeyIdentifier(hash: publicKey)
                    AuthorityKeyIdentifier(
                        keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
                    // RFC 9608, section 3: one or the other, never both.
                    try revocationList?.certificateExtension() ?? Self.noRevocationAvailable
                }, issuerPrivateKey: key.certificateKey)
            let pem = try issued.serializeAsPEM()
            guard let number = CertificateSerial(issued.serialNumber.bytes) else {
                throw HubError(.internalFault, "a serial number of zero")
            }
            return IssuedCertificate(
                der: pem.derBytes, pem: pem.pemString + "\n", serial: number,
                endMillis: Int64(end.timeIntervalSince1970) * 1_000)
        } catch {
            throw HubError(.internalFault, "certificate: \(error)")
        }
    }

    /// noRevAvail (RFC 9608, section 3): nobody outside the hub learns that a certificate was revoked; it runs out.
    private static let noRevocationAvailable = Certificate.Extension(
        oid: [2, 5, 29, 56], critical: false, value: [0x05, 0x00])

    private init(_ certificate: Certificate, key: PrivateKey) throws {
        self.certificate = certificate
        self.key = key
        let pem = try certificate.serializeAsPEM()
        certificatePEM = pem.pemString + "\n"
        certificateDER = pem.derBytes
    }

    private static func checkTime(_ nowMillis: Int64) throws(HubError) {
        guard times.contains(nowMillis) else {
            throw HubError(.configurationInvalid, "the clock says \(nowMillis) ms since 1970; set it right")
        }
    }

    private static func date(_ millis: Int64) -> Date { Date(timeIntervalSince1970: Double(millis / 1_000)) }

    /// Positive and at most 20 bytes, as RFC 5280, section 4.1.2.2 wants it.
    private static func serialNumber(_ random: [UInt8]) -> Certificate.SerialNumber {
        Certificate.SerialNumber(bytes: [0x40 | (random.first ?? 0) & 0x3F] + random.dropFirst().prefix(19))
    }
}
