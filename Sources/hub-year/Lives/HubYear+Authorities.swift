// Stages that inquire: the authority's adapter takes what waits, asks, and brings what it heard.

import HubDomain
import HubProto
import HubTestKit

/// An inquiry that an adapter has.
struct InquiryInHand: Sendable {
    var life: Int
    var authority: String
    var inquiry: LayananTakenInquiry
    /// The authority needs more time than the hub gives.
    var isSlow: Bool
}

extension HubYear {
    /// The adapter takes what may be asked now.
    mutating func takeInquiries(of name: String, at now: Int64) async throws {
        guard let delay = authorities[name]?.plan.delay else { return }
        // Whatever one worker has is given to it again; what is asked at the same time has workers of its own.
        takes += 1
        let request = LayananTakeInquiriesRequest.with { ($0.max, $0.worker) = (32, "\(takes)") }
        let reply = try await inside.call(
            .takeInquiries, request, as: LayananTakeInquiriesReply.self, by: .adapter(of: name))
        for inquiry in reply.inquiries {
            guard let life = livesByNumber[inquiry.case] else { continue }
            var chance = chance.stream("authority/\(inquiry.name)", life, inquiry.time)
            let wait = Int64(min(delay.draw(&chance), 86_400) * 1_000)
            let most = max(0, inquiry.leaseMs - now - 1_000)
            agenda.add(
                .reply(InquiryInHand(life: life, authority: name, inquiry: inquiry, isSlow: wait > most)),
                at: now + min(wait, most))
        }
    }

    /// The authority has answered, or could not be asked.
    mutating func tell(_ hand: InquiryInHand, at now: Int64) async throws {
        let (name, inquiry) = (hand.authority, hand.inquiry)
        guard let busy = authorities[name]?.plan.busy.value, let refuses = authorities[name]?.plan.refuses.value else {
            return
        }
        var chance = chance.stream("authority/word/\(inquiry.name)", hand.life, inquiry.time)
        let isBusy = chance.happens(busy) || hand.isSlow
        let isRefused = chance.happens(refuses)
        let caller = Caller.adapter(of: name)
        switch authorities[name]?.reply(to: inquiry, isBusy: isBusy, isRefused: isRefused, nowMillis: now) {
        case .answer(let answer):
            _ = try await call(
                .answerInquiry, answer, as: LayananAnswerInquiryReply.self, by: caller, life: hand.life)
            try await look(hand.life, at: now)
        case .problem(let problem):
            let fail = LayananFailInquiryRequest.with { ($0.id, $0.problem) = (inquiry.id, problem) }
            let reply = try await call(
                .failInquiry, fail, as: LayananFailInquiryReply.self, by: caller, life: hand.life)
            if reply.state == .waiting { agenda.add(.inquiries(of: name), at: max(reply.nextMs, now + 1_000)) }
        case .silence, nil: break
        }
    }

    /// When offices open, somebody releases what the hub had put aside because an authority was away for too long.
    mutating func releaseInquiries(at now: Int64) async throws {
        for name in scenario.authorities.map(\.name) {
            let request = LayananRetryInquiriesRequest.with { $0.authority = name }
            let reply = try await inside.call(
                .retryInquiries, request, as: LayananRetryInquiriesReply.self, by: .admin)
            authorities[name]?.count.released += reply.released.count
            if !reply.released.isEmpty { agenda.add(.inquiries(of: name), at: now) }
        }
    }
}

extension LayananTakenInquiry {
    /// Another number for each time that it is asked.
    fileprivate var time: Int { Int(round) * 1_000 + Int(attempt) }
}
