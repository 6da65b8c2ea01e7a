// Who a peer is, read from the certificate that TLS has verified.

package import HubDomain
import X509

/// Reads the principal of a certificate.
package enum PrincipalReader {
    /// The principal among the subject alternative names (RFC 5280, section 4.2.1.6).
    ///
    /// Strict, so that no two readers can take different names from one certificate: exactly one URI, in the form of
    /// ``PrincipalName``. Names of other kinds are of no interest.
    ///
    /// - Parameter der: The peer's own certificate, not that of its issuer.
    /// - Returns: `urn:elayanan:<department>:<name>`, or nil when the certificate has no URI at all.
    /// - Throws: ``HubError/Code/principalInvalid`` with status UNAUTHENTICATED for anything else.
    package static func principal(fromDER der: [UInt8]) throws(HubError) -> String? {
        try names(fromDER: der).principal
    }

    /// The principal, as ``principal(fromDER:)`` reads it, and the certificate's number.
    ///
    /// - Throws: ``HubError/Code/principalInvalid`` with status UNAUTHENTICATED, also for a number that is none.
    package static func names(fromDER der: [UInt8]) throws(HubError) -> (principal: String?, serial: CertificateSerial)
    {
        let names: SubjectAlternativeNames?
        let number: Certificate.SerialNumber
        do {
            let certificate = try Certificate(derEncoded: der)
            names = try certificate.extensions.subjectAlternativeNames
            number = certificate.serialNumber
        } catch {
            throw invalid("certificate cannot be decoded")
        }
        guard let serial = CertificateSerial(number.bytes) else { throw invalid("certificate has no serial number") }
        return (try principal(among: names), serial)
    }

    private static func principal(among names: SubjectAlternativeNames?) throws(HubError) -> String? {
        var uris: [String] = []
        for case .uniformResourceIdentifier(let uri) in names ?? SubjectAlternativeNames() { uris.append(uri) }
        guard let uri = uris.first else { return nil }
        guard uris.count == 1 else { throw invalid("certificate has \(uris.count) URI names, expected one") }
        guard let principal = PrincipalName(uri) else {
            throw invalid("certificate's URI is not urn:elayanan:<department>:<name>")
        }
        return principal.description
    }

    private static func invalid(_ detail: String) -> HubError {
        HubError(.principalInvalid, detail, status: .unauthenticated)
    }
}
