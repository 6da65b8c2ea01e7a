// Keeps the beginning of a frame until the rest of it comes.

import HubWire
import NIOCore

/// What of a connection's bytes is not a whole frame yet.
struct FrameDecoder {
    private var rest = ByteBuffer()

    /// Bytes that are held.
    var bytesHeld: Int { rest.readableBytes }

    /// A frame has begun and is not whole.
    var isInFrame: Bool { rest.readableBytes > 0 }

    /// Takes out what is held, with what has come behind it.
    mutating func joined(with arrived: ByteBuffer) -> ByteBuffer {
        guard isInFrame else { return arrived }
        var arrived = arrived
        var all = ByteBuffer()
        swap(&all, &rest)
        all.writeBuffer(&arrived)
        return all
    }

    /// Keeps what stands behind the last whole frame, and no more: what was read is let go.
    mutating func keep(_ bytes: ByteBuffer, from read: Int) {
        var bytes = bytes
        bytes.moveReaderIndex(forwardBy: read)
        guard bytes.readableBytes > 0 else { return rest = ByteBuffer() }
        bytes.discardReadBytes()
        rest = bytes
    }
}
