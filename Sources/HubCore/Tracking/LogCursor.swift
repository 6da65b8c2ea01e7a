// Where a stream stands in the log: opaque to clients, read back and checked here alone.

import HubDomain
import HubProto
import SwiftProtobuf

/// `hub.v1.Cursor` as a value.
struct LogCursor: Sendable, Hashable {
    /// Of the log, 16 bytes.
    let hubID: [UInt8]
    let sequence: UInt64

    init(hubID: [UInt8], sequence: UInt64) {
        self.hubID = hubID
        self.sequence = sequence
    }

    /// Reads what a client has kept.
    ///
    /// - Throws: ``HubError/Code/cursorInvalid`` when it was not made for this log.
    init(_ bytes: [UInt8], of hubID: [UInt8]) throws(HubError) {
        guard let cursor = try? HubCursor(edge: bytes) else {
            throw HubError(.cursorInvalid, "cursor cannot be decoded")
        }
        guard [UInt8](cursor.hubID) == hubID else {
            throw HubError(.cursorInvalid, "cursor belongs to another hub's log")
        }
        self.init(hubID: hubID, sequence: cursor.sequence)
    }

    /// What a client keeps.
    var bytes: [UInt8] {
        let cursor = HubCursor.with {
            $0.hubID = .init(hubID)
            $0.sequence = sequence
        }
        return (try? cursor.ledgerBytes()) ?? []
    }

    /// A cursor behind the end of what can be watched.
    static func beyond(_ head: UInt64) -> HubError {
        HubError(
            .cursorInvalid, "cursor is beyond the end of the log", status: .outOfRange, facts: ["head": "\(head)"])
    }
}
