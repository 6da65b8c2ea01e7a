// What waits to be sent: turns, credit, and nothing lost or out of order.

import HubWire
import Testing

@Suite("send queue")
struct SendQueueTests {
    private typealias Queue = SendQueue<[UInt8]>

    /// Takes everything that may leave; per stream the bytes, and the order of streams.
    private struct Wire {
        var streams: [UInt32: [UInt8]] = [:]
        var order: [UInt32] = []
        var ended: [UInt32] = []
        var longest = 0

        mutating func take(_ queue: inout Queue) {
            while let outgoing = queue.next() {
                switch outgoing {
                case .data(let stream, let piece, _, _):
                    streams[stream, default: []] += piece
                    order.append(stream)
                    longest = max(longest, piece.count)
                case .end(let stream): ended.append(stream)
                }
            }
        }
    }

    private func message(_ count: Int, _ seed: UInt8 = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0) &+ seed }
    }

    @Test("streams take turns by pieces, and one without credit holds up no other")
    func turns() {
        var queue = Queue(peer: WireLimits(streamCredit: 100_000))
        for stream in [1, 3, 5] as [UInt32] { queue.add(message(40_000), to: stream, isLast: true) }
        var wire = Wire()
        wire.take(&queue)
        #expect(wire.order == [1, 3, 5, 1, 3, 5, 1, 3, 5])
        #expect(wire.longest == WireLimits.quantum)
        queue.add(message(100_000), to: 7, isLast: false)
        queue.add(message(1), to: 7, isLast: true)
        queue.add(message(10), to: 9, isLast: true)
        wire.take(&queue)
        #expect(wire.streams[7]?.count == 100_000)
        #expect(wire.streams[9]?.count == 10)
        #expect(queue.unsent(7) == 1)
        queue.grant(7, offset: 100_001)
        wire.take(&queue)
        #expect(wire.streams[7]?.count == 100_001)
    }

    @Test("nothing leaves beyond the connection's credit, and everything when there is more")
    func connection() {
        var queue = Queue(peer: WireLimits(connectionCredit: 50_000))
        for stream in [1, 3] as [UInt32] { queue.add(message(40_000), to: stream, isLast: true) }
        var wire = Wire()
        wire.take(&queue)
        #expect(wire.streams.values.reduce(0) { $0 + $1.count } == 50_000)
        let taken1 = queue.pass(5, bytes: 1)
        #expect(!taken1)
        queue.grantConnection(offset: 40_000)
        let early = queue.next()
        #expect(early == nil)
        queue.grantConnection(offset: 80_000)
        wire.take(&queue)
        #expect(wire.streams == [1: message(40_000), 3: message(40_000)])
    }

    @Test("a short message passes when nothing waits, and never beyond its credit")
    func passing() {
        var queue = Queue(peer: WireLimits(streamCredit: 10))
        let taken2 = queue.pass(1, bytes: 10)
        #expect(taken2)
        let taken3 = queue.pass(3, bytes: 11)
        #expect(!taken3)
        queue.grant(3, offset: 6)
        let taken4 = queue.pass(3, bytes: 11)
        #expect(!taken4, "less than before says nothing")
        queue.grant(3, offset: 11)
        let taken5 = queue.pass(3, bytes: 11)
        #expect(taken5)
        let taken6 = queue.pass(3, bytes: 1)
        #expect(!taken6)
        queue.add([1], to: 5, isLast: true)
        let taken7 = queue.pass(7, bytes: 1)
        #expect(!taken7, "something waits")
    }

    @Test("END comes when all has left, at once when nothing waits, and not for what was dropped")
    func ends() {
        var queue = Queue(peer: WireLimits(streamCredit: 5))
        let taken8 = queue.close(1)
        #expect(!taken8)
        queue.add(message(6), to: 3, isLast: false)
        let taken9 = queue.close(3)
        #expect(taken9)
        var wire = Wire()
        wire.take(&queue)
        #expect(wire.ended.isEmpty)
        queue.grant(3, offset: 6)
        wire.take(&queue)
        #expect(wire.ended == [3])
        queue.add(message(6), to: 5, isLast: false)
        _ = queue.close(5)
        queue.drop(5)
        wire.take(&queue)
        #expect(wire.ended == [3] && queue.isEmpty)
    }

    @Test("empty messages need no credit and stay in their order")
    func empty() {
        var queue = Queue(peer: WireLimits(streamCredit: 1))
        queue.add([7], to: 1, isLast: false)
        queue.add([], to: 1, isLast: false)
        queue.add([8], to: 1, isLast: true)
        var wire = Wire()
        wire.take(&queue)
        #expect(wire.streams[1] == [7] && wire.order.count == 2)
    }

    @Test("a megabyte arrives whole through windows of one byte up to 64 KiB", arguments: 0..<8)
    func randomWindows(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return 1 + state % bound
        }
        let streams: [UInt32] = [1, 3, 5, 7]
        var queue = Queue(peer: WireLimits(streamCredit: 1, connectionCredit: 1))
        var offsets: [UInt32: UInt64] = [:]
        var connection: UInt64 = 1
        for stream in streams {
            for part in 0..<4 { queue.add(message(65_536, UInt8(part)), to: stream, isLast: part == 3) }
        }
        var wire = Wire()
        for round in 0..<100_000 where !queue.isEmpty {
            let stream = streams[round % streams.count]
            offsets[stream, default: 1] += random(round % 3 == 0 ? 65_536 : 7)
            queue.grant(stream, offset: offsets[stream] ?? 1)
            connection += random(65_536)
            queue.grantConnection(offset: connection)
            wire.take(&queue)
        }
        let whole = (0..<4).flatMap { message(65_536, UInt8($0)) }
        for stream in streams { #expect(wire.streams[stream] == whole) }
    }
}
