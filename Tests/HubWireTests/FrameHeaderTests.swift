// The twelve bytes in front of every frame.

import HubWire
import Testing

@Suite("The frame header")
struct FrameHeaderTests {
    private func bytes(of header: FrameHeader) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xAA, count: FrameHeader.size)
        bytes.withUnsafeMutableBytes { header.write(to: $0) }
        return bytes
    }

    @Test("twelve bytes, big-endian: length, type, flags, two zero bytes, stream")
    func layout() {
        let header = FrameHeader(.data, flags: [.more], stream: 0x0102_0305, length: 0x0A0B_0C0D)
        #expect(bytes(of: header) == [0x0A, 0x0B, 0x0C, 0x0D, 0x11, 0x02, 0, 0, 0x01, 0x02, 0x03, 0x05])
    }

    @Test("what was written is read back, whatever a peer puts into any byte", arguments: [0, 1, 0x7F, 0x80, 0xFF])
    func roundTrip(byte: UInt8) throws {
        let raw = (0..<12).map { UInt8(truncatingIfNeeded: $0 &* 37) ^ byte }
        let header = try #require(raw.withUnsafeBytes { FrameHeader($0) })
        #expect(bytes(of: header) == raw)
    }

    @Test("reserved bits are kept, so that the state machine can refuse them")
    func reserved() throws {
        let header = try #require(
            ([0, 0, 0, 0, 2, 0, 0x12, 0x34, 0, 0, 0, 0] as [UInt8]).withUnsafeBytes { FrameHeader($0) })
        #expect(header.reserved == 0x1234)
    }

    @Test("fewer than twelve bytes are no header", arguments: 0..<12)
    func short(count: Int) {
        let bytes = [UInt8](repeating: 0, count: count)
        #expect(bytes.withUnsafeBytes { FrameHeader($0) } == nil)
    }

    @Test("a header can lie at any address")
    func unaligned() throws {
        var buffer = [UInt8](repeating: 0, count: 32)
        for offset in 0..<8 {
            let header = FrameHeader(.call, stream: 0xFFFF_FFFF, length: 0xFFFF_FFFF)
            buffer.withUnsafeMutableBytes { header.write(to: UnsafeMutableRawBufferPointer(rebasing: $0[offset...])) }
            let read = buffer.withUnsafeBytes { FrameHeader(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
            #expect(read == header)
        }
    }

    @Test("a whole frame is its header and its payload, with the payload's length")
    func wholeFrame() {
        var frames: [UInt8] = []
        frames.appendFrame(.ping, flags: .ack, stream: 0, payload: [1, 2, 3, 4, 5, 6, 7, 8])
        frames.appendFrame(.data, flags: .end, stream: 1, payload: [])
        #expect(
            frames == [
                0, 0, 0, 8, 2, 8, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0x11, 1, 0, 0, 0, 0, 0, 1,
            ])
    }

    @Test("types from 0xE0 on are extensions, all others are not")
    func extensions() {
        for raw in UInt8.min...UInt8.max { #expect(FrameType(rawValue: raw).isExtension == (raw >= 0xE0)) }
    }
}
