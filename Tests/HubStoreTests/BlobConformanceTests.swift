// Every blob store keeps the same promises: one suite, run on each; and what only files can break.

import Foundation
import HubCore
import HubDomain
import HubTestKit
import Testing

@testable import HubStore

@Suite("Every blob store keeps the same promises")
struct BlobConformanceTests {
    @Test("keeps the promise", arguments: BlobStoreUnderTest.all, BlobSuite.promises)
    func keepsPromise(_ candidate: BlobStoreUnderTest, _ promise: BlobPromise) async throws {
        try await promise.check(candidate.makeHome())
    }

    @Test("the suite has promises, each with a sentence of its own")
    func suite_hasDistinctSentences() {
        #expect(BlobSuite.promises.count >= 10)
        #expect(Set(BlobSuite.promises.map(\.sentence)).count == BlobSuite.promises.count)
    }
}

@Suite("Files of the blob store")
struct FileBlobStoreTests {
    private func files(_ directory: StateDirectory) throws -> [String] {
        let folder = directory.path + "/" + FileBlobStore.folderName
        return try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
    }

    @Test("only the hub's owner can read blobs and uploads")
    func modes() async throws {
        try await StateDirectory.use { directory in
            let store = try FileBlobStore(path: directory.path)
            try await store.put(sha256: [UInt8](repeating: 0xAB, count: 32), [1, 2, 3])
            try await store.keep(BlobStoreUnderTest.part)
            for name in try files(directory) {
                let path = "\(directory.path)/\(FileBlobStore.folderName)/\(name)"
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
                #expect(attributes[.posixPermissions] as? Int == (isFolder ? 0o700 : 0o600), "\(name)")
            }
            #expect(try files(directory).contains("ab/" + String(repeating: "ab", count: 31)))
        }
    }

    @Test("what a crash left half written, and bytes without facts, are gone after the next start; all else stays")
    func leftovers() async throws {
        try await StateDirectory.use { directory in
            var store = try FileBlobStore(path: directory.path)
            let part = BlobStoreUnderTest.part
            try await store.put(sha256: [UInt8](repeating: 0xAB, count: 32), [1, 2, 3])
            try await store.keep(part)
            let whole = Set(try files(directory))
            let folder = "\(directory.path)/\(FileBlobStore.folderName)"
            for name in ["ab/cd.new", "parts/00.json.new", "parts/ff"] {
                try Data([1]).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            store = try FileBlobStore(path: directory.path)
            #expect(Set(try files(directory)) == whole)
            #expect(try await store.parts() == [part])
        }
    }

    @Test("bytes that were written and not synced are told by their number after a hub was killed")
    func killed() async throws {
        try await StateDirectory.use { directory in
            let part = BlobStoreUnderTest.part
            let first = try FileBlobStore(path: directory.path)
            try await first.keep(part)
            #expect(try await first.append([1, 2, 3], to: part.id, at: 0) == .added)
            // Nothing is told to the first one: a second one on the same files is what a start after SIGKILL sees.
            let second = try FileBlobStore(path: directory.path)
            #expect(try await second.sync(part.id) == 3)
        }
    }

    @Test("without space a chunk is refused for now and nothing of it is kept, and so is a document in one message")
    func noSpace() async throws {
        try await StateDirectory.use { directory in
            let part = BlobStoreUnderTest.part
            let store = try FileBlobStore(path: directory.path)
            try await store.keep(part)
            let folder = "\(directory.path)/\(FileBlobStore.folderName)"
            let name = "\(folder)/parts/" + part.id.map { String(format: "%02x", $0) }.joined()
            let blob = "\(folder)/ab/" + String(repeating: "ab", count: 31) + ".new"
            try FileManager.default.removeItem(atPath: name)
            try FileManager.default.createDirectory(atPath: folder + "/ab", withIntermediateDirectories: false)
            // A device that says at every write that the disk is full.
            for path in [name, blob] {
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
            }
            for write: @Sendable () async throws -> Void in [
                { _ = try await store.append([1], to: part.id, at: 0) },
                { try await store.put(sha256: [UInt8](repeating: 0xAB, count: 32), [1]) },
            ] {
                let error = await #expect(throws: HubError.self) { try await write() }
                #expect(error?.status == .resourceExhausted && error?.retryAfterMillis != nil)
            }
            try await store.put(sha256: [UInt8](repeating: 0xAB, count: 32), [1])
            #expect(try await store.read(sha256: [UInt8](repeating: 0xAB, count: 32), offset: 0, count: 9) == [1])
        }
    }

    @Test("a file that cannot be written fails the call, names no path, and leaves what was there")
    func unwritable() async throws {
        try await StateDirectory.use { directory in
            let part = BlobStoreUnderTest.part
            let store = try FileBlobStore(path: directory.path)
            try await store.keep(part)
            // A folder where the file should be: even root cannot write to it.
            let name =
                "\(directory.path)/\(FileBlobStore.folderName)/parts/"
                + part.id.map { String(format: "%02x", $0) }.joined()
            try FileManager.default.removeItem(atPath: name)
            try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
            let error = await #expect(throws: HubError.self) { _ = try await store.sync(part.id) }
            #expect(error?.code == .ledgerFailed)
            #expect(error?.detail.contains(directory.path) == false)
        }
    }
}

/// A new store joins with one line and inherits the whole suite.
struct BlobStoreUnderTest: Sendable, CustomTestStringConvertible {
    let name: String
    /// An empty home.
    let makeHome: @Sendable () throws -> BlobHome

    var testDescription: String { name }

    static let all: [Self] = [
        Self(name: "in memory") {
            let store = InMemoryBlobStore()
            return BlobHome { store }
        },
        Self(name: "files") {
            let directory = try StateDirectory()
            return BlobHome { [directory] in try FileBlobStore(path: directory.path) }
        },
        Self(name: "sealed files") {
            let directory = try StateDirectory()
            return BlobHome { [directory] in
                try FileBlobStore(path: directory.path, keys: try BlobKeys.open(state: directory.path))
            }
        },
    ]

    static let part = BlobPart(
        id: Array(repeating: 1, count: 32), principal: "urn:elayanan:loket:a", owner: "nik:0000000000000001", size: 3,
        sha256: Array(repeating: 2, count: 32), mediaType: "image/png", expiresMillis: 1)
}

extension BlobPromise: CustomTestStringConvertible {
    /// The sentence, in the list of test cases.
    public var testDescription: String { sentence }
}
