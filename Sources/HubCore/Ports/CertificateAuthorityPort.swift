// The port for certificates: who makes them, and who tells the world which no longer hold.

package import HubDomain
package import HubProto

/// A certificate that was made.
package struct SignedCertificate: Sendable {
    /// DER, both.
    package let certificate: [UInt8]
    package let authority: [UInt8]
    package let serial: CertificateSerial
    /// Until when it is valid, milliseconds since 1970 UTC.
    package let endMillis: Int64

    package init(certificate: [UInt8], authority: [UInt8], serial: CertificateSerial, endMillis: Int64) {
        self.certificate = certificate
        self.authority = authority
        self.serial = serial
        self.endMillis = endMillis
    }
}

/// The regency's authority; HubTrust and the state directory stand behind it.
package protocol CertificateSigner: Sendable {
    /// The machine's clock, milliseconds since 1970 UTC: TLS compares certificates with it even where the hub's clock is a
    /// manual one.
    func nowMillis() -> Int64

    /// - Parameters:
    ///   - request: PKCS #10 in DER; its signature is checked, its subject ignored.
    ///   - principal: Goes into the URI SAN.
    /// - Throws: ``HubError/Code/principalInvalid`` when the request is not well formed.
    func sign(request: [UInt8], principal: String) throws(HubError) -> SignedCertificate

    /// Replaces the list of revoked certificates that others read.
    ///
    /// - Parameter revoked: All that are on it, with serial, date and reason.
    /// - Throws: ``HubError/Code/configurationInvalid`` when the file cannot be written.
    func publish(_ revoked: [HubCertificate]) throws(HubError)
}
