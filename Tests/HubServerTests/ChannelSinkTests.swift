// The slow-reader rule: patience first, then the cut, and memory bounded all the while.

import HubDomain
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import HubServer

@Suite("channel sink", .timeLimit(.minutes(5)))
struct ChannelSinkTests {
    /// A channel that sends only when it is told to.
    final class Wire: Sendable {
        private let waiting = NIOLockedValueBox<[(bytes: Int, left: @Sendable () -> Void)]>([])

        var unsent: Int { waiting.withLockedValue { $0.reduce(0) { $0 + $1.bytes } } }

        func push(_ message: [UInt8], _ left: @escaping @Sendable () -> Void) {
            waiting.withLockedValue { $0.append((message.count, left)) }
        }

        /// Lets the oldest message leave.
        func sendOne() {
            let first = waiting.withLockedValue { $0.isEmpty ? nil : $0.removeFirst() }
            first?.left()
        }
    }

    let wire = Wire()

    private func sink(patience: TimeAmount) -> ChannelSink {
        let wire = wire
        return ChannelSink(unsentBytesMax: 100, patience: patience, loop: MultiThreadedEventLoopGroup.singleton.any()) {
            wire.push($0.bytes, $2)
        }
    }

    private func message(_ count: Int) -> [UInt8] { [UInt8](repeating: 1, count: count) }

    @Test("a reader that is behind but reads gets everything, and never more than the bound waits for it")
    func behind() async throws {
        let sink = sink(patience: .seconds(30))
        let wire = wire
        let reader = Task {
            var most = 0
            while !Task.isCancelled {
                most = max(most, wire.unsent)
                wire.sendOne()
                await Task.yield()
            }
            return most
        }
        for _ in 1...200 { try await sink.send(message(40), cursor: []) }
        reader.cancel()
        #expect(await reader.value <= 100)
        #expect(sink.bytesSent == 8_000)
    }

    @Test("a reader that does not read is cut when the patience is over, and not before")
    func slow() async throws {
        let sink = sink(patience: .milliseconds(50))
        try await sink.send(message(100), cursor: [])
        let began = NIODeadline.now()
        await #expect(throws: HubError(.slowConsumer, "")) { try await sink.send(message(1), cursor: []) }
        #expect(NIODeadline.now() - began >= .milliseconds(50))
        #expect(wire.unsent == 100)
    }

    @Test("a message longer than the bound waits alone")
    func long() async throws {
        let sink = sink(patience: .milliseconds(1))
        try await sink.send(message(500), cursor: [])
        await #expect(throws: HubError(.slowConsumer, "")) { try await sink.send(message(1), cursor: []) }
        wire.sendOne()
        try await sink.send(message(1), cursor: [])
    }

    @Test("who waits for room is told at once when nobody listens any more")
    func closed() async throws {
        let sink = sink(patience: .seconds(3_600))
        try await sink.send(message(100), cursor: [])
        let waits = Task { try await sink.send(message(1), cursor: []) }
        try await Task.sleep(for: .milliseconds(10))
        sink.close()
        await #expect(throws: HubError(.cancelled, "")) { try await waits.value }
        await #expect(throws: HubError(.cancelled, "")) { try await sink.send(message(1), cursor: []) }
    }
}
