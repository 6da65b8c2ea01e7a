// A backup becomes a new state directory: checked first, prepared beside its place, renamed when it is whole.

import Foundation
import Glibc
import HubCore
package import HubDomain
package import HubProto

/// Restores backups.
package enum BackupRestore {
    /// How many numbers of every series are left out, where nobody says another number: a case that was numbered after the
    /// backup was made is lost here, but its number is in the world.
    package static let skippingStandard: UInt64 = 10_000
    package static let skippingMax: UInt64 = 1_000_000_000

    /// Makes a state directory of a backup.
    ///
    /// The log gets an identity of its own. It goes on where the backup ends, and its next events have numbers that the lost
    /// ones had: cursors of the log before are refused here, instead of being taken for places that they do not mean.
    ///
    /// - Parameters:
    ///   - folder: The backup.
    ///   - state: Must not exist, or be empty.
    ///   - hubID: Identity of the new log, 16 bytes.
    ///   - skipping: Numbers of every series that are left out, at most ``skippingMax``.
    ///   - nowMillis: Milliseconds since 1970 UTC.
    /// - Throws: What ``BackupCheck/verify(_:)`` throws, and ``HubError/Code/backupRefused`` when the directory is not empty.
    package static func restore(
        from folder: String, to state: String, hubID: [UInt8], skipping: UInt64, nowMillis: Int64
    ) throws(HubError) -> HubBackup {
        guard hubID.count == 16, skipping <= skippingMax else {
            throw HubError(.internalFault, "a hub id has 16 bytes, and at most \(skippingMax) numbers are left out")
        }
        try refuseExisting(state)
        let manifest = try BackupCheck.verify(folder)
        let draft = state + ".draft-" + Hexadecimal.text(hubID.prefix(4))
        do throws(HubError) {
            try fill(draft, from: folder, manifest)
            try LedgerCopy.adopt(
                "\(draft)/\(SQLiteLedger.fileName)", hubID: hubID, skipping: skipping, nowMillis: nowMillis)
            try DurableFolder.flush(draft)
            // Replaces nothing but an empty directory.
            guard rename(draft, state) == 0 else {
                if errno == ENOTEMPTY || errno == EEXIST { try refuseExisting(state) }
                throw FileCopy.failure("the state directory cannot be put in its place")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
        try DurableFolder.flush(state + "/..")
        return manifest.backup
    }

    private static func fill(
        _ draft: String, from folder: String, _ manifest: HubBackupManifest
    ) throws(HubError) {
        guard mkdir(draft, 0o700) == 0 else { throw FileCopy.failure("\(draft) cannot be made") }
        for file in manifest.files {
            let digest = try FileCopy.copy(file.name, from: folder, to: draft)
            guard digest == FileCopy.Digest(size: file.size, sha256: file.sha256) else {
                throw HubError(.backupDamaged, "\(file.name) has other bytes")
            }
        }
        let ledger = try LedgerCopy("\(draft)/\(SQLiteLedger.fileName)")
        var blobs = try BackupBlobs(
            into: "\(draft)/\(FileBlobStore.folderName)", from: ["\(folder)/\(FileBlobStore.folderName)"],
            keys: try BlobKeys.read(state: folder))
        try blobs.fill(from: ledger)
        try ledger.close()
    }

    private static func refuseExisting(_ state: String) throws(HubError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: state) else {
            guard access(state, F_OK) != 0 else { throw HubError(.backupRefused, "\(state) is no directory") }
            return
        }
        guard names.isEmpty else {
            throw HubError(
                .backupRefused, "\(state) exists and is not empty; a state directory is never overwritten")
        }
    }
}
