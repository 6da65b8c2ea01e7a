// What adapters of authorities do: take what waits, and say when the authority cannot be asked.

import HubDomain
import HubProto

/// `layanan.v1.Authority` for adapters. An adapter is a program with a certificate of its authority: the hub opens no
/// connection to anybody.
struct InquiryDesk: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let access: CaseAccess
    let deadlines: DeadlinePassage
    let completion: StepCompletion
    let intake: DocumentIntake
    let board: AuthorityBoard
    let health: HealthBoard
    let clock: any HubClock
    let pause: @Sendable (UInt32) async -> Void

    /// How often something is done anew after the case changed meanwhile.
    static let attempts = 5
    /// Inquiries given at once, and milliseconds waited for one.
    private static let takeMax: (inquiries: Int, millis: UInt32) = (32, 25_000)
    /// Milliseconds between two looks while an adapter waits.
    private static let lookMillis: UInt32 = 200
    /// Bytes of a worker's name.
    private static let workerMax = 64

    // MARK: Take

    /// `layanan.v1.Authority/Take`. Changes something without a key: what a lost answer gave, the worker is given again.
    func take(
        _ context: CallContext, _ request: LayananTakeInquiriesRequest
    ) async throws(HubError) -> LayananTakeInquiriesReply {
        guard request.worker.utf8.count <= Self.workerMax, FormRules.isClean(request.worker, lines: false) else {
            throw HubError(
                .formInvalid, "take",
                violations: [
                    Violation(
                        "worker", "form", id: "Paling banyak 64 bita.", en: "At most 64 bytes, no control characters.")
                ])
        }
        let holder = InquiryHolder(principal: context.actor.principal, worker: request.worker)
        let most = min(max(Int(clamping: request.max), 1), Self.takeMax.inquiries)
        var left = min(request.waitMs, Self.takeMax.millis)
        while true {
            board.attended(context.actor.department, nowMillis: clock.nowMillis())
            let taken = try await takeNow(holder, most, context)
            guard taken.isEmpty, left > 0, health.isServing("") == true, !Task.isCancelled else {
                return .with { $0.inquiries = taken }
            }
            await pause(min(left, Self.lookMillis))
            left -= min(left, Self.lookMillis)
        }
    }

    private func takeNow(
        _ holder: InquiryHolder, _ most: Int, _ context: CallContext
    ) async throws(HubError) -> [LayananTakenInquiry] {
        var taken: [LayananTakenInquiry] = []
        let places: [WaitingPlace] = [.inquiryTaken(by: holder), .inquiryWaiting(at: context.actor.department)]
        for place in places {
            // Some may be gone when their turn comes.
            for found in try await ledger.waiting(place, limit: most * 2) where taken.count < most {
                if let one = try await take(found, holder, context) { taken.append(one) }
            }
        }
        return taken
    }

    /// nil when somebody else was faster, or a person must look at it.
    private func take(
        _ before: HubCase, _ holder: InquiryHolder, _ context: CallContext
    ) async throws(HubError) -> LayananTakenInquiry? {
        let catalogue = rulebook.catalogue
        let now = clock.nowMillis()
        guard
            let index = before.inquiries.firstIndex(where: {
                $0.authority == context.actor.department && $0.mayBeTaken(by: holder, nowMillis: now)
            }), let definition = try? catalogue.definition(of: before),
            let rule = definition.inquiry(in: before.inquiries[index].stage)
        else { return nil }
        var state = before
        let isTaken = state.inquiries[index].take(holder, rule, nowMillis: now)
        state.follow(before, now)
        let commit = Commit(state, after: before, .inquired, definition) { event in
            event.action = rule.name
            event.actor = context.actor
        }
        guard case .committed = try await journal.commit(commit), isTaken else { return nil }
        return .with {
            let inquiry = state.inquiries[index]
            ($0.id, $0.name, $0.round, $0.attempt) = (inquiry.id, inquiry.name, inquiry.round, inquiry.attempts)
            ($0.case, $0.service, $0.definitionVersion) = (state.number, state.service, state.definitionVersion)
            $0.leaseMs = inquiry.nextMs
            $0.values = state.data.filter { rule.sends.contains($0.name) }
            ($0.receives, $0.documents) = (rule.receives, rule.documents)
        }
    }

    // MARK: Fail

    /// `layanan.v1.Authority/Fail`. Of an inquiry that the caller has no more it changes nothing.
    func fail(_ context: CallContext, _ request: LayananFailInquiryRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        guard [.unreachable, .busy, .unclear].contains(request.problem) else {
            throw HubError(
                .formInvalid, "failure",
                violations: [
                    Violation(
                        "problem", "choice", id: "Pilih tidak terjangkau, sibuk, atau tidak jelas.",
                        en: "Choose UNREACHABLE, BUSY or UNCLEAR.")
                ])
        }
        board.failed(context.actor.department, request.problem, nowMillis: clock.nowMillis())
        for _ in 1...Self.attempts {
            let (before, index) = try await find([UInt8](request.id), context.actor)
            let now = clock.nowMillis()
            let catalogue = rulebook.catalogue
            let definition = try catalogue.definition(of: before)
            var state = before
            var commit = Commit(key: context.commitKey, atMillis: now)
            if let rule = definition.inquiry(in: before.inquiries[index].stage),
                before.inquiries[index].state == .taken,
                before.inquiries[index].takenBy == context.actor.principal
            {
                state.inquiries[index].fail(
                    request.problem, retryAfterSeconds: request.retryAfterSeconds, rule, nowMillis: now)
                state.follow(before, now)
                commit = Commit(state, after: before, .inquired, key: context.commitKey, definition) { event in
                    event.action = rule.name
                    event.actor = context.actor
                }
            }
            let inquiry = state.inquiries[index]
            commit.answer = try LayananFailInquiryReply.with {
                ($0.state, $0.nextMs) = (inquiry.state, inquiry.nextMs)
            }.ledgerBytes()
            if let answer = try await journal.commit(commit).callAnswer() { return answer }
        }
        throw CaseCommands.stale(present: 0)
    }

    // MARK: Parts

    /// The case of an inquiry of the caller's authority; whether another one is there is not told.
    func find(
        _ id: [UInt8], _ actor: HubActor
    ) async throws(HubError) -> (state: HubCase, index: Int) {
        guard id.count == 16, let record = try await ledger.record(HubInquiry.recordKey(of: id)),
            let state = try await ledger.caseState(id: record.body),
            let index = state.inquiries.firstIndex(where: { [UInt8]($0.id) == id && $0.authority == actor.department })
        else { throw Self.unknown }
        return (state, index)
    }

    static let unknown = HubError(.inquiryUnknown, "no such inquiry of this authority")
}
