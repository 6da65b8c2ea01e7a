// How long connections wait whose principal was cut for floods.

import NIOCore
import Testing

@testable import HubServer

@Suite("a penalty for floods")
struct PenaltyTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// Seconds of each pause after so many cuts at one moment.
    private func pauses(free: Int, cuts: Int) -> [Int64] {
        var penalty = Penalty(free: free)
        return (0..<cuts).map { _ in
            penalty.add(start)
            return max(0, (penalty.pausedUntil - start).nanoseconds / 1_000_000_000)
        }
    }

    @Test("begins after the free cuts with two seconds, doubles with each more and stays at 16 seconds")
    func doubling() {
        #expect(pauses(free: 3, cuts: 11) == [0, 0, 0, 2, 4, 8, 16, 16, 16, 16, 16])
    }

    @Test("comes with the first cut where none is free")
    func none() { #expect(pauses(free: 0, cuts: 2) == [2, 4]) }

    @Test("forgives one cut in ten seconds")
    func forgiveness() {
        var penalty = Penalty(free: 2)
        for second in stride(from: Int64(0), to: 1_000, by: 10) { penalty.add(start + .seconds(second)) }
        #expect(penalty.pausedUntil < start, "a cut each ten seconds is free for ever")
        for _ in 1...3 { penalty.add(start + .seconds(1_000)) }
        #expect(penalty.pausedUntil == start + .seconds(1_002))
    }

    @Test("never ends a pause sooner than was said before")
    func never() {
        var penalty = Penalty(free: 0)
        for _ in 1...4 { penalty.add(start) }
        penalty.add(start + .seconds(12))
        #expect(penalty.pausedUntil >= start + .seconds(16))
        let before = penalty.pausedUntil
        penalty.add(start + .seconds(50))
        #expect(penalty.pausedUntil >= before)
    }

    @Test("is over two and a half minutes after the last cut, however many there were")
    func end() {
        var penalty = Penalty(free: 10)
        for _ in 1...10_000 { penalty.add(start) }
        #expect(penalty.pausedUntil == start + .seconds(16))
        for _ in 1...10 { penalty.add(start + .seconds(150)) }
        #expect(penalty.pausedUntil == start + .seconds(16), "all ten are free again")
    }

    @Test("counts with the most free cuts that can be set")
    func most() {
        var penalty = Penalty(free: 1_000_000)
        for _ in 1...10 { penalty.add(start) }
        #expect(penalty.pausedUntil < start)
        for _ in 1...10 { penalty.add(.distantFuture) }
        #expect(penalty.pausedUntil < start)
    }
}
