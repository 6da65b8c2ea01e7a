// The list of revoked certificates as a value, and how it is written: an X.509 CRL of version 2.

import FoundationEssentials
package import HubDomain
import SwiftASN1
import X509

/// Why a certificate was revoked; numbers of RFC 5280, section 5.3.1.
package enum RevocationReason: UInt8, Sendable, CaseIterable {
    case unspecified = 0
    case keyCompromise = 1
    case affiliationChanged = 3
    case superseded = 4
    case cessationOfOperation = 5
}

/// What others who trust the authority need in order not to trust a certificate that was revoked (RFC 5280, section 5).
///
/// Times are milliseconds since 1970 UTC by the real clock, whole seconds.
package struct RevocationList: Sendable, Hashable {
    /// One certificate.
    package struct Entry: Sendable, Hashable {
        package let serial: CertificateSerial
        package let atMillis: Int64
        package let reason: RevocationReason

        /// Parts of a second are dropped.
        package init(serial: CertificateSerial, atMillis: Int64, reason: RevocationReason) {
            self.serial = serial
            self.atMillis = atMillis / 1_000 * 1_000
            self.reason = reason
        }
    }

    /// Rises with each list of an authority.
    package let number: UInt64
    /// When it was made.
    package let thisUpdateMillis: Int64
    /// By when there is another one.
    package let nextUpdateMillis: Int64
    /// Sorted by serial, each once.
    package let entries: [Entry]

    /// The most certificates on a list.
    package static let entriesMax = 30_000
    /// The most a list may be, bytes; an entry has less than 60.
    package static let bytesMax = 2_097_152
    /// Until when a list holds. Long enough for a hub that is down over a weekend and the holidays behind it.
    package static let validMillis: Int64 = 7 * 86_400_000
    /// Times that X.509 and this program can say: 1970 to 9000.
    static let times: ClosedRange<Int64> = 0...221_845_392_000_000

    /// - Parameter entries: In any order; of two with one serial the first counts.
    /// - Throws: ``HubError/Code/configurationInvalid`` for more than ``entriesMax`` of them and for times out of the world.
    package init(
        number: UInt64, thisUpdateMillis: Int64, nextUpdateMillis: Int64, entries: [Entry]
    ) throws(HubError) {
        guard entries.count <= Self.entriesMax else {
            throw HubError(
                .configurationInvalid, "\(entries.count) certificates on a revocation list, at most \(Self.entriesMax)")
        }
        for millis in [thisUpdateMillis, nextUpdateMillis] + entries.map(\.atMillis) {
            guard Self.times.contains(millis) else {
                throw HubError(.configurationInvalid, "a revocation list says \(millis) ms since 1970")
            }
        }
        var seen: Set<CertificateSerial> = []
        self.number = number
        self.thisUpdateMillis = thisUpdateMillis / 1_000 * 1_000
        self.nextUpdateMillis = nextUpdateMillis / 1_000 * 1_000
        self.entries = entries.filter { seen.insert($0.serial).inserted }
            .sorted { ($0.serial.bytes.count, $0.serial.description) < ($1.serial.bytes.count, $1.serial.description) }
    }

    // MARK: Writing

    static let reasonOID: ASN1ObjectIdentifier = [2, 5, 29, 21]
    static let numberOID: ASN1ObjectIdentifier = [2, 5, 29, 20]
    /// `ecdsa-with-SHA256` (RFC 5758, section 3.2), without parameters.
    private static let signatureOID: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]

    /// `CertificateList`: what is signed, how, and the signature.
    ///
    /// - Parameter signature: Of ``toBeSigned(issuer:)``, as `Ecdsa-Sig-Value`.
    static func signed(_ toBeSigned: [UInt8], signature: [UInt8]) throws -> [UInt8] {
        var coder = DER.Serializer()
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            coder.serializeRawBytes(toBeSigned)
            try writeAlgorithm(&coder)
            try coder.serialize(ASN1BitString(bytes: signature[...]))
        }
        return coder.serializedBytes
    }

    /// `TBSCertList`. There is one way to write a list of an issuer.
    func toBeSigned(issuer: Certificate) throws -> [UInt8] {
        var coder = DER.Serializer()
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize(1)  // v2
            try Self.writeAlgorithm(&coder)
            try coder.serialize(issuer.subject)
            try Self.write(thisUpdateMillis, to: &coder)
            try Self.write(nextUpdateMillis, to: &coder)
            if !entries.isEmpty {  // RFC 5280, section 5.1.2.6: absent when there is none.
                try coder.appendConstructedNode(identifier: .sequence) { coder in
                    for entry in entries { try entry.write(to: &coder) }
                }
            }
            try coder.appendConstructedNode(identifier: Self.extensions) { coder in
                try coder.appendConstructedNode(identifier: .sequence) { coder in
                    let authority = try AuthorityKeyIdentifier(
                        keyIdentifier: SubjectKeyIdentifier(hash: issuer.publicKey).keyIdentifier
                    ).makeCertificateExtension()
                    try Self.write(authority.oid, value: Array(authority.value), to: &coder)
                    try Self.write(Self.numberOID, value: Self.der { try $0.serialize(number) }, to: &coder)
                }
            }
        }
        return coder.serializedBytes
    }

    static let extensions = ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)

    private static func writeAlgorithm(_ coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { try $0.serialize(signatureOID) }
    }

    /// `Extension`, not critical.
    fileprivate static func write(
        _ oid: ASN1ObjectIdentifier, value: [UInt8], to coder: inout DER.Serializer
    ) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize(oid)
            try coder.serialize(ASN1OctetString(contentBytes: value[...]))
        }
    }

    fileprivate static func der(_ write: (inout DER.Serializer) throws -> Void) rethrows -> [UInt8] {
        var coder = DER.Serializer()
        try write(&coder)
        return coder.serializedBytes
    }

    /// `Time`: UTCTime to the end of 2049, GeneralizedTime from then on (RFC 5280, section 5.1.2.4).
    fileprivate static func write(_ millis: Int64, to coder: inout DER.Serializer) throws {
        let day = CalendarDate(epochMillis: millis, utcOffsetMinutes: 0)
        let seconds = Int((millis - day.startMillis(utcOffsetMinutes: 0)) / 1_000)
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
        if day.year < 2050 {
            try coder.serialize(
                UTCTime(
                    year: day.year, month: day.month, day: day.day, hours: hours, minutes: minutes,
                    seconds: seconds % 60))
        } else {
            try coder.serialize(
                GeneralizedTime(
                    year: day.year, month: day.month, day: day.day, hours: hours, minutes: minutes,
                    seconds: seconds % 60, fractionalSeconds: 0))
        }
    }
}

extension RevocationList.Entry {
    /// One element of `revokedCertificates`; a reason that was not given is left out (RFC 5280, section 5.3.1).
    fileprivate func write(to coder: inout DER.Serializer) throws {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.serialize(serial.bytes[...])
            try RevocationList.write(atMillis, to: &coder)
            guard reason != .unspecified else { return }
            try coder.appendConstructedNode(identifier: .sequence) { coder in
                let value = RevocationList.der { coder in
                    coder.appendPrimitiveNode(identifier: .enumerated) { $0.append(reason.rawValue) }
                }
                try RevocationList.write(RevocationList.reasonOID, value: value, to: &coder)
            }
        }
    }
}
