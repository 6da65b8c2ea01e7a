// Public cases near a place, so that nobody must report what was reported.

import HubDomain
import HubProto

/// Looks around a place.
struct NearbySearch: Sendable {
    let ledger: any Ledger
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// Cases that are told, and cases that are looked at.
    static let casesMax = 20
    private static let candidatesMax = 1_000
    /// Cases read at once. Where half a town complains of one spot, the newest of them are enough.
    private static let page = 64

    /// The nearest first, of each place's newest. None where the definition compares no places, or publishes none.
    ///
    /// - Parameters:
    ///   - own: Number of the case from which one looks; "" = of none.
    ///   - category: Only cases of this category; "" = all.
    func cases(
        near place: GeoPoint, of definition: HubServiceDefinition, except own: String = "", category: String = ""
    ) async throws(HubError) -> [LayananNearbyCase] {
        guard definition.hasPublishes,
            let rule = definition.likenesses.filter({ $0.metres > 0 }).max(by: { $0.metres < $1.metres })
        else { return [] }
        let view = PublicView(catalogue: catalogue, nowMillis: nowMillis)
        let reach = Double(rule.metres)
        let oldest = rule.openDays == 0 ? .min : nowMillis - Int64(rule.openDays) * 86_400_000
        var found: [LayananNearbyCase] = []
        var left = Self.candidatesMax
        // A place may be off by the coarseness to this side and that.
        for entry in PlaceIndex.entries(around: place, radius: reach + 2 * GeoPoint.coarseness, rule.latitude) {
            var query = CaseQuery()
            (query.service, query.index, query.openOnly) = (definition.service, entry, true)
            query.limit = Self.page
            let known = found.count
            while left > 0 {
                let page = try await ledger.cases(query, nowMillis: nowMillis)
                left -= page.count
                for state in page where state.number != own && state.createdMs >= oldest {
                    guard let near = view.near(place, reach, state), ["", near.category].contains(category) else {
                        continue
                    }
                    found.append(near)
                }
                guard page.count == query.limit, found.count - known < Self.casesMax, let last = page.last else {
                    break
                }
                query.before = [UInt8](last.id)
            }
        }
        return Array(found.sorted { ($0.metres, $0.number) < ($1.metres, $1.number) }.prefix(Self.casesMax))
    }
}
