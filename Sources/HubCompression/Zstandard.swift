// One message as one zstd frame, and back: bytes in, bytes out, and never more memory than the caps allow.

internal import CZstd
package import HubDomain
import HubWire

/// What a message may become when it is decompressed (PROTOCOL.md, W-87).
package struct ExpansionCaps: Sendable, Hashable {
    /// Longest message, bytes.
    package var bytesMax: Int
    /// Bytes of the message for each byte of its frame.
    package var ratioMax: Int
    /// Bytes that a message may have whatever its frame's length.
    package var bytesFree: Int

    /// The caps of the protocol for a message of at most so many bytes.
    package init(
        bytesMax: Int, ratioMax: Int = CallLimits.expansionMax, bytesFree: Int = CallLimits.expansionBytesFree
    ) {
        self.bytesMax = bytesMax
        self.ratioMax = ratioMax
        self.bytesFree = bytesFree
    }

    /// Bytes that the message of a frame of `frameBytes` may have.
    package func allowed(_ frameBytes: Int) -> Int {
        let (expanded, overflow) = frameBytes.multipliedReportingOverflow(by: ratioMax)
        return min(bytesMax, max(bytesFree, overflow ? .max : expanded))
    }
}

/// The encoding `zstd`: RFC 8878, one frame for each message, without a dictionary.
///
/// A whole message is decompressed at once into memory of at most its cap, which is also the window: whatever window a
/// frame asks for, no other is allocated. Beside it libzstd takes some 160 KiB for the time of the call.
package enum Zstandard {
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    /// The fastest: the next ones take three times as long for a few percent.
    private static let level: CInt = 1

    /// The message as a frame that says its length.
    ///
    /// - Returns: Nil when that is not worth it: the message is short, would not become shorter, or would be refused for its
    ///   ratio.
    package static func compressed(_ message: UnsafeRawBufferPointer) -> [UInt8]? {
        guard message.count >= CallLimits.compressedBytesMin else { return nil }
        // A frame that does not fit in less than the message's own length is not wanted.
        let frame = [UInt8](unsafeUninitializedCapacity: message.count - 1) { room, count in
            let size = ZSTD_compress(room.baseAddress, room.count, message.baseAddress, message.count, level)
            count = ZSTD_isError(size) == 0 ? size : 0
        }
        guard !frame.isEmpty, frame.count < message.count else { return nil }
        guard message.count <= ExpansionCaps(bytesMax: message.count).allowed(frame.count) else { return nil }
        return exact(frame)
    }

    /// The message of a frame.
    ///
    /// - Throws: ``HubError/Code/messageTooLarge`` when it is longer than the caps allow, before it is decompressed where
    ///   the frame says its length; ``HubError/Code/messageMalformed`` when the bytes are not exactly one frame, or it
    ///   needs a dictionary.
    package static func message(_ frame: UnsafeRawBufferPointer, caps: ExpansionCaps) throws(HubError) -> [UInt8] {
        // The magic number first: skippable frames and those of older formats carry no message.
        guard frame.starts(with: magic), ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count) == frame.count
        else {
            throw HubError(.messageMalformed, "a compressed message must be exactly one zstd frame")
        }
        let allowed = caps.allowed(frame.count)
        let declared = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        let isDeclared = declared != unknownSize
        guard !isDeclared || declared <= UInt64(allowed) else { throw tooLong(frame.count, allowed) }
        let capacity = isDeclared ? Int(declared) : allowed
        var result = 0
        let message = [UInt8](unsafeUninitializedCapacity: capacity) { room, count in
            result = ZSTD_decompress(room.baseAddress, capacity, frame.baseAddress, frame.count)
            count = ZSTD_isError(result) == 0 ? result : 0
        }
        if ZSTD_isError(result) != 0 {
            if ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall, !isDeclared {
                throw tooLong(frame.count, allowed)
            }
            throw HubError(.messageMalformed, "a compressed message cannot be decompressed")
        }
        return isDeclared ? message : exact(message)
    }

    /// The same, for a frame in memory of its own.
    package static func message(_ frame: [UInt8], caps: ExpansionCaps) throws(HubError) -> [UInt8] {
        try frame.withUnsafeBytes { raw in
            Result { () throws(HubError) in try message(raw, caps: caps) }
        }.get()
    }

    /// `ZSTD_CONTENTSIZE_UNKNOWN`, which Swift cannot import.
    private static let unknownSize = UInt64.max

    /// In no more memory than it needs: what was made room for may be many times as much.
    private static func exact(_ bytes: [UInt8]) -> [UInt8] {
        bytes.capacity > 2 * bytes.count ? bytes.withUnsafeBytes { [UInt8]($0) } : bytes
    }

    private static func tooLong(_ frameBytes: Int, _ allowed: Int) -> HubError {
        HubError(.messageTooLarge, "\(frameBytes) compressed bytes are a message of more than \(allowed)")
    }
}
