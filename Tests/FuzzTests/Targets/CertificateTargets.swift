// Certificates that peers show and requests for them that programs send, in DER.

import HubDomain

@testable import HubTrust

extension FuzzTarget {
    static let certificates = [certificate, certificateRequest]

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
}
