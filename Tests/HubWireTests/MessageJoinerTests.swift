// Messages cut into frames and joined again.

import HubWire
import Testing

@Suite("Messages and frames")
struct MessageJoinerTests {
    /// As the joiner says it, with the payload of a message that came in one frame.
    private func joined(_ joiner: inout MessageJoiner, _ payload: [UInt8], more: Bool) -> MessageJoiner.Outcome {
        let outcome = payload.withUnsafeBytes { joiner.append($0, more: more) }
        return outcome == .whole(joined: nil) ? .whole(joined: payload) : outcome
    }

    @Test("a message in one frame is whole at once, even an empty one")
    func one() {
        var joiner = MessageJoiner(limit: 4)
        #expect(joined(&joiner, [1, 2, 3, 4], more: false) == .whole(joined: [1, 2, 3, 4]))
        #expect(joined(&joiner, [], more: false) == .whole(joined: []))
    }

    @Test("frames with MORE are joined in order, and the next message begins anew")
    func several() {
        var joiner = MessageJoiner(limit: 6)
        #expect(joined(&joiner, [1, 2], more: true) == .incomplete)
        #expect(joiner.isJoining)
        #expect(joined(&joiner, [], more: true) == .incomplete)
        #expect(joined(&joiner, [3], more: false) == .whole(joined: [1, 2, 3]))
        #expect(!joiner.isJoining)
        #expect(joined(&joiner, [4], more: true) == .incomplete)
        #expect(joined(&joiner, [], more: false) == .whole(joined: [4]))
    }

    @Test("exactly the limit passes, one byte more does not", arguments: [1, 2, 3, 7])
    func limit(step: Int) {
        for count in [20, 21] {
            var joiner = MessageJoiner(limit: 20)
            var outcome = MessageJoiner.Outcome.incomplete
            for start in stride(from: 0, to: count, by: step) where outcome == .incomplete {
                let stop = min(start + step, count)
                outcome = joined(&joiner, [UInt8](repeating: 9, count: stop - start), more: stop < count)
            }
            #expect(outcome == (count == 20 ? .whole(joined: [UInt8](repeating: 9, count: 20)) : .tooLarge))
        }
    }

    @Test("the rest of a message that was too large is never taken for a message of its own")
    func restOfTooLarge() {
        var joiner = MessageJoiner(limit: 4)
        #expect(joined(&joiner, [1, 2, 3], more: true) == .incomplete)
        #expect(joined(&joiner, [4, 5], more: true) == .tooLarge)
        #expect(joined(&joiner, [6], more: true) == .tooLarge)
        #expect(joined(&joiner, [7], more: false) == .tooLarge)
        #expect(joined(&joiner, [8], more: false) == .whole(joined: [8]))
    }

    @Test("a message is cut into frames of at most the peer's limit, MORE on all but the last")
    func split() {
        #expect(pieces(0, max: 16_384, last: true) == [Piece(0..<0, .end)])
        #expect(pieces(0, max: 16_384, last: false) == [Piece(0..<0, [])])
        #expect(pieces(16_384, max: 16_384, last: true) == [Piece(0..<16_384, .end)])
        #expect(pieces(16_385, max: 16_384, last: true) == [Piece(0..<16_384, .more), Piece(16_384..<16_385, .end)])
        #expect(pieces(5, max: 2, last: false) == [Piece(0..<2, .more), Piece(2..<4, .more), Piece(4..<5, [])])
    }

    @Test("a limit of nothing cannot make an endless loop")
    func splitByNothing() { #expect(pieces(2, max: 0, last: true).count == 2) }

    @Test("what was split is joined to the same bytes", arguments: [0, 1, 15, 16, 17, 31, 32, 33, 1_000])
    func splitAndJoin(count: Int) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var joiner = MessageJoiner(limit: 1_000)
        var outcomes: [MessageJoiner.Outcome] = []
        for piece in pieces(count, max: 16, last: true) {
            outcomes.append(joined(&joiner, [UInt8](message[piece.range]), more: piece.flags.contains(.more)))
        }
        #expect(outcomes.dropLast().allSatisfy { $0 == .incomplete })
        #expect(outcomes.last == .whole(joined: message))
    }

    private struct Piece: Equatable {
        let range: Range<Int>
        let flags: FrameFlags
        init(_ range: Range<Int>, _ flags: FrameFlags) {
            self.range = range
            self.flags = flags
        }
    }

    private func pieces(_ count: Int, max: UInt32, last: Bool) -> [Piece] {
        var pieces: [Piece] = []
        MessageSplitter.split(count: count, frameBytesMax: max, last: last) { pieces.append(Piece($0, $1)) }
        return pieces
    }
}
