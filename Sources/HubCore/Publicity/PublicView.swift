// What everybody may read of a case: where it stands and who answers, never who complained and in which words.

import HubDomain
import HubProto

/// Cases as the public sees them.
struct PublicView: Sendable {
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// The definition of a case that is public; nil for one that is nobody's business.
    func definition(of state: HubCase) -> HubServiceDefinition? {
        guard let definition = try? catalogue.definition(of: state), definition.interface == .complaints,
            definition.shows(state)
        else { return nil }
        return definition
    }

    /// - Parameters:
    ///   - definition: Of ``definition(of:)``.
    ///   - ledger: Knows the case with which this one goes on.
    func `case`(
        _ state: HubCase, _ definition: HubServiceDefinition, _ ledger: any Ledger
    ) async throws(HubError) -> LayananPublicCase {
        let rule = definition.publishes
        let received = day(state.createdMs)
        let ended = state.endedMillis.map(day)
        var joined = state.mergedInto.isEmpty ? nil : try await ledger.caseState(number: state.mergedInto)
        // The number of a secret case is nobody's business either.
        if let other = joined, self.definition(of: other) == nil { joined = nil }
        return .with {
            ($0.number, $0.service, $0.ended) = (state.number, state.service, state.ended)
            ($0.stage, $0.stageTitle) = (state.stage, state.stageTitle)
            $0.fields = definition.fields.filter(\.published).compactMap { field in
                state.data.first { $0.name == field.name }
            }
            ($0.receivedOn, $0.endedOn) = (received.iso, ended?.iso ?? "")
            $0.days = UInt32(clamping: CalendarDate.daysBetween(received, ended ?? day(nowMillis)))
            $0.unit = state.unit.isEmpty ? state.department : state.unit
            let unit = catalogue.chart?.unit(of: state)
            if let title = unit.flatMap({ catalogue.chart?.title($0) }) { $0.unitTitle = title }
            $0.timeliness = state.timeliness(nowMillis, definition)
            if let place = state.data.place(rule.latitude, rule.longitude)?.coarse {
                ($0.latitude, $0.longitude) = (place.latitude / 1_000, place.longitude / 1_000)
            }
            $0.mergedInto = joined?.number ?? ""
        }
    }

    /// What happened, as far as it moved the case or made it late.
    func steps(_ events: [HubEvent], _ definition: HubServiceDefinition) -> [LayananPublicStep] {
        events.filter { event in
            event.stageBefore != event.stageAfter
                || (event.kind == .deadlinePassed && definition.isOwnTime(ofClock: event.action))
        }.map { event in
            .with {
                ($0.day, $0.kind, $0.stage) = (day(event.atMs).iso, event.kind, event.stageAfter)
                $0.stageTitle = definition.stage(event.stageAfter)?.title ?? HubText()
            }
        }
    }

    /// A case near a place; nil when, for the public, it is not that near. Both its being there and its distance follow from the
    /// coarse place alone: whoever asks from many places learns no more than the list says.
    func near(_ place: GeoPoint, _ reach: Double, _ state: HubCase) -> LayananNearbyCase? {
        guard !state.ended, let definition = definition(of: state),
            let there = state.data.place(definition.publishes.latitude, definition.publishes.longitude)?.coarse
        else { return nil }
        let metres = place.metres(to: there)
        guard metres <= reach + GeoPoint.coarseness else { return nil }
        let category = state.data.plainText(of: definition.publishes.category) ?? ""
        let field = definition.fields.first { $0.name == definition.publishes.category }
        return .with {
            ($0.number, $0.category) = (state.number, category)
            if let title = field?.choices.first(where: { $0.value == category })?.title { $0.categoryTitle = title }
            ($0.stage, $0.stageTitle) = (state.stage, state.stageTitle)
            $0.metres = UInt32(clamping: Int(metres / 10) * 10)
        }
    }

    private func day(_ millis: Int64) -> CalendarDate { catalogue.today(millis) }
}

extension HubServiceDefinition {
    /// Everybody may know of the case.
    func shows(_ state: HubCase) -> Bool {
        hasPublishes && !keepsSecret(state)
    }
}

extension HubServiceDefinition {
    /// The clock counts the office's own time: not the applicant's to reply, after which the hub moves the case, and not another
    /// agency's, which is asked as long as it runs.
    fileprivate func isOwnTime(ofClock name: String) -> Bool {
        guard let clock = clock(name), clock.onPassed == .escalate else { return false }
        return clock.runsIn.contains { inquiry(in: $0) == nil }
    }
}

extension HubCase {
    fileprivate func timeliness(_ nowMillis: Int64, _ definition: HubServiceDefinition) -> LayananTimeliness {
        let clocks = deadlines.filter { $0.state != .history && definition.isOwnTime(ofClock: $0.name) }
        if clocks.isEmpty { return .unspecified }
        let isLate = clocks.contains { $0.state == .passed || ($0.state == .running && $0.dueMs <= nowMillis) }
        return isLate ? .late : .onTime
    }
}
