// The bad line itself, between two sockets.

import HubTestKit
import NIOCore
import NIOPosix
import Synchronization
import Testing

@Suite("A simulated link", .timeLimit(.minutes(5)))
struct SimulatedLinkTests {
    /// Sends every byte back.
    private final class Echo: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// Keeps what comes, and how it ended.
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let seen = Mutex((bytes: [UInt8](), error: CInt(0), isClosed: false))

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = [UInt8](buffer: Self.unwrapInboundIn(data))
            seen.withLock { $0.bytes += bytes }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            seen.withLock { $0.error = (error as? IOError)?.errnoCode ?? -1 }
            context.close(promise: nil)
        }
        func channelInactive(context: ChannelHandlerContext) { seen.withLock { $0.isClosed = true } }
    }

    /// Writes `bytes` over a link to an echo, waits until `enough`, and says what came back.
    private func exchange(
        _ bytes: [UInt8], _ conditions: LinkConditions = LinkConditions(), cut: LinkCut? = nil,
        enough: @escaping @Sendable (Int, Bool) -> Bool
    ) async throws -> (bytes: [UInt8], error: CInt, traffic: SimulatedLink.Traffic) {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { $0.pipeline.addHandler(Echo()) }
            .bind(host: "127.0.0.1", port: 0).get()
        let link = try await SimulatedLink.start(
            to: server.localAddress?.port ?? 0, conditions, random: SystemRandomNumberGenerator(), cuts: { _ in cut })
        let collector = Collector()
        var client: (any Channel)?
        do {
            client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelInitializer { $0.pipeline.addHandler(collector) }
                .connect(host: "127.0.0.1", port: link.port).get()
        } catch is NIOConnectionError where cut?.isReset == true {
            // The reset of a line that breaks at its first byte may be faster than the connecting.
            collector.seen.withLock { ($0.error, $0.isClosed) = (ECONNRESET, true) }
        }
        try? await client?.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        while !collector.seen.withLock({ enough($0.bytes.count, $0.isClosed) }) {
            try await Task.sleep(for: .milliseconds(1))
        }
        let traffic = link.traffic
        await link.stop()
        try? await client?.close().get()
        try await server.close().get()
        let seen = collector.seen.withLock { $0 }
        return (seen.bytes, seen.error, traffic)
    }

    @Test("hands over every byte in order, more than its buffers hold, and counts them")
    func whole() async throws {
        let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        let got = try await exchange(sent) { count, _ in count == 1_000_000 }
        #expect(got.bytes == sent)
        #expect(got.traffic.connections == 1)
        #expect(got.traffic.bytesUp == sent.count && got.traffic.bytesDown == sent.count)
    }

    @Test("is as slow as it was told")
    func slow() async throws {
        var conditions = LinkConditions()
        conditions.latencyMillis = 50
        conditions.bitsPerSecond = 400_000
        let start = ContinuousClock.now
        let got = try await exchange([UInt8](repeating: 1, count: 10_000), conditions) { count, _ in count == 10_000 }
        // The handshake's round trip, one more, and 10,000 bytes at 50,000 a second up; down they overlap.
        #expect(ContinuousClock.now - start >= .milliseconds(400))
        #expect(got.traffic.segments >= 14)
    }

    @Test(
        "breaks after exactly so many bytes, with RST or in order",
        arguments: [(LinkDirection.up, 0), (.up, 1), (.up, 4_999), (.down, 0), (.down, 1), (.down, 1_449)]
            as [(LinkDirection, Int)], [true, false])
    func breaks(_ place: (LinkDirection, Int), _ isReset: Bool) async throws {
        let cut = LinkCut(place.0, afterBytes: place.1, isReset: isReset)
        let sent = (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
        let got = try await exchange(sent, cut: cut) { _, isClosed in isClosed }
        // What the echo had sent back before the way up broke may be lost with the connection.
        #expect(got.bytes.count <= place.1)
        #expect(got.bytes == Array(sent.prefix(got.bytes.count)))
        if place.0 == .down { #expect(got.bytes.count == place.1) }
        if isReset { #expect(got.error == ECONNRESET || got.error == EPIPE || got.error == 0) }
    }
}
