// What a CALL says, read where it lies: most say no more than a method, how long they wait, and that they know zstd.

public import HubProto
import SwiftProtobuf

/// What the messages of a call may be, beside bytes as they are.
public struct CallEncodings: OptionSet, Hashable, Sendable {
    /// A bit for each direction.
    public let rawValue: UInt8
    /// Any bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The caller may compress its requests with zstd: `encoding`.
    public static let requests = Self(rawValue: 1)
    /// The hub may compress its answers with zstd: `accept_encoding`.
    public static let answers = Self(rawValue: 2)

    /// In CALL.
    public static let zstd = "zstd"
    /// Everything that `encoding` may say.
    public static let names = ["identity", zstd]

    /// As a CALL names them; what is not known is left out.
    init(_ call: HubCall) {
        self = call.encoding == Self.zstd ? .requests : []
        if call.acceptEncoding.contains(Self.zstd) { insert(.answers) }
    }
}

/// The opening of one call.
///
/// A payload of nothing but the fields `method`, `timeout_ms`, and `zstd` for `encoding` and `accept_encoding`, in this
/// order, is read in place; anything else is decoded as `hub.v1.Call`. Both ways come to the same head, so that no call
/// is judged differently.
public enum CallHead: Sendable {
    /// The method's name is these bytes of the frame's payload: printable ASCII with a slash in its middle.
    case plain(method: Range<Int>, timeoutMillis: UInt32?, CallEncodings)
    /// The whole message.
    indirect case whole(HubCall)

    /// Milliseconds that the caller waits; nil when it does not say.
    public var timeoutMillis: UInt32? {
        switch self {
        case .plain(_, let millis, _): millis
        case .whole(let call): call.hasTimeoutMs ? call.timeoutMs : nil
        }
    }

    /// What its messages may be.
    public var encodings: CallEncodings {
        switch self {
        case .plain(_, _, let encodings): encodings
        case .whole(let call): CallEncodings(call)
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
        var index = end
        var millis: UInt32?
        // Field 2, varint.
        if index < payload.count, payload[index] == 0x10 {
            index += 1
            guard let value = varint(payload, &index) else { return nil }
            millis = value
        }
        var encodings: CallEncodings = []
        if names(0x1A, payload, &index) { encodings.insert(.requests) }
        if names(0x22, payload, &index) { encodings.insert(.answers) }
        return index == payload.count ? .plain(method: 2..<end, timeoutMillis: millis, encodings) : nil
    }

    /// Nil when it does not end within the payload and within 32 bits.
    private static func varint(_ payload: UnsafeRawBufferPointer, _ index: inout Int) -> UInt32? {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, through: 28, by: 7) {
            guard index < payload.count else { return nil }
            let byte = payload[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return UInt32(exactly: value) }
        }
        return nil
    }

    /// Whether a field of this tag with the text `zstd` comes next; moves behind it.
    private static func names(_ tag: UInt8, _ payload: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        guard payload.count - index >= 6, payload[index] == tag,
            payload.loadUnaligned(fromByteOffset: index + 1, as: UInt8.self) == 4,
            payload.loadUnaligned(fromByteOffset: index + 2, as: UInt32.self) == Self.zstdBytes
        else { return false }
        index += 6
        return true
    }

    /// `zstd` as four bytes lie in memory.
    private static let zstdBytes = UInt32(bigEndian: 0x7A73_7464)

    private static func isPath(_ payload: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Bool {
        var slash: Int?
        for index in start..<end {
            let byte = payload[index]
            guard byte > 0x20, byte < 0x7F else { return false }
            if byte == UInt8(ascii: "/") { slash = slash ?? index }
        }
        guard let slash else { return false }
        return slash > start && slash < end - 1
    }
}
