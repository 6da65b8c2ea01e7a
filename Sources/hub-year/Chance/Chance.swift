// Chance that comes out the same for the same seed, whatever the order in which it is asked for.

import HubTestKit

/// A small generator (``SplitMix64``); not for secrets.
///
/// Each purpose has a stream of its own, found by what it is for: ``stream(_:_:_:)``. So a case meets the same fate in every
/// run with the same seed, with more officers or fewer, on paper or with the hub, and a draw that is added somewhere moves
/// no other.
struct Chance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= SplitMix64.step
        return SplitMix64.mixed(state)
    }

    /// The stream for one purpose.
    ///
    /// - Parameters:
    ///   - purpose: What it is for, such as `minutes/check`.
    ///   - first: Whom it is for, such as the number of a case.
    ///   - second: Which time, such as the second visit.
    func stream(_ purpose: String, _ first: Int = 0, _ second: Int = 0) -> Chance {
        // FNV-1a: Swift's own hashes differ from process to process.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var seed = SplitMix64.mixed(state ^ hash)
        for part in [first, second] {
            seed = SplitMix64.mixed(seed &+ SplitMix64.step ^ UInt64(bitPattern: Int64(part)))
        }
        return Chance(seed: seed)
    }

    /// From 0 up to, but not including, 1, in steps of 2⁻⁵³.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number of the range, each as likely as the others to within 2⁻⁵³.
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        let count = Double(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + min(Int(fraction() * count), range.upperBound - range.lowerBound)
    }

    /// True with this probability.
    mutating func happens(_ probability: Double) -> Bool { fraction() < probability }
}
