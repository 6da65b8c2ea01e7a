// What came of each service: days, rupiah and papers, as the cases themselves say.

import HubDomain
import HubProto

extension Judgement {
    /// Fills what each service's cases say of themselves.
    ///
    /// - Parameter services: With what was sent.
    func ofServices(
        _ services: [Report.Service], _ states: [HubCase], _ calendar: WorkCalendar, _ papers: Report.Papers
    ) -> [Report.Service] {
        let states = Dictionary(grouping: states, by: \.service)
        return services.map { service in
            var service = service
            let own = states[service.code] ?? []
            let ended = own.filter(\.ended)
            service.ended = ended.count
            service.days = ended.map { Self.days($0, calendar) }.sorted()
            let bills = own.flatMap(\.bills)
            service.billed = bills.map(\.total).reduce(0, +)
            service.settled = bills.filter { $0.state == .settled }.map(\.total).reduce(0, +)
            service.papers = papers.issued[service.code] ?? 0
            service.verified = papers.verified[service.code] ?? 0
            return service
        }
    }

    /// Working days from the day of the request, which does not count, to that of the last stage.
    private static func days(_ state: HubCase, _ calendar: WorkCalendar) -> Int {
        let first = CalendarDate(epochMillis: state.createdMs, utcOffsetMinutes: calendar.utcOffsetMinutes)
        let last = CalendarDate(epochMillis: state.stageSinceMs, utcOffsetMinutes: calendar.utcOffsetMinutes)
        return calendar.workingDays(from: first.adding(days: 1), before: last.adding(days: 1))
    }
}

extension Judgement {
    /// What clerks typed for citizens says how these agreed.
    func ofConsents(_ states: [HubCase]) {
        let consents = states.flatMap(\.consents)
        promises.check(
            "whoever types for a citizen says how the citizen agreed, and it is kept with the case",
            !consents.isEmpty && consents.allSatisfy { $0.kind == .spoken && !$0.note.isEmpty && !$0.by.isEmpty },
            broken: "\(consents.count) consents")
    }
}
