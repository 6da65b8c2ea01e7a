// The loop that makes deadlines happen: it sleeps, wakes, and nothing holds it up.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Synchronization
import Testing

@Suite("deadline loop", .timeLimit(.minutes(5)))
struct DeadlineLoopTests {
    /// Runs the hub's loop; its sleeps end with the task that sleeps, or when the test says so.
    final class Sleeper: Sendable {
        private let asked = Mutex<[Int64]>([])
        private let task: Mutex<Task<Void, Never>?>

        init() { task = Mutex(nil) }

        /// Milliseconds of every sleep so far.
        var sleeps: [Int64] { asked.withLock { $0 } }

        func run(_ hub: SmallHub, ending limit: Int64 = 0) {
            let loop = hub.hub.deadlines
            task.withLock {
                $0 = Task {
                    await loop.run { millis in
                        self.asked.withLock { $0.append(millis) }
                        if millis > limit { try? await Task.sleep(for: .seconds(60)) }
                    }
                }
            }
        }

        func stop() async {
            let running = task.withLock { $0 }
            running?.cancel()
            await running?.value
        }

        func wait(sleeps count: Int) async {
            while sleeps.count < count, !Task.isCancelled { await Task.yield() }
        }
    }

    @Test("the loop wakes once for a commit with an earlier deadline, and does not spin afterwards")
    func sleeps() async throws {
        let hub = try await SmallHub.open()
        let sleeper = Sleeper()
        sleeper.run(hub)
        await sleeper.wait(sleeps: 1)
        for _ in 1...3 { try await hub.submit(for: SmallHub.anna) }
        await sleeper.wait(sleeps: 2)
        try await Task.sleep(for: .milliseconds(100))
        #expect(sleeper.sleeps.count <= 4)
        #expect(sleeper.sleeps.allSatisfy { $0 == 30_000 })
        await sleeper.stop()
    }

    @Test("the loop ends with its task")
    func ends() async throws {
        let sleeper = Sleeper()
        sleeper.run(try await SmallHub.open())
        await sleeper.wait(sleeps: 1)
        await sleeper.stop()
    }

    @Test("deadlines that cannot pass hold up none behind them, and the loop rests between its tries")
    func stuck() async throws {
        let hub = try await SmallHub.open()
        // More than one reading of cases whose module is gone.
        for number in 1...450 {
            var orphan = Sample.newCase(number)
            orphan.deadlines = [Sample.deadline("k", due: Sample.now - 1_000 + Int64(number))]
            try await hub.ledger.write(Sample.commit(orphan))
        }
        let state = try await hub.submit(for: SmallHub.anna)
        #expect(try await hub.hub.deadlines.advance(hub.clock, byMillis: 73 * SmallHub.hour) == 1)
        #expect(try await hub.get(state, by: .officer).escalation == 1)
        #expect(try await hub.ledger.dueDeadlines(nowMillis: .max, after: nil, limit: 999).count == 450)
        let sleeper = Sleeper()
        sleeper.run(hub)
        await sleeper.wait(sleeps: 1)
        try await Task.sleep(for: .milliseconds(50))
        // Once, and once more when a commit of before had already rung.
        #expect(sleeper.sleeps.count <= 2 && sleeper.sleeps.allSatisfy { $0 == 30_000 })
        await sleeper.stop()
    }

    @Test("a ledger that fails for a moment does not end the loop")
    func flaky() async throws {
        let ledger = FlakyLedger()
        let hub = try await SmallHub.open(ledger: ledger)
        let state = try await hub.submit(for: SmallHub.anna)
        hub.wait(hours: 73)
        ledger.fails = true
        let sleeper = Sleeper()
        sleeper.run(hub, ending: 1_000)
        await sleeper.wait(sleeps: 2)
        #expect(sleeper.sleeps.prefix(2) == [1_000, 1_000])
        ledger.fails = false
        while try await hub.get(state, by: .officer).escalation == 0 { await Task.yield() }
        await sleeper.stop()
    }

    @Test("moving a clock tells how many deadlines passed on the way, also when the loop runs beside it")
    func advance() async throws {
        let hub = try await SmallHub.open()
        let sleeper = Sleeper()
        sleeper.run(hub, ending: .max)
        for _ in 1...40 {
            try await hub.submit(for: SmallHub.anna)
            hub.wait(hours: 1)
        }
        #expect(try await hub.hub.deadlines.advance(hub.clock, byMillis: 200 * SmallHub.hour) == 40)
        await sleeper.stop()
        let events = try await hub.ledger.events(after: 0, limit: 999)
        let passed = events.filter { $0.kind == .deadlinePassed }
        #expect(passed.count == 40)
        #expect(passed.map(\.atMs) == (0..<40).map { Sample.now + (72 + $0) * SmallHub.hour })
    }

    @Test("a clock that cannot pass does not keep the others from passing before an action")
    func stuckClock() async throws {
        var bundle = SmallHub.bundle
        bundle.definitions[0].clocks.append(
            .with {
                ($0.name, $0.unit, $0.amount) = ("rusak", .hours, 24)
                ($0.runsIn, $0.onPassed, $0.moveTo) = (["diterima"], .move, "nowhere")
            })
        let hub = try await SmallHub.open(bundle: bundle)
        let state = try await hub.submit()
        hub.wait(hours: 73)
        let acted = try await hub.act("catat", on: state, by: .officer)
        #expect(acted.escalation == 1)
        #expect(acted.deadlines.map(\.state) == [.passed, .running])
    }
}
