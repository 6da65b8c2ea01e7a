// Frames that lie one after the other in memory, looked at without copying.

/// Reads frames where they lie.
public enum FrameBytes {
    /// Gives every whole frame in `bytes` to `take`, in order.
    ///
    /// - Parameters:
    ///   - judge: Sees each header before its payload is waited for; false ends the reading, and the rest is dropped.
    ///   - take: Sees header and payload; the payload is valid until it returns. False ends the reading as well.
    /// - Returns: Bytes that are done with; what follows is the beginning of a frame.
    @inlinable
    public static func read(
        _ bytes: UnsafeRawBufferPointer, judge: (FrameHeader) -> Bool,
        take: (FrameHeader, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        var start = 0
        while let header = FrameHeader(UnsafeRawBufferPointer(rebasing: bytes[start...])) {
            guard judge(header) else { return bytes.count }
            let body = start + FrameHeader.size
            guard Int(header.length) <= bytes.count - body else { break }
            start = body + Int(header.length)
            guard take(header, UnsafeRawBufferPointer(rebasing: bytes[body..<start])) else { return bytes.count }
        }
        return start
    }
}
