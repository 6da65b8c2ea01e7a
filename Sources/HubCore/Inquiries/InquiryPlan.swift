// What a case asks of an authority in a stage, and what becomes of it when the case leaves. Pure.

import Crypto
import HubDomain
import HubProto

/// The inquiries of one definition.
///
/// A stage that inquires holds the case until the authority has answered or refused; one whose answer the case has is
/// passed through, so that nothing is asked twice. A case that goes another way drops what it asked, and asks again under
/// the same id when it comes back: to the authority it is the same request.
struct InquiryPlan: Sendable {
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// Completes a step, whoever made it.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when a stage is not there, or stages lead in a circle.
    func complete(_ state: inout HubCase) throws(HubError) {
        for _ in 0...definition.stages.count {
            drop(&state)
            guard let rule = definition.inquiry(in: state.stage) else { return }
            guard rule.isAnswered(in: state.data) else {
                if !state.inquiries.contains(where: \.isOpen) { try ask(rule, &state) }
                return
            }
            try move(&state, to: rule.answeredTo)
        }
        throw HubError(.definitionInvalid, "\(definition.service): stages that ask nothing lead in a circle")
    }

    /// The hub sends the case on.
    func move(_ state: inout HubCase, to stage: String) throws(HubError) {
        try DeadlinePlan(definition: definition, calendars: catalogue.calendars)
            .move(&state, to: stage, nowMillis: nowMillis)
    }

    /// What another stage asked is not waited for any more.
    private func drop(_ state: inout HubCase) {
        for index in state.inquiries.indices
        where state.inquiries[index].isOpen && state.inquiries[index].stage != state.stage {
            state.inquiries[index].state = .dropped
            state.inquiries[index].nextMs = 0
        }
    }

    private func ask(_ rule: HubInquiryRule, _ state: inout HubCase) throws(HubError) {
        let known = state.inquiries.firstIndex { $0.name == rule.name }
        var inquiry = HubInquiry()
        inquiry.id = .init(HubInquiry.id(of: rule.name, caseID: [UInt8](state.id)))
        (inquiry.name, inquiry.title, inquiry.authority) = (rule.name, rule.title, rule.authority)
        (inquiry.stage, inquiry.state) = (state.stage, .waiting)
        inquiry.round = min(known.map { state.inquiries[$0].round } ?? 0, .max - 1) + 1
        (inquiry.askedMs, inquiry.nextMs) = (nowMillis, nowMillis)
        inquiry.giveUpMs = rule.giveUp(from: nowMillis)
        if let known { state.inquiries[known] = inquiry } else { state.inquiries.append(inquiry) }
    }
}

extension HubServiceDefinition {
    /// What a stage asks; nil when it asks nothing.
    func inquiry(in stage: String) -> HubInquiryRule? {
        self.stage(stage).flatMap { $0.hasInquires ? $0.inquires : nil }
    }
}

extension HubInquiryRule {
    /// The case has everything that the authority must give.
    func isAnswered(in data: [HubFieldValue]) -> Bool {
        receives.allSatisfy { received in
            received.mayLack || data.contains { $0.name == received.field && $0.value != nil }
        }
    }

    /// When a person must look, milliseconds since 1970 UTC.
    func giveUp(from nowMillis: Int64) -> Int64 {
        let (sum, overflow) = nowMillis.addingReportingOverflow(Int64(hoursMax) * 3_600_000)
        return overflow ? .max : sum
    }

    /// Milliseconds to wait after so many failures in a row.
    func wait(failures: UInt32) -> Int64 {
        let first = Int64(waitSeconds) * 1_000
        let most = Int64(waitSecondsMax) * 1_000
        return failures == 0 ? 0 : min(first << Int64(min(failures - 1, 16)), most)
    }
}

extension HubInquiry {
    /// The same for ever: 16 bytes.
    static func id(of name: String, caseID: [UInt8]) -> [UInt8] {
        [UInt8](SHA256.hash(data: caseID + Array("inquiry/\(name)".utf8)).prefix(16))
    }
}
