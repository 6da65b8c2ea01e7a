// Principals and certificates as rows and as JSON.

import HubDomain
import HubProto

extension HubCertificate {
    static let columns: [Table.Column] = [
        .text("PRINCIPAL", shrinks: true), .text("SERIAL"), .text("ENDS"), .text("REVOKED"),
        .wide("REASON"),
    ]

    /// Hexadecimal, as `openssl x509 -serial` shows it.
    var number: String { CertificateSerial(serial)?.description ?? "" }

    var row: [String] {
        [
            principal, number, Self.day(endsMs), Self.day(revokedMs),
            revokedMs == 0 ? "" : reason.word,
        ]
    }

    /// In UTC; a serial that can be read to its end matters more than the minute.
    private static func day(_ millis: Int64) -> String { String(Moment.minute(millis).prefix(10)) }

    /// `{"principal","serial","issued","ends","revoked","reason"}`
    var members: [(String, JSON)] {
        [
            ("principal", .text(principal)), ("serial", .text(number)), ("issued", .moment(issuedMs)),
            ("ends", .moment(endsMs)), ("revoked", .moment(revokedMs)),
            ("reason", .text(revokedMs == 0 ? "" : reason.word)),
        ]
    }
}

extension HubPrincipalInfo {
    /// One for each certificate; one without a serial where the hub made none, with the date since which others do not hold.
    var shown: [HubCertificate] {
        guard certificates.isEmpty else { return certificates }
        return [
            .with {
                $0.principal = principal
                $0.revokedMs = othersRevokedMs
            }
        ]
    }

    /// `{"role","unit"}`
    var members: [(String, JSON)] { [("role", .string(role)), ("unit", .text(unit))] }
}
