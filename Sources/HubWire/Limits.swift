// Every limit of the wire: name, unit, and who owns it.

import HubDomain

/// What one side of a connection accepts. Checked before memory is taken.
public struct WireLimits: Sendable, Hashable {
    /// Payload of one frame, bytes.
    public var frameBytesMax: UInt32
    /// One whole message, joined from its frames, bytes.
    public var messageBytesMax: UInt32
    /// Calls open at once on a connection.
    public var openCallsMax: UInt32
    /// DATA bytes that may come on a stream before its first CREDIT.
    public var streamCredit: UInt32
    /// DATA bytes that may come on the connection before its first CREDIT.
    public var connectionCredit: UInt32

    /// Bounds that a peer may ask for.
    public static let frameBytesBounds: ClosedRange<UInt32> = 16_384...1_048_576
    /// Bytes that leave on one stream before another one has its turn.
    public static let quantum = 16_384
    /// No credit goes beyond this.
    public static let creditMax: UInt64 = 1 << 62
    /// HELLO payload, bytes.
    public static let helloBytesMax: UInt32 = 4_096
    /// CALL payload, bytes.
    public static let callBytesMax: UInt32 = 16_384
    /// PING payload, bytes, exactly.
    public static let pingBytes: UInt32 = 8
    /// RESET, GOAWAY and a module's END never carry more, bytes.
    public static let controlBytesMax: UInt32 = 65_536
    /// END of the hub never carries more, bytes: what every client's frame limit allows.
    public static let endBytesMax = Int(frameBytesBounds.lowerBound)

    /// The defaults of PROTOCOL.md, section 10.
    public init(
        frameBytesMax: UInt32 = 65_536, messageBytesMax: UInt32 = 4_194_304, openCallsMax: UInt32 = 100,
        streamCredit: UInt32 = 65_536, connectionCredit: UInt32 = 1_048_576
    ) {
        self.frameBytesMax = frameBytesMax
        self.messageBytesMax = messageBytesMax
        self.openCallsMax = openCallsMax
        self.streamCredit = streamCredit
        self.connectionCredit = connectionCredit
    }
}

/// Limits of calls, as in PROTOCOL.md, section 10.
public enum CallLimits {
    /// Method name, bytes.
    public static let methodBytesMax = 256
    /// Idempotency key, bytes.
    public static let keyBytes = 16...64
    /// Metadata entries.
    public static let metadataEntriesMax = 64
    /// Metadata key, bytes.
    public static let metadataKeyBytesMax = 64
    /// Metadata value, bytes.
    public static let metadataValueBytesMax = 4_096
    /// All metadata keys and values together, bytes.
    public static let metadataBytesMax = 8_192
    /// Reference to a citizen in `on-behalf-of`, bytes: register, colon, key.
    public static let referenceBytesMax = CitizenReference.bytesMax
    /// Milliseconds a unary call may wait, by default and at most.
    public static let unaryTimeoutMillis: (standard: UInt32, max: UInt32) = (30_000, 300_000)
    /// Milliseconds a stream may last, by default and at most.
    public static let streamTimeoutMillis: (standard: UInt32, max: UInt32) = (900_000, 86_400_000)
    /// Bytes that may wait unsent for one watcher before it is cut with its cursor.
    public static let watcherUnsentBytesMax = 262_144
    /// Bytes of answers that may wait on one connection; a longer one may wait alone.
    public static let unsentBytesMax = 16_777_216
    /// Bytes of a message for each byte of its zstd frame.
    public static let expansionMax = 100
    /// Bytes that a compressed message may have whatever the length of its frame.
    public static let expansionBytesFree = 65_536
    /// Shorter messages are not worth compressing, bytes.
    public static let compressedBytesMin = 1_024
    /// Nesting of protobuf messages from a peer.
    public static let messageDepthMax = 32
}

/// What one principal may hold of the hub at once, over all its connections.
public struct AccountLimits: Sendable {
    /// Connections.
    public var connections = 8_192
    /// Calls whose work has not ended.
    public var calls = 2_048
    /// Bytes of requests that are coming or worked on, and of answers that wait to be taken.
    public var bytes = 67_108_864
    /// Connections that may be ended for floods before its next ones have to wait; one is forgiven in ten seconds.
    public var cutsFree = 10

    /// The defaults of PROTOCOL.md, section 10.
    public init() {}
}
