// When a crashed module is started again.

import HubModules
import Testing

@Suite("Restarts are quick, then slower, then refused")
struct RuntimePolicyTests {
    @Test("the first restart is immediate, the wait doubles from the second on, the sixth crash is quarantine")
    func steps() {
        var policy = RestartPolicy(ModuleLimits())
        let verdicts = (0..<6).map { policy.crashed(nowMillis: $0 * 1_000, jitter: 0) }
        #expect(
            verdicts == [
                .restart(afterMillis: 0), .restart(afterMillis: 100), .restart(afterMillis: 200),
                .restart(afterMillis: 400), .restart(afterMillis: 800), .quarantine,
            ])
    }

    @Test("crashes outside the window are forgotten")
    func window() {
        var policy = RestartPolicy(ModuleLimits())
        for minute in Int64(0)..<20 {
            #expect(policy.crashed(nowMillis: minute * 60_000, jitter: 0) == .restart(afterMillis: 0))
        }
    }

    @Test("jitter moves the wait by a fifth at most, and the ceiling holds")
    func jitter() {
        var limits = ModuleLimits()
        limits.crashesMax = 1_000
        var early = RestartPolicy(limits)
        var late = RestartPolicy(limits)
        _ = early.crashed(nowMillis: 0, jitter: -5)
        _ = late.crashed(nowMillis: 0, jitter: 5)
        #expect(early.crashed(nowMillis: 1, jitter: -5) == .restart(afterMillis: 80))
        #expect(late.crashed(nowMillis: 1, jitter: 5) == .restart(afterMillis: 120))
        for _ in 0..<500 { _ = late.crashed(nowMillis: 2, jitter: 0) }
        #expect(late.crashed(nowMillis: 2, jitter: 1) == .restart(afterMillis: 30_000))
    }

    @Test("what an admin forgives is forgotten")
    func forgiven() {
        var policy = RestartPolicy(ModuleLimits())
        for _ in 0..<6 { _ = policy.crashed(nowMillis: 0, jitter: 0) }
        policy.forgive()
        #expect(policy.crashed(nowMillis: 0, jitter: 0) == .restart(afterMillis: 0))
    }
}
