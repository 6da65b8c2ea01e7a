// Chance that comes out the same for the same seed, whatever the order in which it is asked for.

/// A small generator (SplitMix64; Steele, Lea and Flood 2014); not for secrets.
///
/// Each purpose has a stream of its own, found by what it is for: ``stream(_:_:_:)``. So a case meets the same fate in every
/// run with the same seed, with more officers or fewer, on paper or with the hub, and a draw that is added somewhere moves
/// no other.
struct Chance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
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
        var seed = Self.mixed(state ^ hash)
        for part in [first, second] {
            seed = Self.mixed(seed &+ Self.step ^ UInt64(bitPattern: Int64(part)))
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

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
