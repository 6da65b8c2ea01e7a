// Citizens follow the public complaints of others instead of making them again.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Complaints/Follow`, `Unfollow` and `Following`
struct FollowService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let clock: any HubClock

    /// How often what changes follows is made anew when others change the same ones at the same time.
    static let attempts = 32

    private var book: FollowBook { FollowBook(ledger: ledger) }
    private var cases: PublicCases { PublicCases(ledger: ledger, rulebook: rulebook, clock: clock) }
    private var view: PublicView { PublicView(catalogue: rulebook.catalogue, nowMillis: clock.nowMillis()) }

    func follow(_ context: CallContext, _ request: LayananFollowRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, follows: true)
    }

    func unfollow(_ context: CallContext, _ request: LayananFollowRequest) async throws(HubError) -> CallAnswer {
        try await change(context, request.case, follows: false)
    }

    func following(
        _ context: CallContext, _ request: LayananFollowingRequest
    ) async throws(HubError) -> LayananFollowingReply {
        let view = view
        var reply = LayananFollowingReply()
        for id in try await book.cases(of: context.actor.applicantReference).ids {
            guard let state = try await ledger.caseState(id: id), let definition = view.definition(of: state) else {
                continue
            }
            reply.cases.append(try await view.case(state, definition, ledger))
        }
        return reply
    }

    private func change(
        _ context: CallContext, _ number: String, follows: Bool
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let person = context.actor.applicantReference
        for _ in 1...Self.attempts {
            let state = try await found(number, follows, person)
            if follows, state.ended { throw HubError(.followRefused, "the case has ended: read its timeline") }
            if follows, state.applicant == person {
                throw HubError(.followRefused, "it is the caller's own case, of which the caller is told anyway")
            }
            let change = try await book.change(person, [UInt8](state.id), follows: follows)
            let followed = if let change { change.followed } else { try await book.cases(of: person).ids.count }
            var commit = Commit(key: context.commitKey, atMillis: clock.nowMillis())
            commit.records = change?.records ?? []
            commit.answer = try LayananFollowReply.with {
                ($0.following, $0.followed) = (follows, UInt32(clamping: followed))
            }.ledgerBytes()
            if let answer = try await journal.commit(commit).callAnswer() { return answer }
        }
        throw HubError(.versionStale, "too many follow this case at this moment; try again")
    }

    /// A public case; or one that was public and is still followed, which can be left.
    private func found(_ number: String, _ follows: Bool, _ person: String) async throws(HubError) -> HubCase {
        do throws(HubError) { return try await cases.find(number, view).state } catch {
            guard !follows, error.code == .caseNotFound, let known = CaseNumber(parsing: number),
                let state = try await ledger.caseState(number: known.text),
                try await book.cases(of: person).ids.contains([UInt8](state.id))
            else { throw error }
            return state
        }
    }
}
