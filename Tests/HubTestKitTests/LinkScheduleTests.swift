// When bytes come out of a bad line: latency, rate, loss, darkness, order.

import Testing

@testable import HubTestKit

@Suite("A segment on a bad line")
struct LinkScheduleTests {
    static let ms: Int64 = 1_000_000

    /// The same numbers for ever (a linear congruential generator; Knuth, MMIX).
    struct Fixed: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    func schedule(_ change: (inout LinkConditions) -> Void, isUp: Bool = false) -> LinkSchedule {
        var conditions = LinkConditions()
        change(&conditions)
        return LinkSchedule(conditions, openedAt: 0, isUp: isUp)
    }

    @Test("is handed over at once where nothing is wrong with the line")
    func faultless() {
        var random = Fixed(state: 1)
        var schedule = schedule { _ in }
        #expect(schedule.arrival(of: 1_448, at: 5, random: &random) == 5)
    }

    @Test("takes its time on the way, and the client's first one waits for TCP's handshake too")
    func latency() {
        var random = Fixed(state: 1)
        var down = schedule { $0.latencyMillis = 300 }
        #expect(down.arrival(of: 1, at: 0, random: &random) == 300 * Self.ms)
        var up = schedule({ $0.latencyMillis = 300 }, isUp: true)
        #expect(up.arrival(of: 1, at: 0, random: &random) == 900 * Self.ms)
        #expect(up.arrival(of: 1, at: 2_000 * Self.ms, random: &random) == 2_300 * Self.ms)
    }

    @Test("waits until those before it are sent, at the line's rate and with its headers")
    func rate() {
        var random = Fixed(state: 1)
        var schedule = schedule { $0.bitsPerSecond = 64_000 }
        // 1,448 and 52 bytes at 8,000 a second.
        let each = Int64(1_500) * 1_000_000_000 / 8_000
        #expect(schedule.arrival(of: 1_448, at: 0, random: &random) == each)
        #expect(schedule.arrival(of: 1_448, at: 0, random: &random) == 2 * each)
        #expect(schedule.arrival(of: 1_448, at: 10 * each, random: &random) == 11 * each)
    }

    @Test("that is lost comes after a wait, with all that follow it; about as many are lost as were asked for")
    func loss() {
        var random = Fixed(state: 7)
        var schedule = schedule {
            $0.latencyMillis = 10
            $0.loss = 0.05
        }
        var late = 0
        var last: Int64 = 0
        for number in Int64(0)..<10_000 {
            let sent = number * 10_000 * Self.ms
            let arrival = schedule.arrival(of: 100, at: sent, random: &random)
            #expect(arrival >= last)
            last = arrival
            guard arrival != sent + 10 * Self.ms else { continue }
            late += 1
            #expect(arrival - sent >= 230 * Self.ms, "a round trip and 200 ms, then its way")
        }
        #expect((400...600).contains(late))
    }

    @Test("that is sent in the dark comes after it")
    func dark() {
        var random = Fixed(state: 1)
        var schedule = schedule {
            $0.latencyMillis = 10
            $0.blackouts = [.init(fromMillis: 1_000, lengthMillis: 2_000)]
        }
        #expect(schedule.arrival(of: 1, at: 999 * Self.ms, random: &random) == 1_009 * Self.ms)
        // Sent again after 220, 440, 880 and 1,760 ms.
        #expect(schedule.arrival(of: 1, at: 1_000 * Self.ms, random: &random) == (1_000 + 3_300 + 10) * Self.ms)
    }

    @Test("never overtakes another one, and comes at the same time for the same seed")
    func order() {
        func arrivals(_ seed: UInt64) -> [Int64] {
            var random = Fixed(state: seed)
            var schedule = schedule {
                $0.jitterMillis = 50
                $0.loss = 0.2
            }
            return (0..<500).map { schedule.arrival(of: 100, at: $0 * Self.ms, random: &random) }
        }
        let once = arrivals(3)
        #expect(once == once.sorted())
        #expect(once == arrivals(3) && once != arrivals(4))
    }
}
