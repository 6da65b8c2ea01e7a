// Papers of the simulated year: signed by a real key whose service is away at times, and printed as a line of text.

import HubCore
import HubDomain
import HubProto
import HubTrust

/// Signs with a real key, but not while it is away.
struct SignatureService: PaperSigner {
    let key: PaperKey
    let clock: ManualClock
    let outages: Outages

    func seal(_ statement: [UInt8]) async throws(HubError) -> HubPaperSeal {
        if outages.end(at: clock.nowMillis()) != nil {
            throw HubError(.moduleUnavailable, "the signature service is away", status: .unavailable)
        }
        return try key.seal(statement)
    }
}

/// A page of text in place of a PDF: laying out tens of thousands of pages would tell nothing of a year.
struct PlainPrinter: PaperPrinter {
    func pdf(of order: PaperOrder) async throws(HubError) -> [UInt8] {
        Array("\(order.template.name)\n\(order.qrText)\ncopy \(order.copy)".utf8)
    }
}

/// Nobody gets a certificate in a simulated year.
struct NoCertificates: CertificateSigner {
    func nowMillis() -> Int64 { 0 }
    func sign(request: [UInt8], principal: String) throws(HubError) -> SignedCertificate {
        throw HubError(.principalInvalid, "there are no certificates here")
    }
    func publish(_ revoked: [HubCertificate]) throws(HubError) {}
}
