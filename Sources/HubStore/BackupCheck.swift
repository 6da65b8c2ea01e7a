// Whether a backup is whole: every file, every document, the chain, and the counts its manifest names. Needs no hub.

import Foundation
import HubCore
package import HubDomain
package import HubProto

/// Compares a folder with its manifest.
package enum BackupCheck {
    /// Findings that are named; more are counted.
    private static let namedMax = 20

    /// Reads everything; changes nothing.
    ///
    /// - Returns: The manifest of a whole backup.
    /// - Throws: ``HubError/Code/backupDamaged`` naming what is missing or changed, ``HubError/Code/chainBroken`` when the
    ///   log it holds was changed before, ``HubError/Code/stateNewer`` for a backup of a newer hub.
    package static func verify(_ folder: String) throws(HubError) -> HubBackupManifest {
        let manifest = try manifest(folder)
        var findings = Findings()
        for file in manifest.files {
            findings.add(file.name, comparing: "\(folder)/\(file.name)", .init(size: file.size, sha256: file.sha256))
        }
        if !manifest.files.contains(where: { $0.name == SQLiteLedger.fileName }) {
            findings.add("\(SQLiteLedger.fileName) is not in the manifest")
        }
        // A ledger with other bytes tells nothing of documents.
        try findings.refuse()
        let copy = try LedgerCopy("\(folder)/\(SQLiteLedger.fileName)")
        let facts = try copy.facts()
        try copy.verify()
        var found = Findings()
        if !manifest.backup.matches(facts) { found.add("the ledger has other counts than the manifest") }
        let keys = try BlobKeys.read(state: folder)
        try BackupBlobs.each(of: copy) { (name, document, size) throws(HubError) in
            let path = "\(folder)/\(FileBlobStore.folderName)/\(name)"
            let form = FileCopy.size(path + SealedBlob.suffix) == nil ? BlobForm.plain : .sealed
            found.add(
                "\(FileBlobStore.folderName)/\(name)\(form.suffix)", comparing: path + form.suffix,
                .init(size: size, sha256: Hexadecimal.text(document)), of: document, form, keys)
        }
        try copy.close()
        try found.refuse()
        return manifest
    }

    /// - Throws: ``HubError/Code/backupDamaged`` when there is none: the folder is no backup, or was never finished.
    static func manifest(_ folder: String) throws(HubError) -> HubBackupManifest {
        let path = "\(folder)/\(HubBackupManifest.fileName)"
        guard let size = FileCopy.size(path) else {
            throw HubError(
                .backupDamaged,
                "\(HubBackupManifest.fileName) is missing: this is no backup, or one that was never finished")
        }
        guard size <= UInt64(HubBackupManifest.bytesMax), let bytes = FileManager.default.contents(atPath: path) else {
            throw HubError(.backupDamaged, "\(HubBackupManifest.fileName) cannot be read")
        }
        return try .read([UInt8](bytes))
    }

    /// What is wrong, by name.
    private struct Findings {
        private var named: [String] = []
        private var count = 0

        mutating func add(_ finding: String) {
            count += 1
            if named.count < namedMax { named.append(finding) }
        }

        mutating func add(
            _ name: String, comparing path: String, _ expected: FileCopy.Digest, of document: [UInt8] = [],
            _ form: BlobForm = .plain, _ keys: BlobKeys? = nil
        ) {
            guard FileCopy.size(path) != nil else { return add("\(name) is missing") }
            // A sealed file that does not open was changed.
            if (try? form.digest(path, of: document, keys)) != expected { add("\(name) has other bytes") }
        }

        func refuse() throws(HubError) {
            guard count > 0 else { return }
            let more = count > named.count ? "; and \(count - named.count) more" : ""
            throw HubError(.backupDamaged, named.joined(separator: "; ") + more)
        }
    }
}

extension HubBackup {
    fileprivate func matches(_ facts: LedgerFacts) -> Bool {
        [UInt8](hubID) == facts.hubID && sequence == facts.sequence && [UInt8](chainHead) == facts.chain
            && cases == facts.cases && casesOpen == facts.casesOpen && documents == facts.documents
    }
}
