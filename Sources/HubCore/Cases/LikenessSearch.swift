// Other requests that look like one: strict where numbers and days are the same, by similarity where names are, by metres
// where places are.

import HubDomain
import HubProto

/// Finds requests that may be the same one made twice.
struct LikenessSearch: Sendable {
    let ledger: any Ledger
    let definition: HubServiceDefinition
    let tables: [String: TableIndex]
    let nowMillis: Int64

    /// Likenesses that are told of one request.
    static let likenessesMax = 20
    /// Requests of one day, number or place that are compared; a search costs no more.
    private static let candidatesMax = 1_000
    /// Requests read at once. Where half a town complains of one spot, the newest of them are enough.
    private static let page = 64

    /// Everything that looks like this form, the most alike first.
    ///
    /// - Parameter own: Id of the request itself, once it has one.
    func likenesses(of data: [HubFieldValue], except own: [UInt8]) async throws(HubError) -> [HubLikeness] {
        var found: [HubLikeness] = []
        for rule in definition.likenesses {
            guard let entries = entries(to: rule, data) else { continue }
            let names = rule.names.isEmpty ? NameRules.none : NameRules(tables[rule.names])
            var left = Self.candidatesMax
            for entry in entries {
                var hits = 0
                try await candidates(entry, openOnly: rule.metres > 0, &left) { other in
                    if [UInt8](other.id) != own, !rule.except.contains(other.stage),
                        !found.contains(where: { $0.case == other.number }), rule.isYoung(other, nowMillis),
                        let score = score(rule, data, other.data, names)
                    {
                        found.append(.with { ($0.rule, $0.case, $0.score) = (rule.name, other.number, score) })
                        hits += 1
                    }
                    // Of names the most alike may come last; of what is the same, or near by, the newest will do.
                    return !rule.alike.isEmpty || hits < Self.likenessesMax
                }
            }
        }
        return Array(found.sorted { ($1.score, $0.case) < ($0.score, $1.case) }.prefix(Self.likenessesMax))
    }

    /// What others are found by: the days around a date, or the first value that must be the same; nil when the form does
    /// not say enough.
    private func entries(to rule: HubLikenessRule, _ data: [HubFieldValue]) -> [IndexEntry]? {
        let compared = rule.same + [rule.date, rule.alike, rule.latitude, rule.longitude].filter { !$0.isEmpty }
        guard compared.allSatisfy({ data.plainText(of: $0) != nil }) else { return nil }
        if rule.metres > 0 {
            return data.place(rule.latitude, rule.longitude).map {
                PlaceIndex.entries(around: $0, radius: Double(rule.metres), rule.latitude)
            }
        }
        if rule.date.isEmpty {
            return rule.same.first.flatMap { name in folded(name, data).map { [IndexEntry(field: name, value: $0)] } }
        }
        guard let day = data.plainText(of: rule.date).flatMap({ CalendarDate(iso: $0) }) else { return nil }
        let reach = Int(min(rule.withinDays, 31))
        return (-reach...reach).map { IndexEntry(field: rule.date, value: day.adding(days: $0).iso) }
    }

    /// The newest first.
    ///
    /// - Parameters:
    ///   - left: How many may still be looked at.
    ///   - look: Says whether the next one is wanted.
    private func candidates(
        _ entry: IndexEntry, openOnly: Bool, _ left: inout Int, _ look: (HubCase) -> Bool
    ) async throws(HubError) {
        var query = CaseQuery()
        (query.service, query.index, query.openOnly, query.limit) = (definition.service, entry, openOnly, Self.page)
        while left > 0 {
            let page = try await ledger.cases(query, nowMillis: 0)
            left -= page.count
            guard page.allSatisfy(look), page.count == query.limit, let last = page.last else { break }
            query.before = [UInt8](last.id)
        }
    }

    /// nil = not alike.
    private func score(
        _ rule: HubLikenessRule, _ data: [HubFieldValue], _ other: [HubFieldValue], _ names: NameRules
    ) -> UInt32? {
        guard rule.same.allSatisfy({ folded($0, data) == folded($0, other) }) else { return nil }
        if rule.metres > 0 {
            guard let place = data.place(rule.latitude, rule.longitude),
                let there = other.place(rule.latitude, rule.longitude)
            else { return nil }
            let metres = place.metres(to: there)
            let reach = Double(rule.metres)
            return metres <= reach ? UInt32(1_000 - metres / reach * 1_000) : nil
        }
        guard !rule.alike.isEmpty else { return 1_000 }
        guard let one = data.plainText(of: rule.alike), let another = other.plainText(of: rule.alike) else {
            return nil
        }
        let score = NameSimilarity.score(ComparableName(one, by: names), ComparableName(another, by: names))
        return score >= Int(rule.least) ? UInt32(clamping: score) : nil
    }

    private func folded(_ name: String, _ data: [HubFieldValue]) -> String? {
        guard let field = definition.fields.first(where: { $0.name == name }),
            let value = data.first(where: { $0.name == name })
        else { return nil }
        return field.folded(value)
    }
}

extension NameRules {
    fileprivate static let none = NameRules(titles: [], particles: [], variants: [:], spellings: [])

    /// What a table says of names (definition.proto).
    fileprivate init(_ table: TableIndex?) {
        let rows = (table.map { Array($0.all) } ?? []).sorted { ($0["tulisan"] ?? "") < ($1["tulisan"] ?? "") }
        func written(_ kind: String) -> [String] { rows.filter { $0["jenis"] == kind }.compactMap { $0["tulisan"] } }
        func pairs(_ kind: String) -> [(String, String)] {
            rows.filter { $0["jenis"] == kind }.compactMap { row in row["tulisan"].map { ($0, row["baku"] ?? "") } }
        }
        self.init(
            titles: written("gelar"), particles: written("partikel"),
            variants: Dictionary(pairs("varian")) { first, _ in first },
            spellings: pairs("ejaan").map { Spelling($0.0, $0.1) })
    }
}

extension HubLikenessRule {
    /// The other case was made late enough to count.
    fileprivate func isYoung(_ other: HubCase, _ nowMillis: Int64) -> Bool {
        openDays == 0 || other.createdMs >= nowMillis - Int64(openDays) * 86_400_000
    }
}
