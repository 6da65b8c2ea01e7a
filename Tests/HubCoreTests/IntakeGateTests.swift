// Whole documents wait their turn.

import HubDomain
import Synchronization
import Testing

@testable import HubCore

/// Counts from many tasks.
private final class Count: Sendable {
    private let state = Mutex((now: 0, most: 0))
    var now: Int { state.withLock(\.now) }
    var most: Int { state.withLock(\.most) }

    @discardableResult
    func add(_ amount: Int) -> Int {
        state.withLock { state in
            state.now += amount
            state.most = max(state.most, state.now)
            return state.now
        }
    }
}

@Suite("Documents that are looked at as a whole")
struct IntakeGateTests {
    @Test("never take more memory at once than there is, and each comes in the end, the largest too")
    func bounded() async throws {
        let (gate, held) = (IntakeGate(bytes: 100), Count())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in 0..<120 {
                let size: UInt64 = [10, 30, 60, 1, 400][place % 5]
                group.addTask {
                    try await gate.enter(size)
                    held.add(Int(min(size, 100)))
                    await Task.yield()
                    held.add(-Int(min(size, 100)))
                    await gate.leave(size)
                }
            }
            try await group.waitForAll()
        }
        #expect((60...100).contains(held.most) && held.now == 0)
    }

    @Test("beyond 256 that wait, one is told to come again")
    func crowd() async throws {
        let (gate, refused) = (IntakeGate(bytes: 1), Count())
        try await gate.enter(1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    do throws(HubError) {
                        try await gate.enter(1)
                        await gate.leave(1)
                    } catch {
                        #expect(error.code == .uploadLimit && error.retryAfterMillis != nil)
                        // All have come by now: who waits may go.
                        if refused.add(1) == 44 { await gate.leave(1) }
                    }
                }
            }
        }
        #expect(refused.now == 44)
    }
}
