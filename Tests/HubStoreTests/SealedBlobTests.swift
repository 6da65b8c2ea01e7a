// Documents sealed on the disk: read from any place, and no changed bit is read as if nothing had happened.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubTestKit
import Testing

@testable import HubStore

@Suite("Sealed documents")
struct SealedBlobTests {
    private static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
    private static let document = (0..<200_001).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private func store(_ directory: StateDirectory) throws -> FileBlobStore {
        try FileBlobStore(path: directory.path, keys: try BlobKeys.open(state: directory.path))
    }

    private func file(_ directory: StateDirectory, _ hash: [UInt8], _ suffix: String = SealedBlob.suffix) -> URL {
        let name = Hexadecimal.text(hash)
        return URL(filePath: "\(directory.path)/blobs/\(name.prefix(2))/\(name.dropFirst(2))\(suffix)")
    }

    @Test("nothing of a document can be read in its file, whether it came whole or in chunks")
    func sealed() async throws {
        try await StateDirectory.use { directory in
            let store = try store(directory)
            let text = Array(String(repeating: "Siti Rahmawati ", count: 9_000).utf8)
            try await store.put(sha256: Self.hash(text), text)
            let other = text + [1]
            var part = BlobStoreUnderTest.part
            (part.size, part.sha256) = (UInt64(other.count), Self.hash(other))
            try await store.keep(part)
            #expect(try await store.append(other, to: part.id, at: 0) == .added)
            #expect(try await store.seal(part.id, as: part.sha256))
            try await store.discard(part.id)
            for bytes in [text, other] {
                let stored = try Data(contentsOf: file(directory, Self.hash(bytes)))
                #expect(UInt64(stored.count) == SealedBlob.fileBytes(of: UInt64(bytes.count)))
                #expect(stored.range(of: Data("Rahmawati".utf8)) == nil)
                #expect(try await store.read(sha256: Self.hash(bytes), offset: 0, count: 200_000) == bytes)
            }
        }
    }

