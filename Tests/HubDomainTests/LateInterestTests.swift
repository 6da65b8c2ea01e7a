// Interest on bills that are paid late. Row 34 of the domain's facts: rate and cap are unverified and stay data.

import HubDomain
import Testing

@Suite("late interest (row 34)")
struct LateInterestTests {
    static func day(_ iso: String) throws -> CalendarDate { try #require(CalendarDate(iso: iso)) }

    @Test(
        "a month that has begun counts as a whole one, and the due date itself costs nothing",
        arguments: [
            ("2026-03-10", "2026-03-10", 0), ("2026-03-10", "2026-03-09", 0), ("2026-03-10", "2025-12-31", 0),
            ("2026-03-10", "2026-03-11", 1), ("2026-03-10", "2026-04-10", 1), ("2026-03-10", "2026-04-11", 2),
            ("2026-12-31", "2027-01-01", 1), ("2026-03-10", "2028-03-10", 24), ("2026-03-10", "2028-03-11", 24),
            ("0001-01-01", "9999-12-31", 24),
        ])
    func months(due: String, paid: String, count: Int) throws {
        let interest = try LateInterest(basisPointsPerMonth: 100, monthsMax: 24)
        #expect(interest.months(due: try Self.day(due), paid: try Self.day(paid)) == count)
    }

    @Test("of a bill due on the last of a month, each month of delay ends with the last day that there is")
    func shortMonths() throws {
        let interest = try LateInterest(basisPointsPerMonth: 100, monthsMax: 24)
        let due = try Self.day("2026-01-31")
        for (paid, count) in [
            ("2026-02-28", 1), ("2026-03-01", 2), ("2026-03-31", 2), ("2026-04-30", 3), ("2026-05-01", 4),
        ] { #expect(interest.months(due: due, paid: try Self.day(paid)) == count, "\(paid)") }
        // In a leap year the last day of February is another.
        let leap = try Self.day("2028-01-30")
        #expect(interest.months(due: leap, paid: try Self.day("2028-02-29")) == 1)
        #expect(interest.months(due: leap, paid: try Self.day("2028-03-01")) == 2)
    }

    @Test("months of delay never fall from one day to the next, and grow by one at most")
    func steps() throws {
        let interest = try LateInterest(basisPointsPerMonth: 100, monthsMax: 1_200)
        for due in try ["2026-01-28", "2026-01-31", "2028-02-29"].map(Self.day) {
            let counts = (0...800).map { interest.months(due: due, paid: due.adding(days: $0)) }
            #expect(counts[0] == 0 && counts[1] == 1)
            #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 <= $1 && $1 <= $0 + 1 })
        }
    }

    @Test(
        "1 % a month is counted in whole rupiah, rounded down, for 24 months at most",
        arguments: [
            (1_250_000, "2026-03-11", 12_500), (1_250_000, "2026-05-10", 25_000), (1_250_000, "2040-01-01", 300_000),
            (99, "2026-03-11", 0), (199, "2026-03-11", 1), (12_345_678, "2026-06-01", 370_370), (0, "2026-06-01", 0),
            (-5, "2026-06-01", 0), (1_250_000, "2026-03-10", 0), (.max, "2026-03-11", 92_233_720_368_547_758),
        ] as [(Int64, String, Int64)])
    func amounts(principal: Int64, paid: String, amount: Int64) throws {
        let interest = try LateInterest(basisPointsPerMonth: 100, monthsMax: 24)
        let due = try Self.day("2026-03-10")
        #expect(try interest.amount(principal: principal, due: due, paid: try Self.day(paid)) == amount)
    }

    @Test("interest beyond 64 bits is refused and traps nothing")
    func overflow() throws {
        let interest = try LateInterest(basisPointsPerMonth: 10_000, monthsMax: 1_200)
        #expect(try interest.amount(principal: 7, due: .earliest, paid: .latest) == 8_400)
        #expect(throws: HubError(.refusedByRule, "")) {
            try interest.amount(principal: .max, due: .earliest, paid: .latest)
        }
    }

    @Test("a rate or a cap out of bounds is found and named")
    func findings() throws {
        for (rate, cap, found) in [
            (-1, -1, ["basis_points_per_month min", "months_max min"]), (10_001, 24, ["basis_points_per_month max"]),
            (100, .max, ["months_max max"]),
        ] {
            let error = #expect(throws: HubError(.definitionInvalid, "")) {
                try LateInterest(basisPointsPerMonth: rate, monthsMax: cap)
            }
            #expect(error?.violations.map { "\($0.field) \($0.rule)" } == found)
        }
    }
}
