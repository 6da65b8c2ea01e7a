// Limits of the link between the hub and a module's process; both sides keep them.

/// Limits of the module profile. They are fixed: hub and kit are updated together with PROTOCOL.md.
public enum ModuleLinkLimits {
    /// One message, which is always one DATA frame, bytes.
    public static let messageBytesMax = 4_194_304
    /// Largest payload the host passes on, bytes: a message and room for what a later version puts beside it.
    public static let frameBytesMax = 4_194_304 + 65_536
    /// Calls open at once on one link.
    public static let openCallsMax = 1_024
}

extension Array where Element == UInt8 {
    /// Appends a whole frame whose payload lies somewhere else, without growing in small steps.
    public mutating func appendFrame(
        _ type: FrameType, flags: FrameFlags = [], stream: UInt32, payload: UnsafeRawBufferPointer
    ) {
        let header = FrameHeader(type, flags: flags, stream: stream, length: UInt32(clamping: payload.count))
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.size, alignment: 4) { raw in
            header.write(to: raw)
            append(contentsOf: raw)
        }
        append(contentsOf: payload)
    }
}
