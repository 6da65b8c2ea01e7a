// The authority in the state directory: signs for new principals, and keeps the list of revoked certificates in a file.

import HubCore
import HubDomain
import HubProto
import HubTrust

/// The hub's own authority, behind the port that ``HubCore`` asks.
struct StateSigner: CertificateSigner {
    let authority: CertificateAuthority
    /// What new certificates say of the list's place.
    let revocationList: RevocationListURI?
    /// Where the list is written.
    let file: PublishedFile

    /// - Throws: ``HubError/Code/configurationInvalid`` when the state directory or `crl_uri` is wrong.
    init(_ state: StateDirectory, _ configuration: HubConfiguration) throws(HubError) {
        authority = try state.loadAuthority()
        if let uri = configuration.crlURI {
            revocationList = try RevocationListURI(uri)
        } else {
            revocationList = nil
        }
        file = PublishedFile(path: configuration.crlFile ?? state.revocationList)
    }

    /// The machine's clock, whatever the hub's clock says.
    func nowMillis() -> Int64 { SystemClock().nowMillis() }

    func sign(request: [UInt8], principal: String) throws(HubError) -> SignedCertificate {
        guard let name = PrincipalName(principal) else {
            throw HubError(.principalInvalid, "principal must be urn:elayanan:<department>:<name>")
        }
        var random = SystemRandomNumberGenerator()
        let issued = try authority.issue(
            request: request, kind: .client(principal: name.description), revocationList: revocationList,
            nowMillis: nowMillis(), serial: StateDirectory.serial(&random))
        return SignedCertificate(
            certificate: issued.der, authority: authority.certificateDER, serial: issued.serial,
            endMillis: issued.endMillis)
    }

    func publish(_ revoked: [HubCertificate]) throws(HubError) {
        let now = nowMillis()
        let list = try RevocationList(
            number: nextNumber(nowMillis: now), thisUpdateMillis: now,
            nextUpdateMillis: now + RevocationList.validMillis,
            entries: revoked.compactMap { certificate in
                CertificateSerial(certificate.serial).map { serial in
                    RevocationList.Entry(
                        serial: serial, atMillis: certificate.revokedMs,
                        reason: RevocationReason(rawValue: UInt8(clamping: certificate.reason.rawValue))
                            ?? .unspecified)
                }
            })
        try file.replace(with: try authority.sign(list))
    }

    /// One more than the list that is there; seconds since 1970 where there is none, so that a list that was lost is not
    /// followed by a lower number.
    private func nextNumber(nowMillis: Int64) -> UInt64 {
        let seconds = UInt64(clamping: nowMillis / 1_000)
        // Another authority's list, or a broken one, is replaced like one that is not there.
        guard let bytes = try? file.bytes(max: RevocationList.bytesMax),
            let present = try? authority.verifiedList(bytes), present.number < .max
        else { return seconds }
        return max(present.number + 1, seconds)
    }
}
