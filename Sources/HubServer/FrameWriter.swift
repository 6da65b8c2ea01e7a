// Frames out: header and payload into one buffer.

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

    /// The one answer of a call in one frame, and a good END that says nothing but its `final_size`.
    mutating func writeAnswer(stream: UInt32, _ message: UnsafeRawBufferPointer) {
        let headers = 2 * FrameHeader.size
        // A varint of 32 bits takes five bytes, its tag one.
        writeWithUnsafeMutableBytes(minimumWritableBytes: headers + message.count + 6) { raw in
            FrameHeader(.data, flags: .end, stream: stream, length: UInt32(message.count)).write(to: raw)
            UnsafeMutableRawBufferPointer(rebasing: raw[FrameHeader.size...]).copyMemory(from: message)
            let end = FrameHeader.size + message.count
            var index = headers + message.count
            if message.count > 0 {
                raw[index] = 0x30  // Field 6, varint.
                var left = UInt32(message.count)
                repeat {
                    index += 1
                    raw[index] = UInt8(left & 0x7F) | (left > 0x7F ? 0x80 : 0)
                    left >>= 7
                } while left > 0
                index += 1
            }
            FrameHeader(.end, stream: stream, length: UInt32(index - headers - message.count))
                .write(to: UnsafeMutableRawBufferPointer(rebasing: raw[end...]))
            return index
        }
    }
}

extension HubMetadata {
    init(_ key: String, _ text: String) {
        self.init()
        self.key = key
        value = .init(text.utf8)
    }
}
