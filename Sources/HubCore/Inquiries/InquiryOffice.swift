// What officers see and release of inquiries, and what everybody may know of authorities.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Authority` for offices and for the public.
struct InquiryOffice: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let access: CaseAccess
    let board: AuthorityBoard
    let clock: any HubClock

    /// Inquiries that one call releases.
    private static let releaseMax = 100
    private static let attempts = 3

    // MARK: Status

    /// `layanan.v1.Authority/Status`
    func status(
        _ context: CallContext, _ request: LayananAuthorityStatusRequest
    ) async throws(HubError) -> LayananAuthorityStatusReply {
        var reply = LayananAuthorityStatusReply()
        let authorities = rulebook.catalogue.authorities
        for name in authorities.keys.sorted() where [name, ""].contains(request.authority) {
            let all = try await ledger.waitingCount(.inquired(of: name))
            let parked = try await ledger.waitingCount(.inquiryParked(at: name))
            let oldest = try await ledger.waiting(.inquired(of: name), limit: 1).first?.inquiry(of: name)?.askedMs
            var status = LayananAuthorityStatus(
                name, board.heard(of: name), waiting: all > parked ? all - parked : 0, oldestMillis: oldest ?? 0,
                nowMillis: clock.nowMillis())
            status.parked = parked
            status.services = authorities[name] ?? []
            reply.authorities.append(status)
        }
        return reply
    }

    // MARK: List

    /// `layanan.v1.Authority/List`
    func list(
        _ context: CallContext, _ request: LayananListInquiriesRequest
    ) async throws(HubError) -> LayananListInquiriesReply {
        let limit =
            request.pageSize == 0 ? CaseReads.pageSize.standard : min(Int(request.pageSize), CaseReads.pageSize.max)
        let names = rulebook.catalogue.authorities.keys.sorted().filter { [$0, ""].contains(request.authority) }
        var found: [LayananListedInquiry] = []
        for name in names {
            let place: WaitingPlace = request.parked ? .inquiryParked(at: name) : .inquired(of: name)
            found += try await ledger.waiting(place, limit: limit + 1) { state in
                guard access.sees(context.actor, state) else { return nil }
                return access.view(of: state, for: context.actor).inquiry(of: name)
                    .map { LayananListedInquiry(state, $0) }
            }
        }
        found.sort { ($0.inquiry.askedMs, $0.case) < ($1.inquiry.askedMs, $1.case) }
        return .with {
            $0.inquiries = Array(found.prefix(limit))
            $0.more = found.count > limit
        }
    }

    // MARK: Retry

    /// `layanan.v1.Authority/Retry`. Each release is a change of its own: after a break the same key releases the rest.
    func retry(_ context: CallContext, _ request: LayananRetryInquiriesRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        guard request.authority.isEmpty != request.case.isEmpty else {
            throw HubError(
                .formInvalid, "retry",
                violations: [
                    Violation(
                        "authority", "one_of", id: "Sebutkan instansi atau nomor berkas, salah satu.",
                        en: "Name an authority or a case, one of them.")
                ])
        }
        var reply = LayananRetryInquiriesReply()
        if request.case.isEmpty {
            let parked = try await ledger.waiting(.inquiryParked(at: request.authority), limit: Self.releaseMax + 1) {
                access.works(context.actor, on: $0) ? $0 : nil
            }
            for state in parked.prefix(Self.releaseMax) {
                if let released = try await release(state, "", context.actor) { reply.released.append(released) }
            }
            reply.more = parked.count > Self.releaseMax
        } else {
            reply.released = [try await retry(one: request, context.actor)]
        }
        var commit = Commit(key: context.commitKey, atMillis: clock.nowMillis())
        commit.answer = try reply.ledgerBytes()
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.internalFault, "a commit that expects nothing cannot conflict")
        }
        return answer
    }

    private func retry(
        one request: LayananRetryInquiriesRequest, _ actor: HubActor
    ) async throws(HubError) -> LayananListedInquiry {
        for _ in 1...Self.attempts {
            let state = try await CaseReads(ledger: ledger, access: access).find(request.case, actor)
            guard access.works(actor, on: state) else {
                throw HubError(.permissionDenied, "inquiries are released by who works on the case")
            }
            guard state.inquiries.contains(where: { $0.isParked(as: request.name) }) else {
                throw HubError(.actionNotAllowed, "nothing of this case is parked", facts: ["stage": state.stage])
            }
            if let released = try await release(state, request.name, actor) { return released }
        }
        throw CaseCommands.stale(present: 0)
    }

    /// nil when the case changed meanwhile, or nothing is parked.
    private func release(
        _ before: HubCase, _ name: String, _ actor: HubActor
    ) async throws(HubError) -> LayananListedInquiry? {
        guard let index = before.inquiries.firstIndex(where: { $0.isParked(as: name) }) else { return nil }
        let definition = try rulebook.catalogue.definition(of: before)
        guard let rule = definition.inquiry(in: before.inquiries[index].stage) else { return nil }
        var state = before
        let now = clock.nowMillis()
        state.inquiries[index].release(rule, nowMillis: now)
        state.follow(before, now)
        let commit = Commit(state, after: before, .inquired, definition) { event in
            event.action = rule.name
            event.actor = actor
        }
        guard case .committed = try await journal.commit(commit) else { return nil }
        return LayananListedInquiry(state, state.inquiries[index])
    }
}

extension HubInquiry {
    /// - Parameter name: "" = whatever its name.
    fileprivate func isParked(as name: String) -> Bool { state == .parked && (name.isEmpty || name == self.name) }
}

extension HubCase {
    /// What waits at an authority, or is parked.
    fileprivate func inquiry(of authority: String) -> HubInquiry? {
        inquiries.first { $0.authority == authority && $0.isOpen }
    }
}

extension LayananListedInquiry {
    fileprivate init(_ state: HubCase, _ inquiry: HubInquiry) {
        self.init()
        (self.case, service, self.inquiry) = (state.number, state.service, inquiry)
    }
}

extension ServiceCatalogue {
    /// Authorities that a definition asks, with the services that do.
    var authorities: [String: [String]] {
        var services: [String: Set<String>] = [:]
        for definition in entries.values.flatMap(\.known.values) {
            for stage in definition.stages where stage.hasInquires {
                services[stage.inquires.authority, default: []].insert(definition.service)
            }
        }
        return services.mapValues { $0.sorted() }
    }
}
