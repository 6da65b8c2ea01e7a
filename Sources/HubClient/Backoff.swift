// How long to wait before the next attempt.

/// Waits that grow by 1.6 and are spread by ±20 %, so that clients of a hub that comes back do not come all at once.
public struct Backoff: Sendable, Hashable {
    /// Milliseconds before the second attempt.
    public var firstMillis: UInt32
    /// Milliseconds that are never exceeded, before the spread.
    public var capMillis: UInt32
    /// The same while somebody waits for the answer to a unary call: a person at a counter is not let down by a wait that
    /// grew over night.
    public var attendedCapMillis: UInt32

    /// Waits from `firstMillis` up to `capMillis`.
    public init(firstMillis: UInt32 = 100, capMillis: UInt32 = 120_000, attendedCapMillis: UInt32 = 5_000) {
        self.firstMillis = firstMillis
        self.capMillis = capMillis
        self.attendedCapMillis = attendedCapMillis
    }

    /// Milliseconds to wait after `failures` attempts in a row have failed; none before the first.
    ///
    /// - Parameter attended: Somebody waits for a unary call.
    func millis(
        afterFailures failures: Int, attended: Bool = false, random: inout some RandomNumberGenerator
    ) -> Int64 {
        guard failures > 0 else { return 0 }
        let cap = Double(attended ? min(capMillis, attendedCapMillis) : capMillis)
        var wait = Double(firstMillis)
        // 64 steps exceed every cap that fits in 32 bits.
        for _ in 1..<max(1, min(failures, 64)) where wait < cap { wait *= 1.6 }
        return Int64(min(wait, cap) * Double.random(in: 0.8...1.2, using: &random))
    }
}

/// The caller's random generator, as a type of its own.
struct ClientRandom: RandomNumberGenerator, Sendable {
    var source: any RandomNumberGenerator & Sendable

    mutating func next() -> UInt64 { source.next() }

    /// So many random bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
