// Signs the certificates of new principals with the authority in the state directory.

import HubCore
import HubDomain
import HubTrust

/// The hub's own authority, behind the port that `Admin/AddPrincipal` asks.
struct StateSigner: CertificateSigner {
    let authority: CertificateAuthority

    /// Valid from now by the machine's clock, whatever the hub's clock says: TLS knows no other.
    func sign(request: [UInt8], principal: String, nowMillis: Int64) throws(HubError) -> (
        certificate: [UInt8], authority: [UInt8]
    ) {
        guard let name = PrincipalName(principal) else {
            throw HubError(.principalInvalid, "principal must be urn:elayanan:<department>:<name>")
        }
        var random = SystemRandomNumberGenerator()
        let issued = try authority.issue(
            request: request, kind: .client(principal: name.description), nowMillis: SystemClock().nowMillis(),
            serial: StateDirectory.serial(&random))
        return (issued.der, authority.certificateDER)
    }
}
