// Frames out: header and payload into one buffer, messages cut to the peer's frame limit.

import HubProto
import HubWire
import NIOCore
import SwiftProtobuf

extension ByteBuffer {
    mutating func writeFrame(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, payload: some Collection<UInt8>)
    {
        let header = FrameHeader(type, flags: flags, stream: stream, length: UInt32(payload.count))
        writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.size) { raw in
            header.write(to: raw)
            return FrameHeader.size
        }
        writeBytes(payload)
    }

    /// A frame whose payload is a protobuf message. Ours always encode; an empty payload would still be a valid one.
    mutating func writeFrame(_ type: FrameType, stream: UInt32, message: some Message) {
        let payload: [UInt8] = (try? message.serializedBytes()) ?? []
        writeFrame(type, stream: stream, payload: payload)
    }
}
