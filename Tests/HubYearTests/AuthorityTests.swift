// Authorities of the simulated year: what is asked waits while they are away, and is answered in the end.

import HubDomain
import HubProto
import Testing

@testable import hub_year

@Suite("Authorities of the simulated year")
struct AuthorityTests {
    private static let times = "outages: { value: 4, unit: times a year"
    private static let hours = "hours: { median: 16, sigma: 1.1, unit: hours"

    /// A run whose national register is away so often, each time for so many hours.
    private func year(times: Int, hours: Int, days: Int = 60) async throws -> HubYear {
        let text = try TextFiles.text(Place.parameters)
        #expect(text.contains(Self.times) && text.contains(Self.hours))
        let scenario = try Scenario(
            yaml: text.replacing(Self.times, with: "outages: { value: \(times), unit: times a year")
                .replacing(Self.hours, with: "hours: { median: \(hours), sigma: 0, unit: hours"))
        var year = try await HubYear.open(scenario, YearTests.settings(days: days))
        try await year.run()
        return year
    }

    @Test("While the national register is there, what is asked is answered within minutes")
    func there() async throws {
        let year = try await year(times: 0, hours: 1)
        let waits = waits(year)
        #expect(waits.count > 10)
        #expect(waits.allSatisfy { $0 < 3_600_000 })
        #expect((year.authorities["siak"]?.count.answered ?? 0) > 10)
    }

    @Test("While it is away for days cases wait, are asked again and answered, and no number is made twice")
    func away() async throws {
        let year = try await year(times: 60, hours: 70)
        #expect((year.authorities["siak"]?.count.failed ?? 0) > 0)
        #expect((waits(year).max() ?? 0) > 24 * 3_600_000)
        let numbers = year.lives.flatMap(\.form).filter { $0.name == "nomor_akta" }.map(\.text)
        #expect(!numbers.isEmpty && Set(numbers).count == numbers.count)
    }

    @Test("What waits longer than the service allows is put aside, released by a person, and answered then")
    func released() async throws {
        let year = try await year(times: 12, hours: 230)
        #expect((year.authorities["siak"]?.count.released ?? 0) > 0)
        #expect((waits(year).max() ?? 0) > 168 * 3_600_000)
    }

    /// Milliseconds for which cases waited for the register, of those that went on.
    private func waits(_ year: HubYear) -> [Int64] {
        year.lives.flatMap { life in
            let book = year.services[life.service]
            return life.stays.filter { book.authority(in: book.definition.stages[$0.stage].name) == "siak" }
                .map { $0.untilMillis - $0.fromMillis }
        }
    }

    @Test(
        "A stage that inquires needs an authority that gives what it asks",
        arguments: [
            ("nib: { make: digits, count: 13 }", "lain: { make: digits, count: 13 }"),
            ("{ stage: menunggu_nib, by: authority }", "{ stage: menunggu_nib, by: payer }"),
            ("  - name: oss\n", "  - name: lain\n"),
        ])
    func unfit(text: String, changed: String) async throws {
        let whole = try TextFiles.text(Place.parameters)
        #expect(whole.contains(text))
        await #expect(throws: ParameterFault.self) {
            let scenario = try Scenario(yaml: whole.replacing(text, with: changed))
            _ = try await HubYear.open(scenario, YearTests.settings(days: 1))
        }
    }
}
