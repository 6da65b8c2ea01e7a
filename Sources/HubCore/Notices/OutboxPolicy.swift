// How hard the hub tries to tell somebody: waits between attempts, when it gives up, when it stops hammering a channel.

package import HubProto

/// What hub.yaml says of notices, beside the channels themselves.
package struct OutboxPolicy: Sendable {
    /// Channels for whoever has not chosen, in order.
    package var standardChannels: [HubNoticeChannel] = []
    /// Attempts on one channel. With the waits below some 4.7 days, as mail servers try (RFC 5321, section 4.5.4.1).
    package var attemptsMax: UInt32 = 36
    /// Milliseconds before the second attempt; each later wait is twice as long, up to ``retryMillisMax``.
    package var firstRetryMillis: Int64 = 30_000
    package var retryMillisMax: Int64 = 4 * 3_600_000
    /// Milliseconds that a settled notice keeps its texts.
    package var keepMillis: Int64 = 30 * 86_400_000
    /// Attempts at the same time, for each channel.
    package var concurrency = 4

    package init() {}

    /// Milliseconds until the next attempt, between half and the whole of the wait so that twins of one moment part.
    ///
    /// - Parameters:
    ///   - attempts: That were made, 1 or more.
    ///   - random: Any number.
    func wait(after attempts: UInt32, random: UInt64) -> Int64 {
        var wait = max(1, firstRetryMillis)
        for _ in 1..<max(1, min(attempts, 64)) where wait < retryMillisMax { wait *= 2 }
        wait = min(wait, retryMillisMax)
        return wait - Int64(random % UInt64(wait / 2 + 1))
    }
}

/// Whether a channel works. A value; the lane of the channel holds it.
struct ChannelCircuit: Sendable, Hashable {
    /// Failures of the channel itself, without a success between.
    private(set) var failures = 0
    /// Nothing is tried before, milliseconds since 1970 UTC.
    private(set) var closedUntilMillis: Int64 = .min

    /// Failures after which the channel rests.
    private static let failuresMax = 3
    /// Milliseconds of the first rest; each later one is twice as long.
    private static let restMillis: Int64 = 5_000
    private static let restMillisMax: Int64 = 120_000

    var isDown: Bool { failures >= Self.failuresMax }

    /// How many attempts may begin now: after a rest one, to see.
    func room(nowMillis: Int64, of most: Int) -> Int {
        if nowMillis < closedUntilMillis { return 0 }
        return isDown ? 1 : most
    }

    mutating func worked() { self = ChannelCircuit() }

    mutating func failed(nowMillis: Int64) {
        failures = min(failures + 1, 64)
        guard isDown else { return }
        var rest = Self.restMillis
        for _ in Self.failuresMax..<failures where rest < Self.restMillisMax { rest *= 2 }
        closedUntilMillis = nowMillis.addingReportingOverflow(min(rest, Self.restMillisMax)).partialValue
    }
}

/// Where a notice goes next.
enum NoticeRoute: Sendable, Hashable {
    case channel(HubNoticeChannel, address: String)
    /// Every way was tried.
    case exhausted
    /// There was none. `why` is for operators.
    case nowhere(why: String)

    /// - Parameters:
    ///   - contact: The person's channels, in order.
    ///   - present: Channels that this hub has.
    init(_ contact: HubContact, givenUp: [HubNoticeChannel], present: Set<HubNoticeChannel>) {
        guard !contact.channels.isEmpty else {
            self = .nowhere(why: "none wanted")
            return
        }
        for channel in contact.channels where present.contains(channel) && !givenUp.contains(channel) {
            if let address = contact.address(channel) {
                self = .channel(channel, address: address)
                return
            }
        }
        self = givenUp.isEmpty ? .nowhere(why: "no address") : .exhausted
    }
}
