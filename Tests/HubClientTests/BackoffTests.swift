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

    @Test("go up to two minutes while nobody waits, and to five seconds while somebody does")
    func attended() {
        let backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let alone = backoff.millis(afterFailures: 50, random: &random)
            #expect((96_000...144_000).contains(alone))
            let attended = backoff.millis(afterFailures: 50, attended: true, random: &random)
            #expect((4_000...6_000).contains(attended))
        }
    }
}

@Suite("A silent hub")
struct KeepAliveTests {
    private final class Watch {
        let loop = EmbeddedEventLoop()
        var keepAlive = KeepAlive(intervalMillis: 45_000, idleMillis: 300_000, timeoutMillis: 20_000, spread: 1)
        var verdicts: [String] = []
        var isBusy: Bool

        init(isBusy: Bool) {
            self.isBusy = isBusy
            keepAlive.begin(loop, now: loop.now, isBusy: isBusy) { [self] in look() }
        }

        func look() {
            let verdict = keepAlive.check(at: loop.now, isBusy: isBusy)
            verdicts.append("\(verdict)")
            if case .dead = verdict { return }
            keepAlive.plan(loop, isBusy: isBusy) { [self] in look() }
        }

        func call() {
            isBusy = true
            keepAlive.busy(loop, now: loop.now) { [self] in look() }
        }

        func hear() { keepAlive.heard(at: loop.now) }

        func pass(_ seconds: Int64) { loop.advanceTime(by: .seconds(seconds)) }
    }

    @Test("is asked after 45 seconds and taken for dead 20 seconds later")
    func silence() {
        let watch = Watch(isBusy: true)
        watch.pass(44)
        #expect(watch.verdicts.isEmpty)
        watch.pass(1)
        #expect(watch.verdicts == ["ask"])
        watch.pass(20)
        #expect(watch.verdicts == ["ask", "dead"])
    }

    @Test("that says anything is left alone for another 45 seconds")
    func signOfLife() {
        let watch = Watch(isBusy: true)
        watch.pass(30)
        watch.hear()
        watch.pass(44)
        #expect(watch.verdicts == ["quiet"])
        watch.pass(1)
        #expect(watch.verdicts == ["quiet", "ask"])
        watch.pass(1)
        watch.hear()
        watch.pass(60)
        #expect(watch.verdicts == ["quiet", "ask", "quiet", "ask"])
    }

    @Test("is asked every five minutes while no call is open")
    func idle() {
        let watch = Watch(isBusy: false)
        watch.pass(299)
        #expect(watch.verdicts.isEmpty)
        watch.pass(1)
        #expect(watch.verdicts == ["ask"])
        watch.hear()
        watch.pass(310)
        #expect(watch.verdicts.filter { $0 == "ask" }.count == 2)
        #expect(!watch.verdicts.contains("dead"))
    }

    @Test("is asked 45 seconds after a call that ends a long quiet time, and a call more plans nothing anew")
    func wakes() {
        let watch = Watch(isBusy: false)
        watch.pass(200)
        watch.call()
        watch.pass(44)
        #expect(watch.verdicts.isEmpty)
        watch.call()
        watch.pass(2)
        #expect(watch.verdicts == ["quiet"], "the second call has had no answer for two seconds only")
        watch.pass(43)
        #expect(watch.verdicts == ["quiet", "ask"])
    }
}
