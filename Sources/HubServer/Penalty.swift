// What it costs a principal that its connections were cut for floods: who comes back at once finds nobody who reads.

import NIOCore

/// Connections of one principal that were ended with ENHANCE_YOUR_CALM for what they sent, and how long its next ones wait
/// (PROTOCOL.md, W-89).
struct Penalty {
    /// In which one cut is forgiven.
    private static let forgiveness = TimeAmount.seconds(10)
    /// After the first cut that is not free; twice as long after each more.
    private static let pause = TimeAmount.seconds(2)
    /// Short enough for what honest clients of the same principal bear: 20 seconds without progress (PROTOCOL.md, W-48).
    private static let pauseMax = TimeAmount.seconds(16)
    /// More cuts than this beyond the free ones are not counted: the pause is at its longest.
    private static let countedMax = 4

    private let free: Int
    private var forgivenAt = NIODeadline.uptimeNanoseconds(0)
    private(set) var pausedUntil = NIODeadline.uptimeNanoseconds(0)

    /// - Parameter free: Cuts without a consequence, 0 or more.
    init(free: Int) { self.free = free }

    /// A connection was cut.
    mutating func add(_ now: NIODeadline) {
        let most = now + Self.forgiveness * (free + Self.countedMax)
        forgivenAt = min(max(forgivenAt, now) + Self.forgiveness, most)
        let steps = (forgivenAt - now).nanoseconds - 1
        let counted = Int(steps / Self.forgiveness.nanoseconds) + 1
        guard counted > free else { return }
        pausedUntil = max(pausedUntil, now + min(Self.pause * (1 << (counted - free - 1)), Self.pauseMax))
    }
}
