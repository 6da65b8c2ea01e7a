// How long things take and how many come: the distributions of the simulation.

import Glibc

extension Chance {
    /// Of the standard normal distribution (Box and Muller 1958; one of the two, so that no draw depends on the one before).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - fraction())).squareRoot()
        return radius * cos(2 * Double.pi * fraction())
    }

    /// Lognormal: half of all draws are below the median, and its logarithm has the deviation `sigma`.
    mutating func lognormal(median: Double, sigma: Double) -> Double { median * exp(sigma * normal()) }

    /// How many come when `mean` come on average (Knuth, The Art of Computer Programming 3.4.1; in parts of at most 16, whose
    /// sum is Poisson too).
    mutating func poisson(mean: Double) -> Int {
        var (left, count) = (mean, 0)
        while left > 0 {
            let part = min(left, 16)
            let bound = exp(-part)
            var product = fraction()
            while product > bound {
                count += 1
                product *= fraction()
            }
            left -= part
        }
        return count
    }

    /// The place of one of the weights, in proportion to them; 0 when none is above 0.
    mutating func place(weights: [Double]) -> Int {
        var left = fraction() * weights.reduce(0, +)
        for (place, weight) in weights.enumerated() where weight > 0 {
            left -= weight
            if left < 0 { return place }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}

/// What is left of many numbers: percentiles and mean.
struct Distribution: Sendable {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var count: Int { sorted.count }
    /// 0 of no values.
    var mean: Double { sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count) }

    /// The smallest value that at least this share of all values does not exceed (nearest rank); 0 of no values.
    func percentile(_ percent: Int) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = (sorted.count * percent + 99) / 100
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
