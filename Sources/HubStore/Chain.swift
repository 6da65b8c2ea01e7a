// The hash chain over the events, and the bytes of an event that it covers.

import Crypto
import HubProto
import SwiftProtobuf

/// Event n's hash is SHA-256(hash n−1 ‖ what stays of event n, serialised with its sequence).
enum Chain {
    /// What stands before the first event.
    static let start = [UInt8](repeating: 0, count: 32)

    /// The head after `body`, 32 bytes.
    static func head(after head: [UInt8], _ body: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        head.withUnsafeBytes { hash.update(bufferPointer: $0) }
        body.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Array(hash.finalize())
    }
}

/// What stays of an event that waits for its sequence, serialised before it reaches the one writer.
struct EventBody: Sendable {
    /// Serialised with sequence 0, which takes no bytes (proto3: a default value is not written).
    private let rest: [UInt8]

    init(_ event: HubEvent) throws {
        var event = event
        if event.sequence != 0 { event.sequence = 0 }
        rest = try event.serializedBytes()
    }

    /// Bytes, without those of the sequence.
    var count: Int { rest.count }

    /// The event as `HubEvent` with this sequence would be serialised: `sequence` is field 1 and comes first.
    func bytes(sequence: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: rest.count + 11)
        if sequence != 0 {
            writer.number(0x08)  // Field 1, varint.
            writer.number(sequence)
        }
        writer.append(rest)
        return writer.bytes
    }
}
