// The life of one inquiry: taken, put off, lapsed, parked, released, answered. Pure.

import HubDomain
package import HubProto

extension HubInquiry {
    /// An answer is still welcome.
    package var isOpen: Bool { [.waiting, .taken, .parked].contains(state) }

    /// An adapter may have it now.
    func mayBeTaken(by holder: InquiryHolder, nowMillis: Int64) -> Bool {
        switch state {
        case .waiting: nextMs <= nowMillis
        case .taken: nextMs <= nowMillis || self.holder == holder
        default: false
        }
    }

    /// Who has it.
    var holder: InquiryHolder { InquiryHolder(principal: takenBy, worker: worker) }

    /// Gives it to an adapter. One that was given and not answered counts as lapsed first: whoever dies of an inquiry
    /// each time must not have it for ever.
    ///
    /// - Returns: Whether it was given; otherwise it is parked.
    mutating func take(_ holder: InquiryHolder, _ rule: HubInquiryRule, nowMillis: Int64) -> Bool {
        if state == .taken { blame(.lapsed, [], rule, nowMillis) }
        guard state == .waiting else { return false }
        state = .taken
        attempts = min(attempts, .max - 1) + 1
        (takenBy, worker) = (holder.principal, holder.worker)
        nextMs = nowMillis.addingReportingOverflow(Int64(rule.leaseSeconds) * 1_000).partialValue
        return true
    }

    /// The authority could not be asked, or not understood.
    ///
    /// - Parameter retryAfterSeconds: What the authority wants; 0 = the rule says it.
    mutating func fail(
        _ problem: HubInquiryProblem, retryAfterSeconds: UInt32, _ rule: HubInquiryRule, nowMillis: Int64
    ) {
        if problem == .unclear { blame(problem, [], rule, nowMillis) } else { putOff(problem, [], rule, nowMillis) }
        guard state == .waiting else { return }
        let wanted = Int64(min(retryAfterSeconds, Self.retryAfterMax)) * 1_000
        nextMs = max(nextMs, nowMillis.addingReportingOverflow(wanted).partialValue)
    }

    /// Its answer was not what was asked for.
    ///
    /// - Parameter details: `<field>/<rule>`, nothing personal.
    mutating func mistake(_ details: [String], _ rule: HubInquiryRule, nowMillis: Int64) {
        blame(.wrong, details, rule, nowMillis)
    }

    /// What its timer stands for: its adapter has vanished, or its time is over.
    mutating func wake(_ rule: HubInquiryRule, nowMillis: Int64) {
        if state == .taken, nextMs <= nowMillis { blame(.lapsed, [], rule, nowMillis) }
        if state == .waiting, giveUpMs <= nowMillis { park(problem == .unspecified ? .expired : problem) }
    }

    /// A person has looked: it is asked again, with all its time.
    mutating func release(_ rule: HubInquiryRule, nowMillis: Int64) {
        state = .waiting
        (faults, failures, problem, details) = (0, 0, .unspecified, [])
        (nextMs, giveUpMs) = (nowMillis, rule.giveUp(from: nowMillis))
    }

    /// The authority's last word.
    mutating func end(_ state: HubInquiryState, nowMillis: Int64) {
        self.state = state
        (answeredMs, nextMs, takenBy, worker) = (nowMillis, 0, "", "")
        (problem, details) = (.unspecified, [])
    }

    // MARK: Parts

    /// Longest wait that an authority may ask for, seconds.
    private static let retryAfterMax: UInt32 = 86_400

    /// What went wrong may be its own fault: after some times a person must look.
    private mutating func blame(
        _ problem: HubInquiryProblem, _ details: [String], _ rule: HubInquiryRule, _ nowMillis: Int64
    ) {
        faults = min(faults, .max - 1) + 1
        putOff(problem, details, rule, nowMillis)
        if faults >= rule.faultsMax { park(problem) }
    }

    private mutating func putOff(
        _ problem: HubInquiryProblem, _ details: [String], _ rule: HubInquiryRule, _ nowMillis: Int64
    ) {
        failures = min(failures, .max - 1) + 1
        (self.problem, self.details) = (problem, details)
        guard state != .parked else { return }
        state = .waiting
        (takenBy, worker) = ("", "")
        nextMs = nowMillis.addingReportingOverflow(rule.wait(failures: failures)).partialValue
        if giveUpMs <= nowMillis { park(problem) }
    }

    private mutating func park(_ problem: HubInquiryProblem) {
        (state, self.problem, nextMs, takenBy, worker) = (.parked, problem, 0, "", "")
    }
}

/// One worker of an adapter.
package struct InquiryHolder: Sendable, Hashable {
    /// As in its certificate.
    package var principal: String
    /// As it calls itself.
    package var worker: String

    package init(principal: String, worker: String) { (self.principal, self.worker) = (principal, worker) }
}

extension HubCase {
    /// Where its inquiries wait, and what says when their turn comes.
    var inquiryTurns: [(place: WaitingPlace, dueMillis: Int64)] {
        guard !ended else { return [] }
        return inquiries.filter(\.isOpen).flatMap { inquiry -> [(place: WaitingPlace, dueMillis: Int64)] in
            let present: (place: WaitingPlace, dueMillis: Int64) =
                switch inquiry.state {
                case .taken: (.inquiryTaken(by: inquiry.holder), inquiry.nextMs)
                case .parked: (.inquiryParked(at: inquiry.authority), inquiry.askedMs)
                default: (.inquiryWaiting(at: inquiry.authority), inquiry.nextMs)
                }
            return [present, (.inquired(of: inquiry.authority), inquiry.askedMs)]
        }
    }
}

extension HubInquiry {
    /// How the clock's row of an inquiry begins; no deadline of a definition can be called so.
    static let timerPrefix = "inquiry/"

    /// When the hub looks at it by itself; nil = it waits for nothing.
    package var timer: DueTimer? {
        switch state {
        case .waiting: DueTimer(name: Self.timerPrefix + name, dueMillis: giveUpMs)
        case .taken: DueTimer(name: Self.timerPrefix + name, dueMillis: nextMs)
        default: nil
        }
    }

    /// What events tell of it: nothing personal.
    var forEvents: HubInquiry {
        var inquiry = self
        (inquiry.title, inquiry.reference, inquiry.takenBy, inquiry.worker) = (HubText(), "", "", "")
        return inquiry
    }

    /// A citizen sees whom the case waits for, how often it was tried and what is in the way.
    var forApplicants: HubInquiry {
        var inquiry = self
        (inquiry.reference, inquiry.takenBy, inquiry.worker, inquiry.details) = ("", "", "", [])
        (inquiry.proof, inquiry.answerSha256, inquiry.wrongSha256) = (.init(), .init(), .init())
        return inquiry
    }
}
