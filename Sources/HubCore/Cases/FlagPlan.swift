// What one case makes known to all other running cases of the same person: that somebody has died.

import HubDomain
import HubProto

/// The flags of one definition. What a stage flags is done after the step, by an errand: a step must not wait for, or fail
/// by, the cases of other departments.
struct FlagPlan: Sendable {
    let definition: HubServiceDefinition
    let nowMillis: Int64

    /// How the clock's row of a flag begins; no deadline of a definition can be called so.
    static let timerPrefix = "flag/"

    /// Completes a case that came to a stage from another one.
    func complete(_ state: inout HubCase, after before: HubCase?) {
        guard state.stage != before?.stage, let stage = definition.stage(state.stage) else { return }
        for rule in stage.flags where state.data.plainText(of: rule.field) != nil {
            state.flaggings.removeAll { $0.name == rule.name }
            state.flaggings.append(.with { ($0.name, $0.dueMs) = (rule.name, nowMillis) })
        }
    }
}

/// Brings a flag to the cases that it concerns.
struct FlagRound: Sendable {
    let ledger: any Ledger

    /// Cases that are flagged in one commit; the rest follow in the next.
    static let casesMax = 20

    /// - Parameter timer: ``HubFlagging/timer`` of one of the case's flags.
    /// - Returns: nil when there is nothing to do.
    /// - Throws: ``HubError/Code/definitionInvalid`` when the definition has no such flag.
    func commit(
        _ timer: String, of before: HubCase, _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> Commit? {
        guard let index = before.flaggings.firstIndex(where: { $0.timer?.name == timer }) else { return nil }
        let name = before.flaggings[index].name
        let definition = try catalogue.definition(of: before)
        guard let rule = definition.stages.lazy.flatMap(\.flags).first(where: { $0.name == name }),
            let field = definition.fields.first(where: { $0.name == rule.field })
        else { throw HubError(.definitionInvalid, "\(definition.service): no flag \(name)") }
        let value = before.data.plainText(of: rule.field) ?? ""
        let found = try await running(value, field.type, catalogue) {
            $0.id != before.id && !$0.isFlagged(name, by: before.number)
        }
        var state = before
        state.flaggings[index].reached &+= UInt32(min(found.count, Self.casesMax))
        if found.count <= Self.casesMax { state.flaggings[index].dueMs = 0 }
        state.follow(before, nowMillis)
        var commit = Commit(state, after: before, .flagged, definition) { $0.action = name }
        for other in found.prefix(Self.casesMax) {
            // A case whose definition is not here any more is nobody's to work on.
            guard let rules = try? catalogue.definition(of: other) else { continue }
            var flagged = other
            flagged.flags.append(
                .with { ($0.name, $0.title, $0.by, $0.sinceMs) = (name, rule.title, before.number, nowMillis) })
            flagged.follow(other, nowMillis)
            let one = Commit(flagged, after: other, .flagged, rules) { $0.action = name }
            commit.cases += one.cases
            commit.events += one.events
        }
        return commit
    }

    /// Cases of every service that have this number in a field of this type by which they can be found, and that are open or
    /// have a clock that runs, such as a permit's term; as many as one commit flags and one more.
    private func running(
        _ value: String, _ type: HubFieldType, _ catalogue: ServiceCatalogue, where isMeant: (HubCase) -> Bool
    ) async throws(HubError) -> [HubCase] {
        var found: [HubCase] = []
        for definition in catalogue.offered {
            for field in definition.fields where field.type == type && field.index == .exact {
                var query = CaseQuery()
                (query.service, query.limit) = (definition.service, CaseQuery.limitMax)
                query.index = IndexEntry(field: field.name, value: value)
                while found.count <= Self.casesMax {
                    let page = try await ledger.cases(query, nowMillis: 0)
                    for other in page where isMeant(other) && !found.contains(where: { $0.id == other.id }) {
                        if !other.ended || other.earliestRunningDueMillis != nil { found.append(other) }
                    }
                    guard page.count == query.limit, let last = page.last else { break }
                    query.before = [UInt8](last.id)
                }
            }
        }
        return found
    }
}

extension HubFlagging {
    /// nil = it was done.
    var timer: DueTimer? { dueMs == 0 ? nil : DueTimer(name: FlagPlan.timerPrefix + name, dueMillis: dueMs) }
}

extension HubCase {
    fileprivate func isFlagged(_ name: String, by number: String) -> Bool {
        flags.contains { $0.name == name && $0.by == number }
    }
}
