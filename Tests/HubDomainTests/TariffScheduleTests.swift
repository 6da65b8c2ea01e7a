// Tariffs in slabs. Row 34 of the domain's facts: regional charges are data, a bill before payment.

import HubDomain
import Testing

@Suite("tariffs (row 34)")
struct TariffScheduleTests {
    typealias Slab = TariffSchedule.Slab

    /// Up to 100 units 50,000 in all; up to 500 units 10,000 and 400 each; beyond, 300 each.
    static let slabs = [
        Slab(upTo: 100, fixed: 50_000, perUnit: 0), Slab(upTo: 500, fixed: 10_000, perUnit: 400),
        Slab(upTo: nil, fixed: 0, perUnit: 300),
    ]

    @Test(
        "a tariff for the whole prices all of a quantity by the slab in which it lies",
        arguments: [
            (0, 50_000), (100, 50_000), (101, 50_400), (500, 210_000), (501, 150_300), (1_000_000, 300_000_000),
        ] as [(Int64, Int64)])
    func whole(quantity: Int64, amount: Int64) throws {
        #expect(try TariffSchedule(mode: .whole, slabs: Self.slabs).amount(of: quantity) == amount)
    }

    @Test(
        "a progressive tariff prices each part by its own slab, and fixed parts once a slab is reached",
        arguments: [
            (0, 50_000), (100, 50_000), (101, 60_400), (500, 220_000), (501, 220_300), (1_500, 520_000),
        ] as [(Int64, Int64)])
    func progressive(quantity: Int64, amount: Int64) throws {
        #expect(try TariffSchedule(mode: .progressive, slabs: Self.slabs).amount(of: quantity) == amount)
    }

    @Test("a progressive tariff never falls when the quantity grows")
    func monotone() throws {
        let tariff = try TariffSchedule(mode: .progressive, slabs: Self.slabs, roundUpTo: 1_000)
        let amounts = try (0...1_000).map { try tariff.amount(of: $0) }
        #expect(zip(amounts, amounts.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(
        "an amount becomes the next multiple of the rounding, and stays when it is one",
        arguments: [(0, 50_401), (1, 50_401), (100, 50_500), (1_000, 51_000), (50_401, 50_401)] as [(Int64, Int64)])
    func rounding(to: Int64, amount: Int64) throws {
        let tariff = try TariffSchedule(
            mode: .whole, slabs: [Slab(upTo: nil, fixed: 50_001, perUnit: 100)], roundUpTo: to)
        #expect(try tariff.amount(of: 4) == amount)
    }

    @Test("a tariff with an end refuses what is beyond it, and any tariff what is less than nothing")
    func beyond() throws {
        for mode in [TariffSchedule.Mode.whole, .progressive] {
            let tariff = try TariffSchedule(mode: mode, slabs: [Slab(upTo: 2, fixed: 0, perUnit: 5)])
            #expect(try tariff.amount(of: 2) == 10)
            for (quantity, rule) in [(3, "max"), (.max, "max"), (-1, "min"), (.min, "min")] as [(Int64, String)] {
                let error = #expect(throws: HubError(.refusedByRule, "")) {
                    try tariff.amount(of: quantity, field: "floor_area")
                }
                #expect(error?.violations.map(\.rule) == [rule] && error?.violations.first?.field == "floor_area")
            }
        }
    }

    @Test("an amount beyond 64 bits is refused and traps nothing, whichever step it comes from")
    func overflow() throws {
        let steep = Slab(upTo: nil, fixed: 0, perUnit: .max)
        let tariffs = [
            try TariffSchedule(mode: .whole, slabs: [steep]),
            try TariffSchedule(mode: .progressive, slabs: [Slab(upTo: 1, fixed: .max, perUnit: 0), steep]),
            try TariffSchedule(mode: .whole, slabs: [Slab(upTo: nil, fixed: .max - 1, perUnit: 1)]),
            try TariffSchedule(
                mode: .whole, slabs: [Slab(upTo: nil, fixed: .max - 10, perUnit: 1)], roundUpTo: .max - 1),
        ]
        for (tariff, quantity) in zip(tariffs, [2, 2, 2, 10] as [Int64]) {
            let error = #expect(throws: HubError(.refusedByRule, "")) { try tariff.amount(of: quantity) }
            #expect(error?.violations.map(\.rule) == ["overflow"])
        }
    }

    @Test("every fault of a tariff is found at once, and named by place and rule")
    func findings() {
        #expect(Self.faults([]) == ["slabs required"])
        #expect(Self.faults(Array(repeating: Slab(upTo: nil, fixed: 0, perUnit: 0), count: 101)) == ["slabs length"])
        #expect(
            Self.faults(
                [
                    Slab(upTo: 10, fixed: -1, perUnit: 0), Slab(upTo: 10, fixed: 0, perUnit: -5),
                    Slab(upTo: nil, fixed: 0, perUnit: 0), Slab(upTo: -3, fixed: 0, perUnit: 0),
                    Slab(upTo: 9, fixed: 0, perUnit: 0),
                ], roundUpTo: -1) == [
                    "round_up_to min", "slabs[0].fixed min", "slabs[1].per_unit min", "slabs[1].up_to ascending",
                    "slabs[2].up_to last", "slabs[3].up_to min", "slabs[4].up_to ascending",
                ])
        #expect(
            Self.faults([Slab(upTo: 1, fixed: 5, perUnit: 5), Slab(upTo: .max, fixed: 0, perUnit: 2)])
                == ["slabs[1] overflow"])
        #expect(Self.faults([Slab(upTo: 0, fixed: 0, perUnit: 0), Slab(upTo: nil, fixed: 9, perUnit: 9)]) == [])
    }

    /// `place rule` of each.
    static func faults(_ slabs: [Slab], roundUpTo: Int64 = 0) -> [String] {
        do throws(HubError) {
            _ = try TariffSchedule(mode: .progressive, slabs: slabs, roundUpTo: roundUpTo)
            return []
        } catch {
            return error.code == .definitionInvalid
                ? error.violations.map { "\($0.field) \($0.rule)" } : ["\(error)"]
        }
    }
}
