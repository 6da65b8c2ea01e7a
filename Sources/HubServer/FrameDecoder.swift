// Cuts the bytes of a connection into frames; asks the machine before it waits for a payload.

import HubWire
import NIOCore

/// Holds what has arrived and gives one whole frame at a time.
struct FrameDecoder {
    private var buffer: ByteBuffer?

    /// Bytes that are held, read ones included.
    var bytesHeld: Int { buffer?.writerIndex ?? 0 }

    /// A frame has begun and is not whole.
    var isInFrame: Bool { buffer?.readableBytes ?? 0 > 0 }

    /// What the next bytes are.
    enum Step {
        /// Not all there yet.
        case needMore
        /// The header was refused; no payload is read.
        case refused(ServerConnectionMachine.Action)
        /// One whole frame.
        case frame(FrameHeader, [UInt8])
    }

    mutating func append(_ bytes: inout ByteBuffer) {
        guard buffer?.readableBytes ?? 0 > 0 else {
            buffer = bytes
            return
        }
        // What was read goes first: a connection that never pauses must not keep all it ever sent.
        buffer?.discardReadBytes()
        buffer?.writeBuffer(&bytes)
    }

    mutating func next(_ machine: inout ServerConnectionMachine) -> Step {
        guard var bytes = buffer, let header = bytes.withUnsafeReadableBytes({ FrameHeader($0) }) else {
            return .needMore
        }
        if let refusal = machine.check(header) { return .refused(refusal) }
        guard bytes.readableBytes >= FrameHeader.size + Int(header.length) else { return .needMore }
        bytes.moveReaderIndex(forwardBy: FrameHeader.size)
        let payload = bytes.readBytes(length: Int(header.length)) ?? []
        buffer = bytes.readableBytes == 0 ? nil : bytes
        return .frame(header, payload)
    }
}
