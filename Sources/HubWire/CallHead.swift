// What a CALL says, read where it lies: most say no more than a method and how long they wait.

public import HubProto
import SwiftProtobuf

/// The opening of one call.
///
/// A payload of nothing but the fields `method` and `timeout_ms`, in this order, is read in place; anything else is
/// decoded as `hub.v1.Call`. Both ways come to the same head, so that no call is judged differently.
public enum CallHead: Sendable {
    /// The method's name is these bytes of the frame's payload: printable ASCII with a slash in its middle.
    case plain(method: Range<Int>, timeoutMillis: UInt32?)
    /// The whole message.
    indirect case whole(HubCall)

    /// Milliseconds that the caller waits; nil when it does not say.
    public var timeoutMillis: UInt32? {
        switch self {
        case .plain(_, let millis): millis
        case .whole(let call): call.hasTimeoutMs ? call.timeoutMs : nil
        }
    }

    /// Nil when the payload is no `hub.v1.Call`.
    init?(_ payload: UnsafeRawBufferPointer) {
        if let plain = Self.plain(payload) {
            self = plain
        } else {
            guard let call = try? HubCall(serializedBytes: [UInt8](payload)) else { return nil }
            self = .whole(call)
        }
    }

    private static func plain(_ payload: UnsafeRawBufferPointer) -> CallHead? {
        // Field 1, length-delimited, shorter than what needs a second byte of length; longer ones are rare.
        guard payload.count >= 2, payload[0] == 0x0A, payload[1] < 0x80 else { return nil }
        let end = 2 + Int(payload[1])
        guard end <= payload.count, isPath(payload, from: 2, to: end) else { return nil }
        if end == payload.count { return .plain(method: 2..<end, timeoutMillis: nil) }
        // Field 2, varint, to the end of the payload.
        guard payload[end] == 0x10 else { return nil }
        var value: UInt64 = 0
        var index = end + 1
        for shift in stride(from: 0 as UInt64, through: 28, by: 7) {
            guard index < payload.count else { return nil }
            let byte = payload[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard index == payload.count, let millis = UInt32(exactly: value) else { return nil }
                return .plain(method: 2..<end, timeoutMillis: millis)
            }
        }
        return nil
    }

    private static func isPath(_ payload: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Bool {
        var slash = start
        for index in start..<end {
            let byte = payload[index]
            guard byte > 0x20, byte < 0x7F else { return false }
            if byte == UInt8(ascii: "/"), slash == start { slash = index }
        }
        return slash > start && slash < end - 1
    }
}
