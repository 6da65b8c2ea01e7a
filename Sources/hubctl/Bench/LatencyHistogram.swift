// Latencies in log-linear buckets: fixed memory, quantiles within 1.6 %.

/// Counts of durations in nanoseconds, from 0 to 18 minutes; longer ones count as that.
///
/// Values below 128 have a bucket each; above, every power of two is cut into 64. The idea is that of Gil Tene's
/// HdrHistogram.
struct LatencyHistogram: Sendable {
    private static let linearBits: UInt64 = 6
    private static let linear = 1 << linearBits
    private static let valueMax: UInt64 = 1 << 40

    private var counts = [UInt64](repeating: 0, count: bucket(valueMax) + 1)
    private(set) var count: UInt64 = 0
    /// Nanoseconds; 0 when empty.
    private(set) var maximum: UInt64 = 0

    /// Counts one duration.
    mutating func record(_ nanoseconds: UInt64) {
        let value = min(nanoseconds, Self.valueMax)
        counts[Self.bucket(value)] += 1
        count += 1
        maximum = max(maximum, value)
    }

    /// Adds what another has counted.
    mutating func merge(_ other: Self) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        maximum = max(maximum, other.maximum)
    }

    /// The duration that `share` (0 to 1) of all did not exceed, in nanoseconds; 0 when empty.
    func quantile(_ share: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let wanted = max(1, UInt64((min(max(share, 0), 1) * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, inBucket) in counts.enumerated() {
            seen += inBucket
            if seen >= wanted { return min(Self.highest(index), maximum) }
        }
        return maximum
    }

    private static func bucket(_ value: UInt64) -> Int {
        let exponent = max(0, 63 - value.leadingZeroBitCount - Int(linearBits))
        return exponent * linear + Int(value >> UInt64(exponent))
    }

    /// The highest value of a bucket.
    private static func highest(_ index: Int) -> UInt64 {
        let exponent = max(0, index / linear - 1)
        let lowest = UInt64(index - exponent * linear) << UInt64(exponent)
        return lowest + (1 << UInt64(exponent)) - 1
    }
}
