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

    private static func hello() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendFrame(.hello, stream: 0, payload: [])
        return bytes
    }

    /// A machine that has heard HELLO.
    private static func machine() -> ServerConnectionMachine {
        var machine = ServerConnectionMachine(limits: WireLimits())
        _ = machine.receive(FrameHeader(.hello, stream: 0, length: 0), [])
        return machine
    }

    /// Payloads of the frames that are whole.
    private static func drain(_ decoder: inout FrameDecoder, _ machine: inout ServerConnectionMachine) -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        while case .frame(_, let payload) = decoder.next(&machine) { payloads.append(payload) }
        return payloads
    }

    @Test("a frame that comes byte by byte is one frame")
    func byteByByte() {
        var (decoder, machine) = (FrameDecoder(), Self.machine())
        var frames: [[UInt8]] = []
        for byte in Self.ping(1) + Self.ping(2) {
            var piece = ByteBuffer(bytes: [byte])
            decoder.append(&piece)
            frames += Self.drain(&decoder, &machine)
        }
        #expect(frames == [[UInt8](repeating: 1, count: 8), [UInt8](repeating: 2, count: 8)])
    }

    @Test("a connection whose pieces never end with a frame's end keeps no more than a frame and a piece")
    func bounded() {
        var (decoder, machine) = (FrameDecoder(), Self.machine())
        var stream: [UInt8] = []
        for number in 0..<100 { stream += Self.ping(UInt8(number)) }
        var frames = 0
        var most = 0
        for round in 0..<200 {
            // Each piece is a whole number of frames long, but begins and ends in the middle of one.
            var piece = ByteBuffer(bytes: round == 0 ? stream.dropLast(7)[...] : stream.suffix(7) + stream.dropLast(7))
            decoder.append(&piece)
            frames += Self.drain(&decoder, &machine).count
            most = max(most, decoder.bytesHeld)
        }
        #expect(frames == 200 * 100 - 1)
        #expect(most <= 2 * stream.count)
    }

    @Test("a header that is refused is refused before its payload comes")
    func refused() {
        var (decoder, machine) = (FrameDecoder(), ServerConnectionMachine(limits: WireLimits()))
        var header = ByteBuffer(bytes: Self.ping(1).prefix(FrameHeader.size))
        decoder.append(&header)
        guard case .refused(.goaway) = decoder.next(&machine) else {
            Issue.record("a PING before HELLO was not refused")
            return
        }
    }
}
