// A blob store in memory that keeps the promises of the port, for tests that need no disk.

import Crypto
package import HubCore
package import HubDomain

/// Everything but durability: it lives as long as the value.
package actor InMemoryBlobStore: BlobStore {
    private var blobs: [[UInt8]: [UInt8]] = [:]
    private var known: [[UInt8]: BlobPart] = [:]
    private var bytes: [[UInt8]: [UInt8]] = [:]

    package init() {}

    package func put(sha256: [UInt8], _ bytes: [UInt8]) async throws(HubError) {
        guard sha256.count == 32 else { throw HubError(.internalFault, "a document's hash has 32 bytes") }
        if blobs[sha256] == nil { blobs[sha256] = bytes }
    }

    package func read(sha256: [UInt8], offset: UInt64, count: Int) async throws(HubError) -> [UInt8]? {
        blobs[sha256].map { Array($0.dropFirst(Int(clamping: offset)).prefix(max(0, count))) }
    }

    package func remove(sha256: [UInt8]) async throws(HubError) { blobs[sha256] = nil }

    package func keep(_ part: BlobPart) async throws(HubError) {
        known[part.id] = part
        if bytes[part.id] == nil { bytes[part.id] = [] }
    }

    package func parts() async throws(HubError) -> [BlobPart] { Array(known.values) }

    package func append(_ more: [UInt8], to id: [UInt8], at offset: UInt64) async throws(HubError) -> BlobAppend {
        guard let present = bytes[id] else { return .unknown }
        guard UInt64(present.count) == offset else { return .elsewhere }
        bytes[id]?.append(contentsOf: more)
        return .added
    }

    package func sync(_ id: [UInt8]) async throws(HubError) -> UInt64? { bytes[id].map { UInt64($0.count) } }

    package func readPart(_ id: [UInt8], offset: UInt64, count: Int) async throws(HubError) -> [UInt8]? {
        bytes[id].map { Array($0.dropFirst(Int(clamping: offset)).prefix(max(0, count))) }
    }

    package func seal(_ id: [UInt8], as sha256: [UInt8]) async throws(HubError) -> Bool {
        guard sha256.count == 32 else { throw HubError(.internalFault, "a document's hash has 32 bytes") }
        guard let whole = bytes[id], Array(SHA256.hash(data: whole)) == sha256 else { return false }
        if blobs[sha256] == nil { blobs[sha256] = whole }
        return true
    }

    package func discard(_ id: [UInt8]) async throws(HubError) {
        known[id] = nil
        bytes[id] = nil
    }
}
