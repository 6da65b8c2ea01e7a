// Chance that comes out the same for the same seed (SplitMix64, Steele, Lea and Flood 2014).

/// A small generator for test data; not for secrets.
struct Chance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts a sequence.
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

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
