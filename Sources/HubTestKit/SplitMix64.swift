// Chance that comes out the same for the same seed.

/// SplitMix64 (Steele, Lea and Flood 2014): small, even, and not for secrets.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    /// What is added from one number to the next.
    package static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The numbers of a sequence follow from a state that only counts.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
