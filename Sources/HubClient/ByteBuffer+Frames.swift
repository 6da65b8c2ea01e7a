// Frames into and out of a ByteBuffer.

import HubProto
import HubWire
import NIOCore
import SwiftProtobuf

extension ByteBuffer {
    /// The header at the reader index, which stays where it is; nil when it is not whole yet.
    func peekFrameHeader() -> FrameHeader? { withUnsafeReadableBytes { FrameHeader($0) } }

    /// Appends a header.
    mutating func writeFrameHeader(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, length: Int) {
        let header = FrameHeader(type, flags: flags, stream: stream, length: UInt32(clamping: length))
        writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.size) { target in
            header.write(to: target)
            return FrameHeader.size
        }
    }

    /// Appends a frame whose payload is a protobuf message of the hub's own.
    mutating func writeFrame(_ type: FrameType, stream: UInt32 = 0, _ message: some Message) {
        // Encoding fails only for messages with missing required fields, which proto3 has not.
        let payload: [UInt8] = (try? message.serializedBytes()) ?? []
        writeFrameHeader(type, stream: stream, length: payload.count)
        writeBytes(payload)
    }

    /// Appends a DATA frame.
    mutating func writeData(_ piece: some Collection<UInt8>, flags: FrameFlags, stream: UInt32) {
        writeFrameHeader(.data, flags: flags, stream: stream, length: piece.count)
        writeBytes(piece)
    }
}
