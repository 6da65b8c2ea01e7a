// Papers of the simulated year: signed by a real key whose service is away at times, and printed as a line of text.

import HubCore
import HubDomain
import HubProto
import HubTrust

/// Signs with a real key, but not while it is away.
struct SignatureService: PaperSigner {
    let key: PaperKey
    let clock: ManualClock
    /// From and until, milliseconds since 1970 UTC.
    let outages: [(from: Int64, until: Int64)]

    func seal(_ statement: [UInt8]) async throws(HubError) -> HubPaperSeal {
        let now = clock.nowMillis()
        if outages.contains(where: { $0.from <= now && now < $0.until }) {
            throw HubError(.moduleUnavailable, "the signature service is away", status: .unavailable)
        }
        return try key.seal(statement)
    }

    /// When it is away in a year.
    ///
    /// - Parameters:
    ///   - count: How often, on average.
    ///   - span: First and last moment of the year.
    static func outages(
        count: Double, hours: Spread, in span: ClosedRange<Int64>, chance: Chance
    ) -> [(from: Int64, until: Int64)] {
        var chance = chance.stream("signature")
        return (0..<chance.poisson(mean: count)).map { _ in
            let from = span.lowerBound + Int64(chance.fraction() * Double(span.upperBound - span.lowerBound))
            return (from, from + Int64(hours.draw(&chance) * 3_600_000))
        }.sorted { $0.from < $1.from }
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
