// Reading cases: one, many, and what happened. Never asks a module.

import HubDomain
import HubProto

/// `layanan.v1.Cases`, without Watch.
package struct CaseReads: Sendable {
    let ledger: any Ledger
    let access: CaseAccess

    private var policy: Policy { access.policy }

    /// Lines in a page of a list, by default and at most.
    static let pageSize: (standard: Int, max: Int) = (50, 200)
    /// Events in an answer of History, and bytes of them: a page always holds one event, however long.
    static let historyPage: (events: Int, bytes: Int) = (200, 1_048_576)

    /// The case of this number or UUID, if the actor may see it.
    func find(_ name: String, _ actor: HubActor) async throws(HubError) -> HubCase {
        let state: HubCase?
        if let id = CaseID(text: name) {
            state = try await ledger.caseState(id: id.bytes)
        } else if let number = CaseNumber(parsing: name) {
            state = try await ledger.caseState(number: number.text)
        } else {
            throw HubError(.caseNotFound, "neither a case number with a right check digit nor a UUID")
        }
        guard let state, access.sees(actor, state) else { throw Scope.notFound }
        return state
    }

    func get(
        _ context: CallContext, _ request: LayananGetCaseRequest, catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> LayananGetCaseReply {
        let state = try await find(request.case, context.actor)
        let countdowns = state.deadlines.compactMap {
            LayananCountdown($0, calendars: catalogue.calendars, nowMillis: nowMillis)
        }
        return .with {
            $0.case = access.view(of: state, for: context.actor)
            $0.countdowns = countdowns
        }
    }

    func history(
        _ context: CallContext, _ request: LayananHistoryRequest
    ) async throws(HubError) -> LayananHistoryReply {
        let state = try await find(request.case, context.actor)
        let events = try await ledger.events(
            ofCase: [UInt8](state.id), afterVersion: request.afterVersion, limit: Self.historyPage.events + 1)
        let page = try Self.page(access.view(of: events, of: state, for: context.actor))
        return .with {
            $0.events = page
            $0.more = page.count < events.count
        }
    }

    /// As many of the first events as fit.
    private static func page(_ events: [HubEvent]) throws(HubError) -> [HubEvent] {
        var page: [HubEvent] = []
        var left = historyPage.bytes
        for event in events.prefix(historyPage.events) {
            left -= try event.ledgerBytes().count
            if left < 0, !page.isEmpty { break }
            page.append(event)
        }
        return page
    }

    func list(
        _ context: CallContext, _ request: LayananListCasesRequest, catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> LayananListCasesReply {
        var query = CaseQuery()
        query.limit = request.pageSize == 0 ? Self.pageSize.standard : min(Int(request.pageSize), Self.pageSize.max)
        query.service = request.service.isEmpty ? nil : request.service
        query.stage = request.stage.isEmpty ? nil : request.stage
        query.openOnly = request.open
        query.overdueOnly = request.overdue
        query.index = try index(request, catalogue: catalogue, nowMillis: nowMillis)
        if !request.pageToken.isEmpty {
            guard request.pageToken.count == 16 else {
                throw HubError(.filterInvalid, "page_token: use the one of the answer before")
            }
            query.before = [UInt8](request.pageToken)
        }
        let scope = Scope(of: context.actor, policy: policy)
        switch scope {
        case .everything: break
        case .department(let department, _): query.department = department
        case .applicant(let reference): query.applicant = reference
        }
        let wanted = query.limit
        query.limit = wanted + 1  // One more tells whether there is a next page.
        let found = try await ledger.cases(query, nowMillis: nowMillis)
        return .with {
            $0.cases = found.prefix(wanted).map(LayananCaseSummary.init)
            if found.count > wanted, let last = found.dropLast().last { $0.nextPageToken = last.id }
        }
    }

    private func index(
        _ request: LayananListCasesRequest, catalogue: ServiceCatalogue, nowMillis: Int64
    ) throws(HubError) -> IndexEntry? {
        guard !request.field.isEmpty else { return nil }
        let today = catalogue.today(nowMillis)
        guard let definition = catalogue.current(request.service, today: today) else {
            throw HubError(.filterInvalid, "field: needs `service` to name a service of the catalogue")
        }
        guard let field = definition.searchable(request.field) else {
            throw HubError(.filterInvalid, "field: the definition of \(request.service) marks no such field for search")
        }
        guard let entry = field.indexEntry(searching: request.value) else {
            throw HubError(.filterInvalid, "value: no \(field.name) can look like this")
        }
        return IndexEntry(field: request.field, value: entry.value)
    }
}

extension LayananCaseSummary {
    init(_ state: HubCase) {
        self.init()
        id = state.id
        number = state.number
        service = state.service
        department = state.department
        stage = state.stage
        ended = state.ended
        version = state.version
        createdMs = state.createdMs
        updatedMs = state.updatedMs
        dueMs = state.earliestRunningDueMillis ?? 0
        escalation = state.escalation
    }
}