    @Test("a bit that is changed anywhere in the file is found when it is read, and file and frame are named")
    func bits() async throws {
        try await StateDirectory.use { directory in
            let store = try store(directory)
            let hash = Self.hash(Self.document)
            try await store.put(sha256: hash, Self.document)
            let path = file(directory, hash)
            let whole = try Data(contentsOf: path)
            // Header, key id, salt, each frame's bytes and tag, and the very last byte.
            for place in [0, 9, 20, 32, 65_567, 65_568, 65_583, 65_584, 140_000, whole.count - 17, whole.count - 1] {
                var changed = whole
                changed[place] ^= 0x10
                try changed.write(to: path)
                let error = await #expect(throws: HubError.self, "byte \(place)") {
                    try await store.read(sha256: hash, offset: 0, count: Self.document.count)
                }
                #expect(error?.code == .documentDamaged && error?.detail.contains(".sealed") == true)
            }
            // A reader elsewhere in the file goes on.
            var changed = whole
            changed[140_000] ^= 1
            try changed.write(to: path)
            #expect(try await store.read(sha256: hash, offset: 10, count: 100) == Array(Self.document[10..<110]))
        }
    }

    @Test("a file that is cut, even between two frames, lengthened or with frames exchanged is damaged")
    func lengths() async throws {
        try await StateDirectory.use { directory in
            let store = try store(directory)
            let hash = Self.hash(Self.document)
            try await store.put(sha256: hash, Self.document)
            let path = file(directory, hash)
            let whole = try Data(contentsOf: path)
            let width = SealedBlob.frameBytes + SealedBlob.tagBytes
            let first = whole[32..<32 + width]
            let second = whole[32 + width..<32 + 2 * width]
            for wrong in [
                whole.prefix(32 + 2 * width), whole.prefix(32 + width), whole.dropLast(1), whole + [0],
                whole.prefix(32) + second + first + whole.dropFirst(32 + 2 * width), whole.prefix(31), Data(),
            ] {
                try Data(wrong).write(to: path)
                let error = await #expect(throws: HubError.self) {
                    try await store.read(sha256: hash, offset: 0, count: Self.document.count)
                }
                #expect(error?.code == .documentDamaged)
            }
        }
    }

    @Test("a file that was moved onto another document's name is damaged there, wherever one reads, and in a backup")
    func moved() async throws {
        try await StateDirectory.use { directory in
            let store = try store(directory)
            let other = Self.document.map { ~$0 }
            for bytes in [Self.document, other] { try await store.put(sha256: Self.hash(bytes), bytes) }
            let (path, taken) = (file(directory, Self.hash(Self.document)), file(directory, Self.hash(other)))
            let (mine, theirs) = (try Data(contentsOf: path), try Data(contentsOf: taken))
            try theirs.write(to: path)
            try mine.write(to: taken)
            for bytes in [Self.document, other] {
                for offset in [0, 70_000, UInt64(bytes.count) - 1] {
                    await #expect(throws: HubError(.documentDamaged, "")) {
                        try await store.read(sha256: Self.hash(bytes), offset: offset, count: 10)
                    }
                }
                let keys = try BlobKeys.read(state: directory.path)
                #expect(throws: HubError(.documentDamaged, "")) {
                    let path = file(directory, Self.hash(bytes)).path
                    return try BlobForm.sealed.digest(path, of: Self.hash(bytes), keys)
                }
            }
        }
    }

    @Test("files of the first format are read; one under another name, and a plain one, is found by who reads it whole")
    func firstFormat() async throws {
        try await StateDirectory.use { directory in
            let store = try store(directory)
            let (bytes, other) = (Array(Self.document.prefix(90_000)), Array(Self.document.suffix(90_000)))
            let keys = try #require(try BlobKeys.read(state: directory.path))
            let hash = Self.hash(bytes)
            try await store.put(sha256: hash, bytes)
            try Data(try Self.sealedFirst(bytes, keys)).write(to: file(directory, hash))
            #expect(try await store.read(sha256: hash, offset: 0, count: 100_000) == bytes)
            #expect(try await store.read(sha256: hash, offset: 65_000, count: 1_000) == Array(bytes[65_000..<66_000]))
            try Data(try Self.sealedFirst(other, keys)).write(to: file(directory, hash))
            await #expect(throws: HubError(.documentDamaged, "")) {
                try await store.read(sha256: hash, offset: 0, count: 100_000)
            }
            try FileManager.default.removeItem(at: file(directory, hash))
            try Data(other).write(to: file(directory, hash, ""))
            await #expect(throws: HubError(.documentDamaged, "")) {
                try await store.read(sha256: hash, offset: 0, count: 100_000)
            }
        }
    }

    /// As the first format was: 16 bytes of salt, and a key that knows nothing of the document.
    private static func sealedFirst(_ bytes: [UInt8], _ keys: BlobKeys) throws -> [UInt8] {
        let newest = try #require(keys.keys.first)
        let salt = [UInt8](repeating: 0xA5, count: 16)
        let header = Array("ELMSEAL1".utf8) + newest.id + salt
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: newest.key, salt: salt, info: Array("elayanan blob".utf8), outputByteCount: 32)
        var file = header
        for start in stride(from: 0, to: bytes.count, by: 65_536) {
            let isLast = start + 65_536 >= bytes.count
            let nonce = try AES.GCM.Nonce(
                data: [isLast ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(start / 65_536)] as [UInt8])
            let frame = bytes[start..<min(start + 65_536, bytes.count)]
            let box = try AES.GCM.seal(frame, using: key, nonce: nonce, authenticating: header)
            file += Array(box.ciphertext) + Array(box.tag)
        }
        return file
    }

    @Test("documents of an older hub stay readable as they lie, and are not kept a second time")
    func plain() async throws {
        try await StateDirectory.use { directory in
            let hash = Self.hash(Self.document)
            try await FileBlobStore(path: directory.path).put(sha256: hash, Self.document)
            let store = try store(directory)
            #expect(try await store.read(sha256: hash, offset: 5, count: 70_000) == Array(Self.document[5..<70_005]))
            try await store.put(sha256: hash, Self.document)
            #expect(!FileManager.default.fileExists(atPath: file(directory, hash).path))
        }
    }

    @Test("a new key seals from now on and the older one still opens; a key that was lost stops the hub, and names it")
    func keys() async throws {
        try await StateDirectory.use { directory in
            let (old, new) = (Self.hash([1]), Self.hash([2]))
            try await store(directory).put(sha256: old, [1])
            let keyFile = URL(filePath: "\(directory.path)/\(BlobKeys.fileName)")
            let first = try String(contentsOf: keyFile, encoding: .utf8)
            #expect(
                try FileManager.default.attributesOfItem(atPath: keyFile.path)[.posixPermissions] as? Int == 0o600)
            try (String(repeating: "ab", count: 32) + "\n" + first).write(
                to: keyFile, atomically: true, encoding: .utf8)
            let store = try store(directory)
            try await store.put(sha256: new, [2])
            #expect(try await store.read(sha256: old, offset: 0, count: 9) == [1])
            #expect(try await store.read(sha256: new, offset: 0, count: 9) == [2])
            for wrong in [first, "abc\n", ""] {
                try wrong.write(to: keyFile, atomically: true, encoding: .utf8)
                let error = #expect(throws: HubError.self) { try BlobKeys.open(state: directory.path) }
                #expect(error?.code == .configurationInvalid && error?.detail.contains(BlobKeys.fileName) == true)
            }
            try FileManager.default.removeItem(at: keyFile)
            let error = #expect(throws: HubError.self) { try BlobKeys.open(state: directory.path) }
            #expect(error?.detail.contains("backup") == true)
        }
    }

    @Test("a backup brings sealed documents with their key, is restored, and one changed bit of it is named")
    func backups() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            let store = try store(directory)
            let hash = Self.hash(Self.document)
            try await store.put(sha256: hash, Self.document)
            let facts = StoredDocument(
                mediaType: "application/pdf", size: UInt64(Self.document.count), owner: "warga-1")
            try await ledger.putDocument(sha256: hash, facts)
            let backups = StateBackups(state: directory.path, folder: nil, software: "test 1")
            _ = try await backups.make(name: "pertama", keep: 0, nowMillis: Sample.now)
            let folder = "\(directory.path)/\(StateBackups.folderName)/pertama"
            _ = try BackupCheck.verify(folder)
            let restored = "\(directory.path)/restored"
            _ = try BackupRestore.restore(
                from: folder, to: restored, hubID: [UInt8](repeating: 9, count: 16), skipping: 1, nowMillis: Sample.now)
            let other = try FileBlobStore(path: restored, keys: try BlobKeys.open(state: restored))
            #expect(try await other.read(sha256: hash, offset: 0, count: 300_000) == Self.document)
            let name = Hexadecimal.text(hash)
            let path = URL(filePath: "\(folder)/blobs/\(name.prefix(2))/\(name.dropFirst(2)).sealed")
            var bytes = try Data(contentsOf: path)
            bytes[bytes.count / 2] ^= 1
            // The backup's name is a second one of the hub's own file.
            try FileManager.default.removeItem(at: path)
            try bytes.write(to: path)
            let error = #expect(throws: HubError.self) { try BackupCheck.verify(folder) }
            #expect(error?.code == .backupDamaged && error?.detail.contains(".sealed has other bytes") == true)
        }
    }

    @Test("25 MiB sealed and read back cost what is printed here")
    func cost() async throws {
        let bytes = [UInt8](repeating: 0x5A, count: 26_214_400)
        let hash = Self.hash(bytes)
        for isSealed in [false, true] {
            try await StateDirectory.use { directory in
                let keys = isSealed ? try BlobKeys.open(state: directory.path) : nil
                let store = try FileBlobStore(path: directory.path, keys: keys)
                let clock = ContinuousClock()
                let put = try await clock.measure { try await store.put(sha256: hash, bytes) }
                var offset: UInt64 = 0
                let read = try await clock.measure {
                    while let piece = try await store.read(sha256: hash, offset: offset, count: 65_536), !piece.isEmpty
                    {
                        offset += UInt64(piece.count)
                    }
                }
                #expect(offset == 26_214_400)
                print("25 MiB \(isSealed ? "sealed" : "plain"): put \(put), read in pieces of 64 KiB \(read)")
            }
        }
    }
}
