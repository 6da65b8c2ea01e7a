// The blob store on files: `ab/cdef…` for a blob, `parts/<id>` for what is still coming. Temporary file, fsync, rename.

import Crypto
import Dispatch
import Foundation
import Glibc
package import HubCore
package import HubDomain

/// Blobs of one state directory. Its work is done one piece after the other on a queue of its own, so that no thread of
/// the hub waits for the disk.
///
/// A part's file grows before it is synced. After a crash it may hold more than was told, never less; and should a file
/// system show bytes that were not written, the hash of the whole tells.
package final class FileBlobStore: BlobStore {
    /// The folder in the state directory.
    package static let folderName = "blobs"

    private let blobs: DurableFolder
    private let partFolder: DurableFolder
    private let queue = DispatchQueue(label: "blobs")
    /// Seal what is written from now on; nil = it lies as it came.
    private let keys: BlobKeys?

    /// Opens the store of a state directory, and makes it where there is none. What a crash left half written goes.
    ///
    /// - Parameters:
    ///   - path: The state directory; it must exist, and its lock must be held.
    ///   - keys: Of that directory; nil = documents are not sealed.
    /// - Throws: ``HubError/Code/ledgerFailed`` when folders cannot be made or read.
    package init(path: String, keys: BlobKeys? = nil) throws(HubError) {
        self.keys = keys
        blobs = try DurableFolder(path + "/" + Self.folderName)
        partFolder = try blobs.folder("parts")
        try partFolder.removeUnfinished()
        let names = Set(try partFolder.names())
        for name in names where !name.hasSuffix(Self.facts) && !names.contains(name + Self.facts) {
            try partFolder.remove(name)
        }
        for name in try blobs.names() where name.utf8.count == 2 { try blobs.folder(name).removeUnfinished() }
    }

    // MARK: Blobs

    package func put(sha256: [UInt8], _ bytes: [UInt8]) async throws(HubError) {
        guard sha256.count == 32 else { throw Self.noHash }
        try await perform { () throws(HubError) in
            let (folder, name) = try self.place(sha256)
            guard try !Self.isThere(name, in: folder) else { return }
            guard let keys = self.keys else { return try folder.write(name, bytes) }
            let size = UInt64(bytes.count)
            try folder.seal(name + SealedBlob.suffix, of: sha256, size: size, with: keys) { offset, count in
                Array(bytes[Int(offset)..<Int(offset) + count])
            }
        }
    }

    package func read(sha256: [UInt8], offset: UInt64, count: Int) async throws(HubError) -> [UInt8]? {
        guard sha256.count == 32 else { return nil }
        return try await perform { () throws(HubError) in
            let (folder, name) = try self.place(sha256)
            let sealed = name + SealedBlob.suffix
            guard let file = try folder.size(sealed) else {
                let bytes = try folder.read(name, offset: offset, count: count)
                if self.keys != nil { try Self.check(bytes, of: sha256, from: offset, try folder.size(name), name) }
                return bytes
            }
            guard let keys = self.keys else { throw SealedBlob.damaged(sealed, "the key is missing: it") }
            let bytes = try folder.readSealed(sealed, of: sha256, offset: offset, count: count, keys)
            try Self.check(bytes, of: sha256, from: offset, SealedBlob.documentBytes(in: file), sealed)
            return bytes
        }
    }

    /// A plain file, and a sealed one of the first format, does not tell that it is this document's. Whoever reads it whole is
    /// told when it is not; of what is read in pieces that is found by `hubd backup verify` alone.
    private static func check(
        _ bytes: [UInt8]?, of sha256: [UInt8], from offset: UInt64, _ size: UInt64?, _ file: String
    ) throws(HubError) {
        guard offset == 0, let bytes, size == UInt64(bytes.count) else { return }
        if Array(SHA256.hash(data: bytes)) != sha256 { throw SealedBlob.damaged(file, "its document") }
    }

    package func remove(sha256: [UInt8]) async throws(HubError) {
        guard sha256.count == 32 else { return }
        try await perform { () throws(HubError) in
            let (folder, name) = try self.place(sha256)
            for form in BlobForm.all { try folder.remove(name + form.suffix) }
        }
    }

    /// Sealed, or plain as a store without keys keeps it.
    private static func isThere(_ name: String, in folder: DurableFolder) throws(HubError) -> Bool {
        if try folder.size(name + SealedBlob.suffix) != nil { return true }
        return try folder.size(name) != nil
    }

    /// The first byte names the folder: 256 of them, so that none grows too large for a file system's folders.
    private func place(_ sha256: [UInt8]) throws(HubError) -> (DurableFolder, String) {
        (try blobs.folder(Hexadecimal.text(sha256.prefix(1))), Hexadecimal.text(sha256.dropFirst()))
    }

    // MARK: Parts

    package func keep(_ part: BlobPart) async throws(HubError) {
        try await perform { () throws(HubError) in
            guard let text = try? JSONEncoder().encode(part) else {
                throw HubError(.internalFault, "what is known of an upload cannot be encoded")
            }
            let name = Hexadecimal.text(part.id)
            try self.partFolder.create(name)
            try self.partFolder.write(name + Self.facts, [UInt8](text))
        }
    }

    package func parts() async throws(HubError) -> [BlobPart] {
        try await perform { () throws(HubError) in
            var found: [BlobPart] = []
            for name in try self.partFolder.names() where name.hasSuffix(Self.facts) {
                guard let text = try self.partFolder.read(name, offset: 0, count: Self.factsBytesMax),
                    let part = try? JSONDecoder().decode(BlobPart.self, from: Data(text))
                else { continue }  // Of a newer hub, or damaged: an upload that nobody can go on with.
                found.append(part)
            }
            return found
        }
    }

    package func append(_ bytes: [UInt8], to id: [UInt8], at offset: UInt64) async throws(HubError) -> BlobAppend {
        try await perform { () throws(HubError) in
            let name = Hexadecimal.text(id)
            guard let size = try self.partFolder.size(name) else { return .unknown }
            guard size == offset else { return .elsewhere }
            try self.partFolder.append(name, bytes, at: offset)
            return .added
        }
    }

    package func sync(_ id: [UInt8]) async throws(HubError) -> UInt64? {
        try await perform { () throws(HubError) in
            let name = Hexadecimal.text(id)
            guard try self.partFolder.size(name) != nil else { return nil }
            do throws(HubError) { return try self.partFolder.sync(name) } catch {
                // The kernel may have dropped what it could not write and call it written the next time.
                try? self.remove(name)
                throw error
            }
        }
    }

    package func readPart(_ id: [UInt8], offset: UInt64, count: Int) async throws(HubError) -> [UInt8]? {
        try await perform { () throws(HubError) in
            try self.partFolder.read(Hexadecimal.text(id), offset: offset, count: count)
        }
    }

    package func seal(_ id: [UInt8], as sha256: [UInt8]) async throws(HubError) -> Bool {
        guard sha256.count == 32 else { throw Self.noHash }
        return try await perform { () throws(HubError) in
            let part = Hexadecimal.text(id)
            guard try self.partFolder.size(part) != nil else { return false }
            _ = try self.partFolder.sync(part)
            guard try self.hash(part) == sha256 else { return false }
            let (folder, name) = try self.place(sha256)
            guard try !Self.isThere(name, in: folder) else { return true }
            guard let keys = self.keys, let size = try self.partFolder.size(part) else {
                // A second name for the same file: the part stays until the document is known to the ledger.
                try folder.link(name, from: self.partFolder, part)
                return true
            }
            try folder.seal(name + SealedBlob.suffix, of: sha256, size: size, with: keys) {
                (offset, count) throws(HubError) in
                try self.partFolder.read(part, offset: offset, count: count) ?? []
            }
            return true
        }
    }

    package func discard(_ id: [UInt8]) async throws(HubError) {
        try await perform { () throws(HubError) in try self.remove(Hexadecimal.text(id)) }
    }

    private func remove(_ name: String) throws(HubError) {
        // What is known goes first: bytes without it are removed at the next start.
        try partFolder.remove(name + Self.facts)
        try partFolder.remove(name)
    }

    private func hash(_ name: String) throws(HubError) -> [UInt8] {
        var hasher = SHA256()
        var offset: UInt64 = 0
        while let piece = try partFolder.read(name, offset: offset, count: 262_144), !piece.isEmpty {
            hasher.update(data: piece)
            offset += UInt64(piece.count)
        }
        return Array(hasher.finalize())
    }

    // MARK: The queue

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable () throws(HubError) -> Value
    ) async throws(HubError) -> Value {
        let result: Result<Value, HubError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(HubError) { continuation.resume(returning: .success(try body())) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Ending of the file that says what a part is.
    private static let facts = ".json"
    private static let factsBytesMax = 4_096
    private static let noHash = HubError(.internalFault, "a document's hash has 32 bytes")
}
