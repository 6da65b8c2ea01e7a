// The public list and the timeline of a public case, for everybody who may ask.

import HubDomain
import HubProto

/// `layanan.v1.Complaints/Public`, `Timeline` and `Nearby`
struct PublicCases: Sendable {
    let ledger: any Ledger
    let rulebook: Rulebook
    let clock: any HubClock

    /// Lines of a page, by default and at most, and cases that are looked at for one.
    private static let page: (standard: Int, max: Int, looked: Int) = (50, 100, 1_000)
    /// Steps of a timeline, and events that are read at once and in all for one.
    private static let history: (steps: Int, events: Int, looked: Int) = (200, 200, 10_000)

    private func view() -> PublicView { PublicView(catalogue: rulebook.catalogue, nowMillis: clock.nowMillis()) }

    func list(
        _ context: CallContext, _ request: LayananPublicCasesRequest
    ) async throws(HubError) -> LayananPublicCasesReply {
        let view = view()
        let definition = try published(request.service, view)
        var query = try query(request, definition)
        let wanted = request.pageSize == 0 ? Self.page.standard : min(Int(request.pageSize), Self.page.max)
        var reply = LayananPublicCasesReply()
        var left = Self.page.looked
        while left > 0 {
            query.limit = min(left, wanted + 1, CaseQuery.limitMax)
            let page = try await ledger.cases(query, nowMillis: view.nowMillis)
            for state in page {
                guard reply.cases.count < wanted else { return reply }  // The token stands before this one.
                (query.before, reply.nextPageToken) = ([UInt8](state.id), state.id)
                guard let own = view.definition(of: state), matches(request, state, own) else { continue }
                reply.cases.append(try await view.case(state, own, ledger))
            }
            left -= page.count
            if page.count < query.limit {
                reply.nextPageToken = .init()
                break
            }
        }
        return reply
    }

    func timeline(
        _ context: CallContext, _ request: LayananTimelineRequest
    ) async throws(HubError) -> LayananTimelineReply {
        let view = view()
        let (state, definition) = try await find(request.case, view)
        let shown = try await view.case(state, definition, ledger)
        let steps = try await steps(of: state, definition, view)
        return .with { ($0.case, $0.steps) = (shown, steps) }
    }

    /// Most events are no step: they take no step's room.
    private func steps(
        of state: HubCase, _ definition: HubServiceDefinition, _ view: PublicView
    ) async throws(HubError) -> [LayananPublicStep] {
        var steps: [LayananPublicStep] = []
        var (version, left) = (UInt64(0), Self.history.looked)
        while steps.count < Self.history.steps, left > 0 {
            let events = try await ledger.events(
                ofCase: [UInt8](state.id), afterVersion: version, limit: Self.history.events)
            steps += view.steps(events, definition)
            left -= events.count
            guard events.count == Self.history.events, let last = events.last else { break }
            version = last.caseVersion
        }
        return Array(steps.prefix(Self.history.steps))
    }

    func nearby(
        _ context: CallContext, _ request: LayananNearbyRequest
    ) async throws(HubError) -> LayananNearbyReply {
        let view = view()
        let definition = try published(request.service, view)
        guard let place = GeoPoint(latitude: request.latitude, longitude: request.longitude) else {
            throw HubError(.filterInvalid, "latitude, longitude: millionths of a degree, up to 90 and 180 degrees")
        }
        let search = NearbySearch(ledger: ledger, catalogue: view.catalogue, nowMillis: view.nowMillis)
        let cases = try await search.cases(near: place, of: definition, category: request.category)
        return .with { $0.cases = cases }
    }

    /// A public case by its number; others are answered like one that does not exist.
    func find(
        _ name: String, _ view: PublicView
    ) async throws(HubError) -> (state: HubCase, definition: HubServiceDefinition) {
        guard let number = CaseNumber(parsing: name) else {
            throw HubError(.caseNotFound, "no case number with a right check digit")
        }
        guard let state = try await ledger.caseState(number: number.text), let definition = view.definition(of: state)
        else { throw Scope.notFound }
        return (state, definition)
    }

    // MARK: Filters

    private func published(_ service: String, _ view: PublicView) throws(HubError) -> HubServiceDefinition {
        let today = view.catalogue.today(view.nowMillis)
        guard let definition = view.catalogue.current(service, today: today), definition.interface == .complaints,
            definition.hasPublishes
        else { throw HubError(.serviceUnknown, "no service of this name whose cases are public") }
        return definition
    }

    /// The ledger looks by the category or, without one, by the area.
    private func query(
        _ request: LayananPublicCasesRequest, _ definition: HubServiceDefinition
    ) throws(HubError) -> CaseQuery {
        var query = CaseQuery()
        query.service = request.service
        query.stage = request.stage.isEmpty ? nil : request.stage
        query.openOnly = request.open
        let rule = definition.publishes
        for (name, field, value) in [
            ("area", rule.area, request.area), ("category", rule.category, request.category),
        ] where !value.isEmpty {
            guard let entry = definition.searchable(field)?.indexEntry(searching: value) else {
                throw HubError(.filterInvalid, "\(name): the public list of \(request.service) is not filtered by it")
            }
            query.index = entry
        }
        if !request.pageToken.isEmpty {
            guard request.pageToken.count == 16 else {
                throw HubError(.filterInvalid, "page_token: use the one of the answer before")
            }
            query.before = [UInt8](request.pageToken)
        }
        return query
    }

    private func matches(
        _ request: LayananPublicCasesRequest, _ state: HubCase, _ definition: HubServiceDefinition
    ) -> Bool {
        let rule = definition.publishes
        return (request.area.isEmpty || state.data.plainText(of: rule.area) == request.area)
            && (request.category.isEmpty || state.data.plainText(of: rule.category) == request.category)
    }
}
