// A request as it leaves: its own bytes, or a zstd frame of them.

import HubCompression
import NIOCore

/// What DATA carries for one request.
struct PreparedRequest {
    let bytes: ByteBuffer
    let isCompressed: Bool

    /// - Parameter compresses: Where that makes it shorter.
    init(_ request: ByteBuffer, compresses: Bool) {
        let frame = compresses ? request.withUnsafeReadableBytes { Zstandard.compressed($0) } : nil
        bytes = frame.map { ByteBuffer(bytes: $0) } ?? request
        isCompressed = frame != nil
    }
}
