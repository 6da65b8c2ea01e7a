// Who comes, when, and with what: the same for the hub and for the paper process.

import HubDomain
import HubProto

/// Somebody who wants something.
struct Arrival: Sendable {
    /// From 0, by time; also the number of the case in a run.
    var serial: Int
    /// Place of the service in the scenario.
    var service: Int
    /// Milliseconds since 1970 UTC.
    var atMillis: Int64
}

extension Scenario {
    /// Days of the run.
    func days(_ count: Int) -> Range<Int> { start.dayNumber..<(start.dayNumber + count) }

    /// Everybody who comes, by time.
    ///
    /// - Parameters:
    ///   - factor: Of the people who otherwise come.
    ///   - startOfDay: When a day begins, milliseconds since 1970 UTC.
    func arrivals(
        days: Range<Int>, people: Double, factor: Double, chance: Chance, startOfDay: (Int) -> Int64
    ) -> [Arrival] {
        var found: [Arrival] = []
        for (place, service) in services.enumerated() {
            let daily = service.perThousand.value * people / 1_000 / 365 * factor
            for day in days {
                let date = CalendarDate(dayNumber: day)
                let weight =
                    weekdays[date.weekday - 1] / weekdays.reduce(0, +) * 7
                    * service.months[date.month - 1] / service.months.reduce(0, +) * 12
                var chance = chance.stream("arrivals/\(service.code)", day)
                for _ in 0..<chance.poisson(mean: daily * weight) {
                    let hour = Double(chance.place(weights: hourWeights)) + chance.fraction()
                    found.append(
                        Arrival(serial: 0, service: place, atMillis: startOfDay(day) + Int64(hour * 3_600_000)))
                }
            }
        }
        found.sort { ($0.atMillis, $0.service) < ($1.atMillis, $1.service) }
        for serial in found.indices { found[serial].serial = serial }
        return found
    }
}
