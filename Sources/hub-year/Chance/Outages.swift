// When something is away.

/// Spans of a run in which something cannot be reached.
struct Outages: Sendable {
    /// From and until, milliseconds since 1970 UTC, by their beginning; they may overlap.
    let spans: [(from: Int64, until: Int64)]

    /// - Parameters:
    ///   - purpose: What is away.
    ///   - count: How often, on average.
    ///   - span: First and last moment of the run.
    init(_ purpose: String, count: Double, hours: Spread, in span: ClosedRange<Int64>, chance: Chance) {
        var chance = chance.stream(purpose)
        spans = (0..<chance.poisson(mean: count)).map { _ in
            let from = span.lowerBound + Int64(chance.fraction() * Double(span.upperBound - span.lowerBound))
            return (from, from + Int64(hours.draw(&chance) * 3_600_000))
        }.sorted { $0.from < $1.from }
    }

    /// Until when it is away; nil = it is there.
    func end(at millis: Int64) -> Int64? {
        spans.filter { $0.from <= millis && millis < $0.until }.map(\.until).max()
    }
}
