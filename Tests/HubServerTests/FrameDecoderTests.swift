// Cutting bytes into frames, however they arrive.

import HubWire
import NIOCore
import Testing

@testable import HubServer

@Suite("frame decoder")
struct FrameDecoderTests {
    private static func ping(_ number: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendFrame(.ping, stream: 0, payload: [UInt8](repeating: number, count: 8))
        return bytes
    }

    /// Payloads of the frames that are whole with these bytes.
    private static func read(_ decoder: inout FrameDecoder, _ bytes: [UInt8]) -> [[UInt8]] {
        let all = decoder.joined(with: ByteBuffer(bytes: bytes))
        var payloads: [[UInt8]] = []
        let read = all.withUnsafeReadableBytes { raw in
            FrameBytes.read(
                raw, judge: { _ in true },
                take: { _, payload in
                    payloads.append([UInt8](payload))
                    return true
                })
        }
        decoder.keep(all, from: read)
        return payloads
    }

    @Test("a frame that comes byte by byte is one frame")
    func byteByByte() {
        var decoder = FrameDecoder()
        var frames: [[UInt8]] = []
        for byte in Self.ping(1) + Self.ping(2) { frames += Self.read(&decoder, [byte]) }
        #expect(frames == [[UInt8](repeating: 1, count: 8), [UInt8](repeating: 2, count: 8)])
    }

    @Test("a connection whose pieces never end with a frame's end keeps no more than a frame and a piece")
    func bounded() {
        var decoder = FrameDecoder()
        var stream: [UInt8] = []
        for number in 0..<100 { stream += Self.ping(UInt8(number)) }
        var frames = 0
        var most = 0
        for round in 0..<200 {
            // Each piece is a whole number of frames long, but begins and ends in the middle of one.
            let piece = round == 0 ? stream.dropLast(7)[...] : stream.suffix(7) + stream.dropLast(7)
            frames += Self.read(&decoder, Array(piece)).count
            most = max(most, decoder.bytesHeld)
        }
        #expect(frames == 200 * 100 - 1)
        #expect(most <= 2 * stream.count)
    }

    @Test("a header that is refused is refused before its payload comes, and ends the reading")
    func refused() {
        let bytes = Self.ping(1).prefix(FrameHeader.size) + Self.ping(2)
        var judged = 0
        let read = Array(bytes).withUnsafeBytes { raw in
            FrameBytes.read(
                raw,
                judge: { _ in
                    judged += 1
                    return false
                }, take: { _, _ in true })
        }
        #expect(judged == 1)
        #expect(read == bytes.count)
    }
}
