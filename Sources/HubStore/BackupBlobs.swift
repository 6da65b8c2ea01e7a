// Documents of a backup: the files that the ledger's copy names, under the names they have in the blob store.

import Foundation
import Glibc
import HubDomain

/// A folder of blobs that is being filled, for a backup or for a state directory that is restored.
///
/// A blob never changes, so a second name is as good as a copy where both lie on one file system. Elsewhere one of an
/// earlier backup has its bytes already.
struct BackupBlobs {
    /// Where they go; the folder is made.
    private let path: String
    /// Where they are looked for, in this order; the first one has them all.
    private let sources: [String]
    /// Of sealed documents; nil = none is.
    private let keys: BlobKeys?
    /// Folders that hold new names.
    private var touched: Set<String> = []
    private(set) var bytes: UInt64 = 0
    /// Of ``bytes``, what was copied.
    private(set) var bytesCopied: UInt64 = 0

    /// Documents read from the ledger at once.
    private static let page: Int64 = 1_000

    init(into path: String, from sources: [String], keys: BlobKeys?) throws(HubError) {
        self.path = path
        self.keys = keys
        self.sources = sources
        guard mkdir(path, 0o700) == 0 else { throw FileCopy.failure("\(FileCopy.name(path)) cannot be made") }
    }

    /// Calls `body` with each document that the ledger names, and the name of its file.
    static func each(
        of ledger: LedgerCopy, _ body: (_ name: String, _ document: [UInt8], _ size: UInt64) throws(HubError) -> Void
    ) throws(HubError) {
        var last: [UInt8] = []
        while true {
            let documents = try ledger.documents(after: last, limit: page)
            guard let end = documents.last else { return }
            for document in documents {
                let hash = Hexadecimal.text(document.sha256)
                try body("\(hash.prefix(2))/\(hash.dropFirst(2))", document.sha256, document.size)
            }
            last = end.sha256
        }
    }

    /// Brings all of them, durable.
    ///
    /// - Throws: ``HubError/Code/backupDamaged`` naming one that is missing or has other bytes.
    mutating func fill(from ledger: LedgerCopy) throws(HubError) {
        var fill = self
        try Self.each(of: ledger) { (name, document, size) throws(HubError) in
            try fill.add(name, document, size)
        }
        self = fill
        for folder in touched { try DurableFolder.flush(path + "/" + folder) }
        try DurableFolder.flush(path)
    }

    private mutating func add(_ name: String, _ document: [UInt8], _ size: UInt64) throws(HubError) {
        let folder = String(name.prefix(2))
        if touched.insert(folder).inserted, mkdir("\(path)/\(folder)", 0o700) != 0, errno != EEXIST {
            throw FileCopy.failure("blobs/\(folder) cannot be made")
        }
        bytes &+= size
        let present = sources.flatMap { source in BlobForm.all.map { (source: source, form: $0) } }
            .filter { FileCopy.size("\($0.source)/\(name)\($0.form.suffix)") == $0.form.fileBytes(size) }
        let expected = FileCopy.Digest(size: size, sha256: Hexadecimal.text(document))
        for (source, form) in present {
            let file = "\(source)/\(name)\(form.suffix)"
            // What an earlier backup has is looked at again: one that rots on its disk would be in all that come.
            guard source == sources.first || (try? form.digest(file, of: document, keys)) == expected else { continue }
            if try FileCopy.link(file, to: "\(path)/\(name)\(form.suffix)") { return }
        }
        guard let own = present.first, own.source == sources.first else {
            throw HubError(
                .backupDamaged, "blobs/\(name) is missing, or has not the \(size) bytes that the ledger says")
        }
        let file = name + own.form.suffix
        _ = try FileCopy.copy("\(own.source)/\(file)", to: "\(path)/\(file)")
        guard try own.form.digest("\(path)/\(file)", of: document, keys) == expected else {
            throw HubError(.backupDamaged, "blobs/\(file) has other bytes than its name says")
        }
        bytesCopied &+= size
    }
}

/// How a document lies in its file.
enum BlobForm {
    case plain
    case sealed
    static let all: [BlobForm] = [.plain, .sealed]

    /// After the document's hash.
    var suffix: String { self == .sealed ? SealedBlob.suffix : "" }

    func fileBytes(_ size: UInt64) -> UInt64 { self == .sealed ? SealedBlob.fileBytes(of: size) : size }

    /// Of the document, whatever the form.
    func digest(_ path: String, of document: [UInt8], _ keys: BlobKeys?) throws(HubError) -> FileCopy.Digest {
        guard self == .sealed else { return try FileCopy.digest(path) }
        guard let keys else {
            throw HubError(.backupDamaged, "\(BlobKeys.fileName) is missing: sealed documents cannot be read")
        }
        let name = FileCopy.name(path)
        return try DurableFolder(String(path.dropLast(name.count + 1))).digestSealed(name, of: document, keys)
    }
}
