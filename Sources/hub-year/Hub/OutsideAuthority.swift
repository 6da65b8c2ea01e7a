// An authority beside the regency: what it says, and when it cannot be reached.

import HubProto
import HubTestKit

/// Makes numbers of nobody, and is away at times. Chance of a case is passed in, so that it meets the same fate in every run.
struct OutsideAuthority: Sendable {
    let plan: AuthorityPlan
    let outages: Outages
    /// By inquiry.
    private var registers: [String: SimulatedAuthority]
    var count = InquiryCount()

    init(_ plan: AuthorityPlan, outages: Outages) {
        (self.plan, self.outages) = (plan, outages)
        registers = plan.gives.mapValues { SimulatedAuthority(seed: 1, makers: $0) }
    }

    /// What it says to a request.
    mutating func reply(
        to inquiry: LayananTakenInquiry, isBusy: Bool, isRefused: Bool, nowMillis: Int64
    ) -> SimulatedAuthority.Reply {
        registers[inquiry.name]?.downUntilMillis = outages.end(at: nowMillis) ?? .min
        registers[inquiry.name]?.habits.busy = isBusy ? 100 : 0
        registers[inquiry.name]?.habits.refuses = isRefused ? 100 : 0
        let reply = registers[inquiry.name]?.reply(to: inquiry, nowMillis: nowMillis) ?? .problem(.unclear)
        switch reply {
        case .answer(let answer) where answer.hasRefusal: count.refused += 1
        case .answer: count.answered += 1
        case .problem: count.failed += 1
        case .silence: break
        }
        return reply
    }
}

/// How inquiries of one authority went.
struct InquiryCount: Sendable {
    var answered = 0
    var refused = 0
    /// Attempts that brought nothing.
    var failed = 0
    /// Inquiries that the hub had put aside, and a person released.
    var released = 0
}
