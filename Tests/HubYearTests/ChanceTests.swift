// Chance, distributions and queues of the simulated year.

import Testing

@testable import hub_year

@Suite("Chance of the simulated year")
struct ChanceTests {
    @Test("A stream depends on its purpose and number alone, not on what was drawn before")
    func streams() {
        let chance = Chance(seed: 7)
        var spent = chance
        for _ in 0..<100 { _ = spent.next() }
        var first = chance.stream("minutes/check", 3, 1)
        var again = chance.stream("minutes/check", 3, 1)
        let draws = (0..<5).map { _ in first.next() }
        #expect(draws == (0..<5).map { _ in again.next() })
        var others = [chance.stream("minutes/check", 3, 2), chance.stream("minutes/check", 4, 1)]
        others += [chance.stream("minutes/decide", 3, 1), Chance(seed: 8).stream("minutes/check", 3, 1)]
        for index in others.indices { #expect(others[index].next() != draws[0]) }
    }

    @Test("SplitMix64 gives the published numbers for seed 1234567")
    func splitMix() {
        var chance = Chance(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in chance.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test("Half of lognormal draws are below the median, and their logarithms have the deviation")
    func lognormal() {
        var chance = Chance(seed: 1)
        let draws = Distribution((0..<20_000).map { _ in chance.lognormal(median: 10, sigma: 0.5) })
        #expect(abs(draws.percentile(50) - 10) < 0.2)
        // 84.13 % lie below one deviation: 10 · e^0.5.
        #expect(abs(draws.percentile(84) - 16.4) < 0.5)
        #expect(abs(draws.mean - 11.33) < 0.2)
    }

    @Test("Poisson counts have their mean as mean and as variance, also where it is large", arguments: [0.3, 4, 90])
    func poisson(mean: Double) {
        var chance = Chance(seed: 2)
        let draws = (0..<8_000).map { _ in Double(chance.poisson(mean: mean)) }
        let average = draws.reduce(0, +) / 8_000
        let variance = draws.map { ($0 - average) * ($0 - average) }.reduce(0, +) / 8_000
        #expect(abs(average - mean) < 4 * (mean / 8_000).squareRoot())
        #expect(abs(variance / mean - 1) < 0.1)
    }

    @Test("Nothing comes where nothing is expected")
    func nothing() {
        var chance = Chance(seed: 3)
        #expect((0..<50).allSatisfy { _ in chance.poisson(mean: 0) == 0 })
    }

    @Test("Weights are met in proportion, and one of 0 never")
    func weights() {
        var chance = Chance(seed: 4)
        var counts = [0, 0, 0]
        for _ in 0..<10_000 { counts[chance.place(weights: [3, 0, 1])] += 1 }
        #expect(counts[1] == 0)
        #expect(abs(counts[0] - 7_500) < 200)
    }

    @Test("A percentile is the smallest value that so many do not exceed")
    func percentiles() {
        let values = Distribution([5, 1, 4, 2, 3])
        #expect([1, 20, 21, 50, 90, 100].map(values.percentile) == [1, 1, 2, 3, 5, 5])
        #expect(values.mean == 3)
        #expect(Distribution([]).percentile(50) == 0)
    }

    @Test("An agenda gives the least first, and equal ones in the order in which they came")
    func agenda() {
        var agenda = Agenda<String>()
        for (item, key) in [("c", 3), ("a", 1), ("b", 2), ("a2", 1), ("c2", 3), ("a3", 1)] {
            agenda.add(item, at: Int64(key))
        }
        var order: [String] = []
        while let next = agenda.removeFirst() { order.append(next.item) }
        #expect(order == ["a", "a2", "a3", "b", "c", "c2"])
        #expect(agenda.isEmpty)
    }
}
