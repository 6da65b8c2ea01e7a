// Where a stream stands in the log: opaque to clients, sealed, read back and checked here alone.

import Crypto
import HubDomain
import HubProto
import SwiftProtobuf

/// Makes cursors and recognises them. Hubs with the same key understand each other's.
package struct CursorSeal: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: 32 secret bytes.
    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// A cursor of a principal.
    package func cursor(hubID: [UInt8], sequence: UInt64, principal: String) -> LogCursor {
        let owner = Self.owner(principal)
        var cursor = HubCursor()
        cursor.hubID = .init(hubID)
        cursor.sequence = sequence
        cursor.owner = .init(owner)
        cursor.mac = .init(mac(hubID, sequence, owner))
        return LogCursor(sequence: sequence, bytes: (try? cursor.ledgerBytes()) ?? [])
    }

    /// Reads what a client has kept.
    ///
    /// - Throws: ``HubError/Code/cursorInvalid`` when no hub of this regency made it for this log, or
    ///   ``HubError/Code/permissionDenied`` when it was made for another principal.
    func open(_ bytes: [UInt8], of hubID: [UInt8], principal: String) throws(HubError) -> LogCursor {
        guard let cursor = try? HubCursor(edge: bytes) else {
            throw HubError(.cursorInvalid, "cursor cannot be decoded")
        }
        guard [UInt8](cursor.hubID) == hubID else {
            throw HubError(.cursorInvalid, "cursor belongs to another hub's log")
        }
        let owner = [UInt8](cursor.owner)
        guard mac(hubID, cursor.sequence, owner).elementsEqual(cursor.mac) else {
            throw HubError(.cursorInvalid, "cursor was not made by this hub")
        }
        guard owner == Self.owner(principal) else {
            throw HubError(.permissionDenied, "cursor was made for another principal")
        }
        return LogCursor(sequence: cursor.sequence, bytes: bytes)
    }

    private func mac(_ hubID: [UInt8], _ sequence: UInt64, _ owner: [UInt8]) -> [UInt8] {
        var sealer = HMAC<SHA256>(key: key)
        sealer.update(data: hubID)
        sealer.update(data: owner)
        sealer.update(data: withUnsafeBytes(of: sequence.bigEndian) { [UInt8]($0) })
        return [UInt8](sealer.finalize().prefix(16))
    }

    private static func owner(_ principal: String) -> [UInt8] {
        [UInt8](SHA256.hash(data: Array(principal.utf8)).prefix(8))
    }
}

/// A place in the log, and what the client keeps of it.
package struct LogCursor: Sendable, Hashable {
    package let sequence: UInt64
    package let bytes: [UInt8]

    /// A cursor behind the end of what can be watched.
    static func beyond(_ head: UInt64) -> HubError {
        HubError(
            .cursorInvalid, "cursor is beyond the end of the log", status: .outOfRange, facts: ["head": "\(head)"])
    }
}
