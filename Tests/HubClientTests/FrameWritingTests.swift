// Requests as the hub's own machine reads them.

import HubProto
import HubWire
import NIOCore
import Testing

@testable import HubClient

@Suite("A request on the wire")
struct FrameWritingTests {
    @Test(
        "arrives whole at the hub's machine, whatever its length", arguments: [0, 1, 16_383, 16_384, 16_385, 100_000])
    func roundTrip(_ count: Int) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var wire = ByteBuffer()
        wire.writeFrame(.hello, HubHello())
        var call = HubCall()
        call.method = "hub.v1.Diagnostics/Echo"
        wire.writeFrame(.call, stream: 1, call)
        var outbox = SendQueue<ByteBufferView>(peer: WireLimits(frameBytesMax: 16_384))
        outbox.add(ByteBuffer(bytes: message).readableBytesView, to: 1, isLast: true)
        func send() {
            while case .data(let stream, let piece, let flags, _) = outbox.next() {
                wire.writeData(piece, flags: flags, stream: stream)
            }
        }
        send()

        var hub = ServerConnectionMachine(limits: WireLimits(frameBytesMax: 16_384))
        var got: [UInt8]?
        while let header = wire.peekFrameHeader() {
            #expect(hub.check(header) == nil)
            wire.moveReaderIndex(forwardBy: FrameHeader.size)
            let payload = wire.readBytes(length: Int(header.length)) ?? []
            #expect(payload.count == Int(header.length))
            let action = payload.withUnsafeBytes { hub.receive(header, $0) }
            if case .request(stream: 1, let joined, isLast: true) = action { got = joined ?? payload }
            for grant in hub.takeGrants(withOthers: true) where grant.stream == 1 {
                outbox.grant(1, offset: grant.offset ?? 0)
            }
            send()
        }
        #expect(wire.readableBytes == 0)
        #expect(got == message)
    }
}
