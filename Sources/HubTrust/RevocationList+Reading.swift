// Reads a list of revoked certificates back: this authority's own, in the one form in which it is written.

import FoundationEssentials
import HubDomain
import SwiftASN1
import X509

extension RevocationList {
    /// What stands in a list before anybody has looked at its signature.
    struct Unverified {
        let list: RevocationList
        /// The bytes that are signed.
        let toBeSigned: [UInt8]
        let signature: ASN1BitString
    }

    /// Takes a list apart.
    ///
    /// Strict in one step: what was read is written again, and must be the same bytes. So no order, no encoding and no
    /// extension passes that this program would not write, and nothing is overlooked.
    ///
    /// - Parameter issuer: The authority's certificate.
    /// - Throws: ``HubError/Code/configurationInvalid`` for anything but a list of this issuer.
    static func read(_ der: [UInt8], issuer: Certificate) throws(HubError) -> Unverified {
        guard der.count <= bytesMax else {
            throw HubError(.configurationInvalid, "revocation list of \(der.count) bytes, at most \(bytesMax)")
        }
        do {
            let parts = try parts(of: der)
            let list = try contents(of: parts.toBeSigned)
            let toBeSigned = try list.toBeSigned(issuer: issuer)
            let written = try signed(toBeSigned, signature: Array(parts.signature.bytes))
            guard written == der else { throw Malformed() }
            return Unverified(list: list, toBeSigned: toBeSigned, signature: parts.signature)
        } catch {
            throw HubError(.configurationInvalid, "not a revocation list of this authority")
        }
    }

    private struct Malformed: Error {}

    private static func parts(of der: [UInt8]) throws -> (toBeSigned: ASN1Node, signature: ASN1BitString) {
        try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
            guard let toBeSigned = nodes.next(), nodes.next() != nil else { throw Malformed() }
            return (toBeSigned, try ASN1BitString(derEncoded: &nodes))
        }
    }

    /// Reads what differs between two lists of one authority; the rest is compared when it is written again.
    private static func contents(of node: ASN1Node) throws -> RevocationList {
        try DER.sequence(node, identifier: .sequence) { nodes in
            for _ in ["version", "signature", "issuer"] where nodes.next() == nil { throw Malformed() }
            let thisUpdate = try time(nodes.next())
            let nextUpdate = try time(nodes.next())
            guard var next = nodes.next() else { throw Malformed() }
            var entries: [Entry] = []
            if next.identifier == .sequence {
                entries = try DER.sequence(next, identifier: .sequence) { nodes in
                    var entries: [Entry] = []
                    while let node = nodes.next() { entries.append(try entry(node)) }
                    return entries
                }
                guard let behind = nodes.next() else { throw Malformed() }
                next = behind
            }
            return try RevocationList(
                number: number(inExtensions: next), thisUpdateMillis: thisUpdate, nextUpdateMillis: nextUpdate,
                entries: entries)
        }
    }

    private static func entry(_ node: ASN1Node) throws -> Entry {
        try DER.sequence(node, identifier: .sequence) { nodes in
            guard let serial = CertificateSerial(try ArraySlice<UInt8>(derEncoded: &nodes)) else { throw Malformed() }
            let atMillis = try time(nodes.next())
            guard let extensions = nodes.next() else {
                return Entry(serial: serial, atMillis: atMillis, reason: .unspecified)
            }
            let value = try DER.sequence(extensions, identifier: .sequence) { nodes in
                guard let only = nodes.next() else { throw Malformed() }
                return try extensionValue(only).value
            }
            // ENUMERATED of one byte.
            guard value.count == 3, let code = value.last, let reason = RevocationReason(rawValue: code) else {
                throw Malformed()
            }
            return Entry(serial: serial, atMillis: atMillis, reason: reason)
        }
    }

    /// authorityKeyIdentifier, which follows from the issuer, and cRLNumber.
    private static func number(inExtensions node: ASN1Node) throws -> UInt64 {
        try DER.sequence(node, identifier: extensions) { nodes in
            guard let list = nodes.next() else { throw Malformed() }
            return try DER.sequence(list, identifier: .sequence) { nodes in
                guard nodes.next() != nil, let second = nodes.next() else { throw Malformed() }
                let (oid, value) = try extensionValue(second)
                guard oid == numberOID else { throw Malformed() }
                return try UInt64(derEncoded: value)
            }
        }
    }

    private static func extensionValue(_ node: ASN1Node) throws -> (oid: ASN1ObjectIdentifier, value: [UInt8]) {
        try DER.sequence(node, identifier: .sequence) { nodes in
            let oid = try ASN1ObjectIdentifier(derEncoded: &nodes)
            return (oid, Array(try ASN1OctetString(derEncoded: &nodes).bytes))
        }
    }

    private static func time(_ node: ASN1Node?) throws -> Int64 {
        guard let node else { throw Malformed() }
        let day: CalendarDate?
        let seconds: Int
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            day = CalendarDate(year: time.year, month: time.month, day: time.day)
            seconds = time.hours * 3_600 + time.minutes * 60 + time.seconds
        } else {
            let time = try GeneralizedTime(derEncoded: node)
            day = CalendarDate(year: time.year, month: time.month, day: time.day)
            seconds = time.hours * 3_600 + time.minutes * 60 + time.seconds
        }
        guard let day else { throw Malformed() }
        return day.startMillis(utcOffsetMinutes: 0) + Int64(seconds) * 1_000
    }
}
