// The suite every blob store must pass: the promises of the port, as functions.

import Crypto
package import HubCore
import HubDomain

/// Opens the same store again and again: each call closes what the call before opened and keeps what it had stored.
package struct BlobHome: Sendable {
    package let open: @Sendable () async throws -> any BlobStore

    package init(open: @escaping @Sendable () async throws -> any BlobStore) { self.open = open }
}

/// A sentence every blob store keeps, and its proof.
package struct BlobPromise: Sendable {
    /// Subject, circumstance, outcome.
    package let sentence: String
    /// Runs on an empty home; throws ``BrokenPromise`` or what the store threw.
    package let check: @Sendable (BlobHome) async throws -> Void

    init(_ sentence: String, _ check: @escaping @Sendable (BlobHome) async throws -> Void) {
        self.sentence = sentence
        self.check = check
    }
}

/// Every promise of the port ``BlobStore``.
package enum BlobSuite {
    package static let promises = blobs + parts

    static let blobs: [BlobPromise] = [
        BlobPromise("bytes lie under their hash, also after a reopen") { home in
            let (hash, bytes) = Sample.blob(300_000)
            try await home.open().put(sha256: hash, bytes)
            let store = try await home.open()
            try promise(try await store.read(sha256: hash, offset: 0, count: 400_000) == bytes, "the bytes changed")
            try promise(try await store.read(sha256: hash, offset: 299_999, count: 5), is: bytes.suffix(1))
            try promise(try await store.read(sha256: hash, offset: 300_000, count: 5), is: [])
            try promise(try await store.read(sha256: hash, offset: .max, count: 5), is: [])
        },
        BlobPromise("a document of any length is read from any place on") { home in
            let store = try await home.open()
            for size in [1, 65_535, 65_536, 65_537, 131_072, 200_001] {
                let (hash, bytes) = Sample.blob(size)
                try await store.put(sha256: hash, bytes)
                for offset in [0, 1, 65_535, 65_536, 65_537, 131_071, 131_072, size - 1, size] where offset <= size {
                    for count in [1, 65_536, 70_000] {
                        let read = try await store.read(sha256: hash, offset: UInt64(offset), count: count)
                        try promise(
                            read == Array(bytes.dropFirst(offset).prefix(count)), "\(size) from \(offset), \(count)")
                    }
                }
            }
        },
        BlobPromise("a blob that is removed is gone, also after a reopen, and can be put again") { home in
            let store = try await home.open()
            let (hash, bytes) = Sample.blob(70_000)
            try await store.remove(sha256: hash)
            try await store.put(sha256: hash, bytes)
            try await store.put(sha256: Sample.blob(5).hash, Sample.blob(5).bytes)
            try await store.remove(sha256: hash)
            try promise(try await store.read(sha256: hash, offset: 0, count: 1), is: nil)
            let again = try await home.open()
            try promise(try await again.read(sha256: hash, offset: 0, count: 1), is: nil)
            try promise(try await again.read(sha256: Sample.blob(5).hash, offset: 0, count: 9)?.count, is: 5)
            try await again.put(sha256: hash, bytes)
            try promise(try await again.read(sha256: hash, offset: 0, count: 80_000), is: bytes)
        },
        BlobPromise("a hash that nobody put has no bytes") { home in
            let store = try await home.open()
            try promise(try await store.read(sha256: Sample.blob(3).hash, offset: 0, count: 1), is: nil)
            try promise(try await store.read(sha256: [1, 2], offset: 0, count: 1), is: nil)
        },
        BlobPromise("the same bytes twice are one blob, and 16 at once are too") { home in
            let store = try await home.open()
            let (hash, bytes) = Sample.blob(5_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 { group.addTask { try await store.put(sha256: hash, bytes) } }
                try await group.waitForAll()
            }
            try promise(try await store.read(sha256: hash, offset: 0, count: 6_000) == bytes, "the bytes changed")
        },
        BlobPromise("a hash that is none is refused") { home in
            let store = try await home.open()
            try await promiseError(.internalFault) { try await store.put(sha256: [1, 2], [1]) }
            try await promiseError(.internalFault) { _ = try await store.seal([1], as: [1, 2]) }
        },
    ]

    static let parts: [BlobPromise] = [
        BlobPromise("a new part is empty, and what is known of it lives through a reopen") { home in
            let part = Sample.part(1, of: 10)
            try await home.open().keep(part)
            let store = try await home.open()
            try promise(try await store.parts(), is: [part])
            try promise(try await store.sync(part.id), is: 0)
        },
        BlobPromise("what is kept of a part again replaces what was known, and leaves its bytes") { home in
            let store = try await home.open()
            var part = Sample.part(1, of: 10)
            try await store.keep(part)
            try promise(try await store.append([1, 2, 3], to: part.id, at: 0), is: .added)
            part.expiresMillis += 1
            try await store.keep(part)
            try promise(try await store.parts(), is: [part])
            try promise(try await store.sync(part.id), is: 3)
        },
        BlobPromise("bytes are added at the end of a part and nowhere else") { home in
            let store = try await home.open()
            let part = Sample.part(1, of: 10)
            try await store.keep(part)
            try promise(try await store.append([1, 2], to: part.id, at: 0), is: .added)
            for offset: UInt64 in [0, 1, 3, .max] {
                try promise(try await store.append([9], to: part.id, at: offset), is: .elsewhere)
            }
            try promise(try await store.append([3], to: part.id, at: 2), is: .added)
            try promise(try await store.sync(part.id), is: 3)
        },
        BlobPromise("synced bytes live through a reopen, and the part goes on after them") { home in
            let part = Sample.part(1, of: 200_000)
            let (_, bytes) = Sample.blob(200_000)
            var store = try await home.open()
            try await store.keep(part)
            try promise(try await store.append(Array(bytes.prefix(150_000)), to: part.id, at: 0), is: .added)
            try promise(try await store.sync(part.id), is: 150_000)
            store = try await home.open()
            try promise(try await store.sync(part.id), is: 150_000)
            try promise(try await store.append(Array(bytes.dropFirst(150_000)), to: part.id, at: 150_000), is: .added)
            try promise(try await store.seal(part.id, as: part.sha256), is: true)
            let read = try await home.open().read(sha256: part.sha256, offset: 0, count: 300_000)
            try promise(read == bytes, "the document is not what was uploaded")
        },
        BlobPromise("a part with other bytes than its hash says is no blob") { home in
            let store = try await home.open()
            let part = Sample.part(1, of: 3)
            try await store.keep(part)
            try promise(try await store.append([7, 7, 7], to: part.id, at: 0), is: .added)
            try promise(try await store.seal(part.id, as: part.sha256), is: false)
            try promise(try await store.read(sha256: part.sha256, offset: 0, count: 3), is: nil)
        },
        BlobPromise("a sealed part stays until it is discarded, and its blob stays after it") { home in
            let store = try await home.open()
            let part = Sample.part(1, of: 100)
            let (hash, bytes) = Sample.blob(100)
            try await store.keep(part)
            try promise(try await store.append(bytes, to: part.id, at: 0), is: .added)
            for _ in 0..<2 { try promise(try await store.seal(part.id, as: hash), is: true) }
            try promise(try await store.sync(part.id), is: 100)
            try await store.discard(part.id)
            try await store.discard(part.id)
            try promise(try await store.seal(part.id, as: hash), is: false)
            try promise(try await store.sync(part.id), is: nil)
            try promise(try await store.append([1], to: part.id, at: 0), is: .unknown)
            try promise(try await home.open().parts(), is: [])
            try promise(try await home.open().read(sha256: hash, offset: 0, count: 100) == bytes, "the blob is gone")
        },
        BlobPromise("bytes of a part are read from any place, and of no part none") { home in
            let store = try await home.open()
            let part = Sample.part(1, of: 10)
            try await store.keep(part)
            try promise(try await store.append([1, 2, 3], to: part.id, at: 0), is: .added)
            try promise(try await store.readPart(part.id, offset: 1, count: 9), is: [2, 3])
            try promise(try await store.readPart(part.id, offset: 3, count: 9), is: [])
            try promise(try await store.readPart(Sample.part(2, of: 1).id, offset: 0, count: 1), is: nil)
        },
        BlobPromise("parts know nothing of each other") { home in
            let store = try await home.open()
            let (one, two) = (Sample.part(1, of: 10), Sample.part(2, of: 10))
            for part in [one, two] { try await store.keep(part) }
            try promise(try await store.append([1, 2, 3], to: one.id, at: 0), is: .added)
            try promise(try await store.sync(two.id), is: 0)
            try await store.discard(one.id)
            try promise(try await store.parts(), is: [two])
        },
    ]
}

extension Sample {
    /// So many bytes, the same each time, and their SHA-256.
    static func blob(_ count: Int) -> (hash: [UInt8], bytes: [UInt8]) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        return (Array(SHA256.hash(data: bytes)), bytes)
    }

    /// A part for ``blob(_:)`` of this size.
    static func part(_ id: UInt8, of size: Int) -> BlobPart {
        BlobPart(
            id: Array(repeating: id, count: 32), principal: "urn:elayanan:loket:a", owner: "nik:0000000000000001",
            size: UInt64(size), sha256: blob(size).hash, mediaType: "image/png", expiresMillis: 1)
    }
}
