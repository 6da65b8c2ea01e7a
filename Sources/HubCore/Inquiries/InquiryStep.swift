// One answer on its way: everything that was known when it came.

import Crypto
import HubDomain
import HubProto

/// An answer to one inquiry of one version of a case.
struct InquiryStep: Sendable {
    let context: CallContext
    let request: LayananAnswerInquiryRequest
    /// ``HubProto/LayananAnswerInquiryRequest/fingerprint()``
    let fingerprint: [UInt8]
    /// Of the inquiry in the case.
    let index: Int
    let before: HubCase
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// Details of a wrong answer that are kept, and contradictions that are told.
    static let detailsMax = 16
    static let contradictionsMax: UInt32 = 16

    func definition() throws(HubError) -> HubServiceDefinition { try catalogue.definition(of: before) }

    func rule() throws(HubError) -> HubInquiryRule? { try definition().inquiry(in: before.inquiries[index].stage) }

    /// The next version of the case.
    func commit(_ state: HubCase, _ tell: (inout HubEvent) -> Void) throws(HubError) -> Commit {
        Commit(state, after: before, .inquired, try definition()) { event in
            event.action = before.inquiries[index].name
            event.actor = context.actor
            tell(&event)
        }
    }

    /// What was answered before: nothing changes.
    func repeated() throws(HubError) -> Commit {
        var commit = Commit(key: context.commitKey, atMillis: nowMillis)
        commit.answer = try LayananAnswerInquiryReply.with {
            ($0.state, $0.repeated, $0.stage) = (before.inquiries[index].state, true, before.stage)
        }.ledgerBytes()
        return commit
    }
}

extension HubInquiry {
    /// Keeps what proves the authority's last word.
    mutating func keep(_ step: InquiryStep) {
        (reference, proof) = (step.request.reference, step.request.proof)
        answerSha256 = .init(step.fingerprint)
    }

    /// Where the ledger keeps which case has it.
    static func recordKey(of id: [UInt8]) -> String { "inquiry/\(Hexadecimal.text(id))" }
}

extension HubFieldValue {
    /// Where the ledger keeps which case got a value from an authority; the value itself is hashed.
    func markKey(of authority: String) throws(HubError) -> String {
        "received/\(authority)/\(name)/\(Hexadecimal.text(SHA256.hash(data: try ledgerBytes())))"
    }
}
