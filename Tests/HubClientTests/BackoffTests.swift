// Waits between attempts, and the watch over a silent hub.

import NIOCore
import NIOEmbedded
import Testing

@testable import HubClient

@Suite("Waits between attempts")
struct BackoffTests {
    @Test("begin at once, grow by 1.6 up to the cap, and are spread by a fifth, however many fail")
    func growth() {
        let backoff = Backoff(firstMillis: 100, capMillis: 5_000)
        var random = SystemRandomNumberGenerator()
        let middle: [Int: Double] = [1: 100, 2: 160, 3: 256, 9: 4_295, 10: 5_000, 1_000_000: 5_000]
        for _ in 0..<200 {
            #expect(backoff.millis(afterFailures: 0, random: &random) == 0)
            for (failures, expected) in middle {
                let wait = Double(backoff.millis(afterFailures: failures, random: &random))
                #expect((expected * 0.8 - 1...expected * 1.2 + 1).contains(wait), "\(failures): \(wait)")
            }
        }
    }
}

@Suite("A silent hub")
struct KeepAliveTests {
    private final class Watch {
        var keepAlive = KeepAlive(intervalMillis: 45_000, timeoutMillis: 20_000, spread: 1)
        var verdicts: [String] = []

        func look(_ loop: EmbeddedEventLoop) {
            let verdict = keepAlive.check(at: loop.now)
            verdicts.append("\(verdict)")
            if case .dead = verdict { return }
            keepAlive.plan(loop) { self.look(loop) }
        }
    }

    @Test("is asked after 45 seconds and taken for dead 20 seconds later")
    func silence() {
        let loop = EmbeddedEventLoop()
        let watch = Watch()
        watch.keepAlive.begin(loop, now: loop.now) { watch.look(loop) }
        loop.advanceTime(by: .seconds(44))
        #expect(watch.verdicts.isEmpty)
        loop.advanceTime(by: .seconds(1))
        #expect(watch.verdicts == ["ask"])
        loop.advanceTime(by: .seconds(20))
        #expect(watch.verdicts == ["ask", "dead"])
    }

    @Test("that says anything is left alone for another 45 seconds")
    func signOfLife() {
        let loop = EmbeddedEventLoop()
        let watch = Watch()
        watch.keepAlive.begin(loop, now: loop.now) { watch.look(loop) }
        loop.advanceTime(by: .seconds(30))
        watch.keepAlive.heard(at: loop.now)
        watch.keepAlive.begin(loop, now: loop.now) { Issue.record("already watched") }
        loop.advanceTime(by: .seconds(44))
        #expect(watch.verdicts == ["quiet"])
        loop.advanceTime(by: .seconds(1))
        #expect(watch.verdicts == ["quiet", "ask"])
        loop.advanceTime(by: .seconds(1))
        watch.keepAlive.heard(at: loop.now)
        loop.advanceTime(by: .seconds(60))
        #expect(watch.verdicts == ["quiet", "ask", "quiet", "ask"])
    }
}
