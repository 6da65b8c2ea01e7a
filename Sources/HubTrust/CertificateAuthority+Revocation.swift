// What the authority says of certificates that no longer hold.

package import HubDomain
import X509

extension CertificateAuthority {
    /// Signs a list.
    ///
    /// - Returns: DER, as a file `*.crl` holds it (RFC 2585, section 3).
    package func sign(_ list: RevocationList) throws(HubError) -> [UInt8] {
        do {
            let toBeSigned = try list.toBeSigned(issuer: certificate)
            return try RevocationList.signed(toBeSigned, signature: key.signature(of: toBeSigned))
        } catch {
            throw HubError(.internalFault, "revocation list: \(error)")
        }
    }

    /// Reads a list that this authority signed.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` for anything else.
    package func verifiedList(_ der: [UInt8]) throws(HubError) -> RevocationList {
        let found = try RevocationList.read(der, issuer: certificate)
        guard found.isSigned(by: certificate) else {
            throw HubError(.configurationInvalid, "the signature of the revocation list does not hold")
        }
        return found.list
    }
}

extension RevocationList.Unverified {
    func isSigned(by issuer: Certificate) -> Bool {
        issuer.publicKey.isValidSignature(
            Array(signature.bytes), for: toBeSigned, signatureAlgorithm: .ecdsaWithSHA256)
    }
}
