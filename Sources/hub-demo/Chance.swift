// Chance that comes out the same for the same seed.

import HubTestKit

/// A small generator for test data; not for secrets.
struct Chance: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    /// Starts a sequence.
    init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    mutating func next() -> UInt64 { numbers.next() }

    /// A whole number of the range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in so many of a hundred cases.
    mutating func happens(percent: Int) -> Bool { number(1...100) <= percent }

    /// One of the choices; nil when there is none.
    mutating func pick<Choices: Collection>(_ choices: Choices) -> Choices.Element? {
        choices.randomElement(using: &self)
    }

    /// 16 bytes, as an idempotency key wants them.
    mutating func key() -> [UInt8] {
        let halves = [next(), next()]
        return halves.flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (8 * $0)) } }
    }
}
