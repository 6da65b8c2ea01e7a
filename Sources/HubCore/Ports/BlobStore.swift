// The port behind which documents lie: bytes under their hash, and parts of those that are still coming.

package import HubDomain

/// An upload that has begun, as it is kept beside its bytes.
package struct BlobPart: Sendable, Hashable, Codable {
    /// 32 bytes, made by the hub of who uploads and the client's own id.
    package var id: [UInt8]
    /// Whose account it is on.
    package var principal: String
    /// Whose document it will be, as ``StoredDocument/owner``.
    package var owner: String
    /// Of the whole document, bytes.
    package var size: UInt64
    /// Of the whole document, 32 bytes.
    package var sha256: [UInt8]
    package var mediaType: String
    /// The hub's clock, milliseconds since 1970 UTC; from then on it may be thrown away.
    package var expiresMillis: Int64

    package init(
        id: [UInt8], principal: String, owner: String, size: UInt64, sha256: [UInt8], mediaType: String,
        expiresMillis: Int64
    ) {
        self.id = id
        self.principal = principal
        self.owner = owner
        self.size = size
        self.sha256 = sha256
        self.mediaType = mediaType
        self.expiresMillis = expiresMillis
    }
}

/// What became of bytes that were added to a part.
package enum BlobAppend: Sendable, Hashable {
    case added
    /// The part has another length than was expected; nothing was added.
    case elsewhere
    /// No such part.
    case unknown
}

/// Content-addressed bytes, outside the ledger's tables.
///
/// Promises, kept by every implementation and tested by one suite (`HubTestKit.BlobSuite`): what ``put(sha256:_:)``,
/// ``keep(_:)``, ``sync(_:)`` or ``seal(_:as:)`` has returned for is there after any crash; a blob never changes, and stays until it is removed; bytes are
/// a blob only under their own hash; the same bytes twice are one blob. Reading throws ``HubError/Code/documentDamaged``
/// rather than give bytes that somebody changed on the disk.
///
/// Every function throws ``HubError`` with ``HubError/Code/ledgerFailed`` when the disk fails, with status
/// `resourceExhausted` when it is full.
package protocol BlobStore: Sendable {
    /// Keeps bytes that have this SHA-256 (32 bytes).
    func put(sha256: [UInt8], _ bytes: [UInt8]) async throws(HubError)
    /// At most `count` bytes from `offset` on, none at the end; nil when there is no such blob.
    func read(sha256: [UInt8], offset: UInt64, count: Int) async throws(HubError) -> [UInt8]?

    /// Forgets a blob; does nothing when there is none.
    func remove(sha256: [UInt8]) async throws(HubError)

    /// Keeps what is known of a part in place of what was known; a new part has no bytes.
    func keep(_ part: BlobPart) async throws(HubError)
    /// Every part, in no order.
    func parts() async throws(HubError) -> [BlobPart]
    /// Adds bytes to a part that has exactly `offset` bytes. They are durable after ``sync(_:)``.
    func append(_ bytes: [UInt8], to id: [UInt8], at offset: UInt64) async throws(HubError) -> BlobAppend
    /// Makes all bytes of a part durable, and says how many there are; nil when there is no such part.
    func sync(_ id: [UInt8]) async throws(HubError) -> UInt64?
    /// At most `count` bytes of a part from `offset` on, none at the end; nil when there is no such part.
    func readPart(_ id: [UInt8], offset: UInt64, count: Int) async throws(HubError) -> [UInt8]?
    /// Makes a blob of a part, which stays. False when its bytes have another hash, or there is no such part.
    func seal(_ id: [UInt8], as sha256: [UInt8]) async throws(HubError) -> Bool
    /// Forgets a part and its bytes; does nothing when there is none.
    func discard(_ id: [UInt8]) async throws(HubError)
}
