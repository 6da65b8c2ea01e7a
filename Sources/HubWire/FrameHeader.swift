// The 12 bytes in front of every frame, on TLS and on the link to a module alike.

/// What kind of frame it is. A struct, not an enum: a peer may send any byte.
public struct FrameType: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    public let rawValue: UInt8
    /// Any byte is a type; whether it is known is the state machine's business.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// First frame of each side; payload `hub.v1.Hello`.
    public static let hello = Self(rawValue: 0x00)
    /// Reserved for later changes of limits and credits.
    public static let limits = Self(rawValue: 0x01)
    /// Eight opaque bytes; with ``FrameFlags/ack`` the answer.
    public static let ping = Self(rawValue: 0x02)
    /// Payload `hub.v1.Goaway`.
    public static let goaway = Self(rawValue: 0x03)
    /// Payload `hub.v1.Credit`.
    public static let credit = Self(rawValue: 0x04)
    /// Payload `hub.v1.Reset`.
    public static let reset = Self(rawValue: 0x05)
    /// Payload `hub.v1.Call`.
    public static let call = Self(rawValue: 0x10)
    /// Payload is the method's own message.
    public static let data = Self(rawValue: 0x11)
    /// Reserved for metadata before the first message.
    public static let head = Self(rawValue: 0x12)
    /// Payload `hub.v1.End`.
    public static let end = Self(rawValue: 0x13)

    /// 0xE0–0xFF: ignored unless ``FrameFlags/mustUnderstand`` is set.
    public var isExtension: Bool { rawValue >= 0xE0 }
}

/// The flag byte of a frame.
public struct FrameFlags: OptionSet, Hashable, Sendable {
    /// The byte on the wire.
    public let rawValue: UInt8
    /// Any byte; undefined bits are refused by the state machine.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// On DATA: the sender's last message of this call.
    public static let end = Self(rawValue: 0x01)
    /// On DATA: the message goes on in the next DATA frame.
    public static let more = Self(rawValue: 0x02)
    /// On DATA: the message is a zstd frame. On every frame of the message, or on none.
    public static let compressed = Self(rawValue: 0x04)
    /// On PING: this is the answer.
    public static let ack = Self(rawValue: 0x08)
    /// On DATA, with ``end`` and without bytes: there is no message in this frame.
    public static let none = Self(rawValue: 0x10)
    /// On extension frames: refuse if unknown.
    public static let mustUnderstand = Self(rawValue: 0x80)
}

/// `length u32 | type u8 | flags u8 | reserved u16 = 0 | stream u32`, big-endian.
public struct FrameHeader: Hashable, Sendable {
    /// Bytes of a header.
    public static let size = 12

    /// Bytes of the payload that follows.
    public var length: UInt32
    /// Kind of frame.
    public var type: FrameType
    /// Flags of that kind.
    public var flags: FrameFlags
    /// Must be zero on the wire; kept so that the state machine can refuse it.
    public var reserved: UInt16
    /// 0 = the connection; calls of the opening side are odd.
    public var stream: UInt32

    /// A header with its reserved bytes zero.
    @inlinable
    public init(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, length: UInt32) {
        self.length = length
        self.type = type
        self.flags = flags
        self.reserved = 0
        self.stream = stream
    }

    /// Reads the first 12 bytes; nil when there are fewer.
    @inlinable
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.size else { return nil }
        length = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
        type = FrameType(rawValue: bytes[4])
        flags = FrameFlags(rawValue: bytes[5])
        reserved = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        stream = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    /// Writes the 12 bytes; `target` must have room for them.
    @inlinable
    public func write(to target: UnsafeMutableRawBufferPointer) {
        target.storeBytes(of: length.bigEndian, toByteOffset: 0, as: UInt32.self)
        target[4] = type.rawValue
        target[5] = flags.rawValue
        target.storeBytes(of: reserved.bigEndian, toByteOffset: 6, as: UInt16.self)
        target.storeBytes(of: stream.bigEndian, toByteOffset: 8, as: UInt32.self)
    }
}

extension Array where Element == UInt8 {
    /// Appends a whole frame.
    public mutating func appendFrame(_ type: FrameType, flags: FrameFlags = [], stream: UInt32, payload: [UInt8]) {
        reserveCapacity(count + FrameHeader.size + payload.count)
        let header = FrameHeader(type, flags: flags, stream: stream, length: UInt32(payload.count))
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.size, alignment: 4) { raw in
            header.write(to: raw)
            append(contentsOf: raw)
        }
        append(contentsOf: payload)
    }
}
