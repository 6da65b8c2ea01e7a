// Office hours, officers and parameters of the simulated year.

import HubDomain
import Testing

@testable import hub_year

@Suite("Offices of the simulated year")
struct EngineTests {
    /// Monday 5 to Friday 9 January 2026 and the week behind it, without Thursday the 8th; 8 to 12 and 13 to 16.
    static let hours = OfficeHours(
        [(8 * 60, 12 * 60), (13 * 60, 16 * 60)],
        WorkCalendar(
            name: "uji", version: "1", firstDay: day("2026-01-05"), lastDay: day("2026-01-16"),
            openWeekdays: [1, 2, 3, 4, 5], closedDays: [day("2026-01-08")], utcOffsetMinutes: 420))

    static func day(_ iso: String) -> CalendarDate { CalendarDate(iso: iso) ?? .earliest }

    /// Local time, such as `2026-01-05 09:30`.
    static func at(_ local: String) -> Int64 {
        let parts = local.split(separator: " ")
        let clock = parts[1].split(separator: ":").compactMap { Int64($0) }
        return day(String(parts[0])).startMillis(utcOffsetMinutes: 420) + (clock[0] * 60 + clock[1]) * 60_000
    }

    @Test("Offices are closed at night, at noon, at weekends and on holidays")
    func open() {
        let open = ["2026-01-05 08:00", "2026-01-05 11:59", "2026-01-09 15:59"]
        let closed = [
            "2026-01-05 07:59", "2026-01-05 12:00", "2026-01-05 16:00", "2026-01-08 10:00", "2026-01-10 10:00",
            "2026-01-19 10:00",
        ]
        #expect(open.allSatisfy { Self.hours.isOpen(at: Self.at($0)) })
        #expect(!closed.contains { Self.hours.isOpen(at: Self.at($0)) })
        #expect(Self.hours.nextOpening(after: Self.at("2026-01-07 13:00")) == Self.at("2026-01-09 08:00"))
        #expect(Self.hours.nextOpening(after: Self.at("2026-01-16 13:00")) == nil)
        #expect(Self.hours.nextOpening(after: Self.at("2026-02-16 13:00")) == nil)
        #expect(Self.hours.opening(from: Self.at("2025-12-01 13:00")) == Self.at("2026-01-05 08:00"))
        #expect(Self.hours.moment(after: 1, from: Self.at("2026-02-16 13:00")) == nil)
    }

    @Test(
        "Working days count office time alone",
        arguments: [
            ("2026-01-05 08:00", "2026-01-05 16:00", 1.0), ("2026-01-05 20:00", "2026-01-06 06:00", 0),
            ("2026-01-05 12:00", "2026-01-06 12:00", 1), ("2026-01-07 16:00", "2026-01-09 11:30", 0.5),
            ("2026-01-09 11:30", "2026-01-12 11:30", 1), ("2026-01-06 10:00", "2026-01-05 10:00", 0),
        ])
    func workingDays(from: String, until: String, days: Double) {
        #expect(abs(Self.hours.workingDays(from: Self.at(from), until: Self.at(until)) - days) < 1e-9)
    }

    @Test("Work goes on after noon, after the weekend, and not on days on which its officer is away")
    func moments() {
        #expect(Self.hours.moment(after: 60, from: Self.at("2026-01-05 11:30")) == Self.at("2026-01-05 13:30"))
        #expect(Self.hours.moment(after: 30, from: Self.at("2026-01-07 15:45")) == Self.at("2026-01-09 08:15"))
        #expect(Self.hours.moment(after: 60, from: Self.at("2026-01-05 15:00")) == Self.at("2026-01-05 16:00") - 1)
        let away = Self.day("2026-01-06").dayNumber
        #expect(
            Self.hours.moment(after: 30, from: Self.at("2026-01-05 15:45")) { $0 != away }
                == Self.at("2026-01-07 08:15"))
        #expect(Self.hours.moment(after: 100_000, from: Self.at("2026-01-05 08:00")) == nil)
    }

    private func pool(_ officers: Double, absence: Double = 0) -> Workforce<String> {
        Workforce(
            PoolPlan(
                name: "uji", department: "uji", role: "officer", unit: "", officers: Figure(value: officers),
                caseShare: Figure(value: 0.5), absence: Figure(value: absence), hasStandIn: false), scale: 1,
            factor: 1, chance: Chance(seed: 1))
    }

    @Test("Officers take what is most urgent, each one thing at a time, at the pace of their time for cases")
    func work() {
        var pool = pool(2)
        let now = Self.at("2026-01-05 08:00")
        for (job, urgency) in [("late", 3), ("first", 1), ("second", 2)] {
            pool.take(.init(job: job, minutes: 15, sinceMillis: now), urgency: Int64(urgency))
        }
        let started = pool.begin(at: now, Self.hours)
        #expect(started.map(\.task.job) == ["first", "second"])
        #expect(started.map(\.endMillis) == [Self.at("2026-01-05 08:30"), Self.at("2026-01-05 08:30")])
        #expect(pool.waiting == 1 && pool.begin(at: now, Self.hours).isEmpty)
        pool.end(officer: started[0].officer)
        #expect(pool.begin(at: started[0].endMillis, Self.hours).map(\.task.job) == ["late"])
        #expect(pool.busyMinutes == 90 && pool.longest == 3)
    }

    @Test("Nobody works who is away")
    func away() {
        var pool = pool(3, absence: 1)
        pool.take(.init(job: "x", minutes: 1, sinceMillis: 0), urgency: 0)
        #expect(pool.begin(at: Self.at("2026-01-05 08:00"), Self.hours).isEmpty)
    }

    // MARK: Parameters

    @Test("The file that comes with the program is read, and every number in it says where it comes from")
    func file() throws {
        let scenario = try Scenario(yaml: try TextFiles.text(Place.parameters))
        #expect(scenario.sources.count > 150)
        #expect(scenario.sources.allSatisfy { !$0.source.isEmpty && !$0.unit.isEmpty })
    }

    @Test(
        "A number without a source or unit, a key that nobody reads and a pool that is not there are refused",
        arguments: [
            ("people: { value: 300000, unit: people, source: ", "people: { value: 300000, unit: people, sauce: "),
            ("officers: { value: 10, unit: officers, source: assumed }", "officers: { value: 10, source: assumed }"),
            (
                "absence: { value: 0.08, unit: share of days, source: assumed }",
                "absence: { value: 8, unit: x, source: y }"
            ),
            ("officers: { value: 10, unit: officers, source: assumed }", "officers: 10"),
            ("pool: meja-pengaduan", "pool: meja-lain"), ("by: payer", "by: nobody"),
        ])
    func refused(text: String, changed: String) throws {
        let whole = try TextFiles.text(Place.parameters)
        #expect(whole.contains(text))
        #expect(throws: ParameterFault.self) { try Scenario(yaml: whole.replacing(text, with: changed)) }
    }
}

/// Where things lie in the checkout.
enum Place {
    static let checkout = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    static let parameters = checkout + "/Sources/hub-year/year.yaml"
    static let plugins = checkout + "/Plugins"
}
