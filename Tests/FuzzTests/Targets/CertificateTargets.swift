// Certificates that peers show, requests for them that programs send, and lists of those that were revoked, in DER.

import HubDomain
import X509

@testable import HubTrust

extension FuzzTarget {
    static let certificates = [certificate, certificateRequest, revocationList]

    /// Whom a certificate names that TLS has let in.
    private static let certificate = FuzzTarget(
        "certificate", verdicts: [.accepted, "nobody", "E2003"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            guard let urn = try PrincipalReader.principal(fromDER: [UInt8](input)) else { return "nobody" }
            guard PrincipalName(urn)?.description == urn else {
                throw HubError(.internalFault, "a certificate names what is no principal")
            }
            return .accepted
        }
    }

    private static let certificateRequest = FuzzTarget(
        "certificate_request", verdicts: [.accepted, "E2003"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            _ = try CertificateRequest.verifiedKey([UInt8](input))
            return .accepted
        }
    }

    /// The list that a hub finds in its state directory, or somebody put there. Whatever is let through says what this
    /// program says, in the same bytes.
    private static let revocationList = FuzzTarget(
        "revocation_list", verdicts: [.accepted, "unsigned", "E5005"]
    ) { (input) throws(BrokenPromise) in
        guard let issuer = try? Certificate(pemEncoded: issuerPEM) else {
            throw BrokenPromise(description: "the issuer cannot be read")
        }
        return try verdict { () throws(HubError) in
            let found = try RevocationList.read([UInt8](input), issuer: issuer)
            let list = try RevocationList(
                number: found.list.number, thisUpdateMillis: found.list.thisUpdateMillis,
                nextUpdateMillis: found.list.nextUpdateMillis, entries: found.list.entries.reversed())
            guard list == found.list, (try? list.toBeSigned(issuer: issuer)) == found.toBeSigned else {
                throw HubError(.internalFault, "a list is not written as it was read")
            }
            return found.isSigned(by: issuer) ? .accepted : "unsigned"
        }
    }

    /// Whose lists the corpus has; its key is gone.
    private static let issuerPEM = """
        -----BEGIN CERTIFICATE-----
        MIIBjTCCATOgAwIBAgIQZaWlpaWlpaWlpaWlpaWlpTAKBggqhkjOPQQDAjAlMSMw
        IQYDVQQDDBpFLUxheWFuYW4gTWFrbXVyIGF1dGhvcml0eTAeFw0yNjA5MjExNDA4
        MjBaFw0zNjA5MjExNDEzMjBaMCUxIzAhBgNVBAMMGkUtTGF5YW5hbiBNYWttdXIg
        YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPjuK+JRiiE/or/3x
        DoPCFG37wPI8SnYlIstL8pOc5AoHnncDg4rJ5JMskNbqbtCWSS5N7jyFxklUgNbR
        WIk+gKNFMEMwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwHQYD
        VR0OBBYEFGcwSy2XHdHQlGX6POlwUz4NDYeqMAoGCCqGSM49BAMCA0gAMEUCIQC8
        q4KgIShnRZvlOzg0ufxfWzq/hLCE0tfCHcnIMnmg3QIgOH6Y2CVgwLDRAsjDfCwE
        KYh4tqXBm75BnJ1h+QysZ4E=
        -----END CERTIFICATE-----
        """
}
