// Compression as a client does it: what it sends, to whom, and what it makes of what comes.

import HubClient
import HubCompression
import HubDomain
import HubProto
import HubWire
import NIOCore
import SwiftProtobuf
import Testing

@testable import HubClient

@Suite("Compression at the client")
struct CompressionTests {
    private static let text = [[UInt8]](repeating: Array("baris 12\n".utf8), count: 3_000).flatMap(\.self)

    private func frame(_ message: [UInt8]) throws -> [UInt8] {
        try #require(message.withUnsafeBytes { Zstandard.compressed($0) })
    }

    // MARK: Requests

    private func request(_ method: HubMethod, features: UInt64, change: (inout CallOptions) -> Void = { _ in })
        async throws -> ScriptedCall
    {
        let hub = try await ScriptedHub(papers: try Papers(), features: features) { call in [.answer(call.message)] }
        let client = try hub.client()
        var options = CallOptions()
        change(&options)
        let request = HubEchoMessage.with { $0.payload = .init(Self.text) }
        let answer: Answer<HubEchoMessage> = try await client.call(method, request, options: options)
        #expect(answer.message == request)
        await client.close()
        let call = try #require(hub.record.calls.first)
        #expect(call.message == (try request.serializedBytes()))
        return call
    }

    @Test("a long request goes compressed to a hub that takes it, already on the first connection")
    func compresses() async throws {
        let call = try await request(.echo, features: ProtocolVersion.featureZstd)
        #expect(call.cameCompressed)
        #expect(call.call.encoding == "zstd" && call.call.acceptEncoding == ["zstd"])
    }

    @Test("a hub that does not take it gets the request as it is, and is not asked twice")
    func olderHub() async throws {
        let call = try await request(.echo, features: 0)
        #expect(!call.cameCompressed && call.call.encoding.isEmpty)
    }

    @Test("a caller that does not want it, and a method with secrets, go as they are")
    func unwanted() async throws {
        let plain = try await request(.echo, features: 1) { $0.compressesRequests = false }
        #expect(!plain.cameCompressed && plain.call.encoding.isEmpty && plain.call.acceptEncoding == ["zstd"])
        let secret = try await request(.interopRemember, features: 1)
        #expect(!secret.cameCompressed && secret.call.encoding.isEmpty && secret.call.acceptEncoding.isEmpty)
    }

    // MARK: Answers

    private func machine(_ shape: HubMethod.Shape, accepts: Bool = true) -> ClientConnectionMachine<Int> {
        var machine = ClientConnectionMachine<Int>(limits: WireLimits())
        _ = machine.openCall(0, shape: shape, requestBytes: 0, acceptsCompressed: accepts)
        _ = machine.hear(Frames.hello())
        return machine
    }

    @Test("a compressed answer comes as its message, in any pieces, and final_size counts the message")
    func answer() throws {
        let frame = try frame(Self.text)
        for cut in [0, 1, frame.count / 2, frame.count] {
            var machine = machine(.unary)
            let frames = Frames().add(.data, flags: [.compressed, .more], stream: 1, Array(frame.prefix(cut)))
                .add(.data, flags: [.compressed, .end], stream: 1, Array(frame.dropFirst(cut)))
            #expect(machine.hear(frames.end(1, size: Self.text.count)) == [.answered(0, Self.text)])
        }
        var wrong = machine(.unary)
        let heard = wrong.hear(
            Frames().add(.data, flags: [.compressed, .end], stream: 1, frame).end(1, size: frame.count))
        #expect(heard == [.failed(0, 1, .protocolViolation)])
    }

    @Test("an answer that nobody asked to compress, or that is compressed in part, ends its call alone")
    func unasked() throws {
        let frame = try frame(Self.text)
        var deaf = machine(.unary, accepts: false)
        let heard = deaf.hear(Frames().add(.data, flags: [.compressed, .end], stream: 1, frame))
        #expect(heard == [.failed(0, 1, .protocolViolation)])
        for flags in [FrameFlags.compressed, []] {
            var machine = machine(.unary)
            let frames = Frames().add(.data, flags: flags.union(.more), stream: 1, [1])
                .add(.data, flags: flags.symmetricDifference(.compressed), stream: 1, [1])
            #expect(machine.hear(frames) == [.failed(0, 1, .protocolViolation)])
        }
    }

    @Test("an answer that cannot be decompressed, or would be too long, ends its call alone")
    func broken() throws {
        for (bytes, code) in [
            ([1, 2, 3], HubError.Code.messageMalformed),
            ([0x28, 0xB5, 0x2F, 0xFD, 0xA0, 0, 0, 0, 1, 3, 0, 16, 0], .messageTooLarge),
        ] as [([UInt8], HubError.Code)] {
            var machine = machine(.serverStream)
            let heard = machine.hear(Frames().add(.data, flags: .compressed, stream: 1, bytes).add(.ping, Array(1...8)))
            #expect(heard == [.failed(0, 1, code), .pong(Array(1...8))])
        }
    }

    @Test("credit comes back for what came over the line, by the share of the messages that was taken")
    func credit() throws {
        var machine = machine(.serverStream)
        let frame = try frame(Self.text)
        let count = 20_000 / frame.count * 3 + 3
        for _ in 0..<count { _ = machine.hear(Frames().add(.data, flags: .compressed, stream: 1, frame)) }
        let early = machine.takeGrants()
        for _ in 0..<count { machine.taken(stream: 1, bytes: Self.text.count) }
        let late = machine.takeGrants()
        let told = (early + late).last { $0.stream == 1 }?.offset ?? 65_536
        #expect(told <= 65_536 + UInt64(count * frame.count))
        #expect(told >= 65_536 / 2 + UInt64(count * frame.count))
    }
}
