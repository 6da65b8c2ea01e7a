// Backups of a state directory as folders: written beside their place, with the manifest last, then renamed.

import Dispatch
import Foundation
import Glibc
import HubCore
package import HubDomain
package import HubProto
import Synchronization

/// The folder for backups of one hub; each backup is a folder in it, whose files only the owner can read.
///
/// A backup holds the ledger, the documents it names, and every file of the state directory itself: keys, certificates,
/// policy, configuration, and those in folders of it that the configuration names. It is as secret as the state directory. Uploads that are not yet documents are left out; their
/// clients begin them anew.
package final class StateBackups: BackupVault {
    /// The folder, where none is configured.
    package static let folderName = "backups"
    /// Left free on the disk, so that the hub can go on writing, bytes.
    private static let reserve: UInt64 = 64 << 20
    /// Files of the state directory that belong to the running hub alone.
    private static let passing: Set<String> = [
        SQLiteLedger.fileName, SQLiteLedger.fileName + "-wal", SQLiteLedger.fileName + "-shm", SQLiteLedger.lockName,
        "address",
    ]
    private static let lockName = ".lock"
    private static let draftPrefix = ".draft-"

    private let state: String
    private let folder: String
    private let named: [String]
    private let software: String
    /// Concurrent, because a list must not wait for the backup that is being made.
    private let queue = DispatchQueue(label: "backups", attributes: .concurrent)
    private let isBusy = Mutex(false)

    /// Touches nothing.
    ///
    /// - Parameters:
    ///   - state: The state directory.
    ///   - folder: Where backups go; nil = ``folderName`` in the state directory. Relative to the state directory.
    ///   - named: Files that the configuration names; those in folders of the state directory belong to its backups.
    ///   - software: Name and version for the manifest.
    package init(state: String, folder: String?, named: [String] = [], software: String) {
        self.state = state
        let home = Self.parts(state)
        self.named = named.map(Self.parts).filter { $0.count > home.count && $0.starts(with: home) }
            .map { $0.dropFirst(home.count).joined(separator: "/") }
        let folder = folder ?? Self.folderName
        self.folder = folder.hasPrefix("/") ? folder : state + "/" + folder
        self.software = software
    }

    package func make(name: String, keep: UInt32, nowMillis: Int64) async throws(HubError) -> HubBackup {
        guard
            isBusy.withLock({ busy in
                defer { busy = true }; return !busy
            })
        else { throw Self.busy }
        return try await perform { () throws(HubError) in
            defer { self.isBusy.withLock { $0 = false } }
            return try self.write(name, keep: keep, nowMillis: nowMillis)
        }
    }

    package func list() async throws(HubError) -> [HubBackup] {
        try await perform { () throws(HubError) in self.present() }
    }

    private static let busy = HubError(.backupRefused, "another backup is being made; wait for its end")

    // MARK: Making one

    private func write(_ name: String, keep: UInt32, nowMillis: Int64) throws(HubError) -> HubBackup {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw FileCopy.failure("the folder for backups cannot be made")
        }
        // Two hubs that were given one folder would throw away each other's drafts.
        let lock: StateLock
        do throws(HubError) { lock = try StateLock(path: "\(folder)/\(Self.lockName)") } catch {
            throw error.code == .addressInUse ? Self.busy : error
        }
        defer { withExtendedLifetime(lock) {} }
        removeDrafts()
        guard access("\(folder)/\(name)", F_OK) != 0 else {
            throw HubError(.backupRefused, "there is a backup of this name; take another name", status: .alreadyExists)
        }
        try refuseWithoutRoom()
        let draft = "\(folder)/\(Self.draftPrefix)\(name)"
        do throws(HubError) {
            let backup = try fill(draft, name: name, nowMillis: nowMillis)
            guard rename(draft, "\(folder)/\(name)") == 0 else {
                throw FileCopy.failure("the backup cannot be put in its place")
            }
            try DurableFolder.flush(folder)
            prune(keep: keep, beside: backup)
            return backup
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
    }

    /// Ledger first: every document it names is in the blob store by then, and stays there.
    private func fill(_ draft: String, name: String, nowMillis: Int64) throws(HubError) -> HubBackup {
        guard mkdir(draft, 0o700) == 0 else { throw FileCopy.failure("the backup's folder cannot be made") }
        let ledger = "\(draft)/\(SQLiteLedger.fileName)"
        try LedgerCopy.write(from: "\(state)/\(SQLiteLedger.fileName)", to: ledger)
        let copy = try LedgerCopy(ledger)
        let facts = try copy.facts()
        let earlier = present().max { ($0.sequence, $0.madeMs) < ($1.sequence, $1.madeMs) }.map {
            "\(folder)/\($0.name)/\(FileBlobStore.folderName)"
        }
        var blobs = try BackupBlobs(
            into: "\(draft)/\(FileBlobStore.folderName)",
            from: ["\(state)/\(FileBlobStore.folderName)", earlier].compactMap(\.self),
            keys: try BlobKeys.read(state: state))
        try blobs.fill(from: copy)
        try copy.close()
        var manifest = HubBackupManifest()
        manifest.format = HubBackupManifest.formatKnown
        manifest.schema = UInt32(clamping: facts.schema)
        manifest.files = try [Self.entry(SQLiteLedger.fileName, try FileCopy.digest(ledger))] + copyFiles(to: draft)
        let fileBytes = manifest.files.reduce(UInt64(0)) { $0 &+ $1.size }
        manifest.backup = .with {
            $0.name = name
            $0.software = software
            $0.madeMs = nowMillis
            $0.hubID = .init(facts.hubID)
            $0.sequence = facts.sequence
            $0.chainHead = .init(facts.chain)
            $0.cases = facts.cases
            $0.casesOpen = facts.casesOpen
            $0.documents = facts.documents
            $0.bytes = fileBytes &+ blobs.bytes
            $0.bytesWritten = fileBytes &+ blobs.bytesCopied
        }
        try DurableFolder(draft).write(HubBackupManifest.fileName, try manifest.text())
        return manifest.backup
    }

    /// A path's names, whatever slashes it is written with.
    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

    /// Keys, policy, configuration and whatever else lies in the state directory itself; in its folders what is named.
    private func copyFiles(to draft: String) throws(HubError) -> [HubBackupFile] {
        let own = try DurableFolder(state).names().filter { name in
            HubBackupManifest.isFilePath(name) && !Self.passing.contains(name) && !name.hasSuffix(".draft")
                && FileCopy.size("\(state)/\(name)") != nil
        }
        for name in named where !HubBackupManifest.isFilePath(name) || FileCopy.size("\(state)/\(name)") == nil {
            throw HubError(
                .backupRefused,
                "hub.yaml names \(name), which is missing or cannot be in a backup: no folder's name begins with a dot")
        }
        return try Set(own + named).sorted().map { name throws(HubError) in
            Self.entry(name, try FileCopy.copy(name, from: state, to: draft))
        }
    }

    private static func entry(_ name: String, _ digest: FileCopy.Digest) -> HubBackupFile {
        .with { ($0.name, $0.size, $0.sha256) = (name, digest.size, digest.sha256) }
    }

    /// A backup that fills the disk would stop the hub.
    private func refuseWithoutRoom() throws(HubError) {
        var system = statvfs()
        guard statvfs(folder, &system) == 0 else {
            throw FileCopy.failure("the folder for backups cannot be looked at")
        }
        let (free, overflow) = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
        let file = "\(state)/\(SQLiteLedger.fileName)"
        let needed = (FileCopy.size(file) ?? 0) &+ (FileCopy.size(file + "-wal") ?? 0) &+ Self.reserve
        guard overflow || free >= needed else {
            throw HubError(
                .backupRefused,
                "the disk of the folder for backups has \(free >> 20) MiB free, \(needed >> 20) are needed",
                status: .resourceExhausted)
        }
    }

    // MARK: Those that are there

    private func present() -> [HubBackup] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let found = names.filter(BackupName.isValid).compactMap { name -> HubBackup? in
            guard var backup = try? BackupCheck.manifest("\(folder)/\(name)").backup else { return nil }
            backup.name = name
            return backup
        }
        return found.sorted { ($0.madeMs, $0.name) > ($1.madeMs, $1.name) }
    }

    /// Removes those that hold the least; the one just made stays, and so do those of another log, such as the one that was
    /// restored. Times are not asked first: a machine's clock may have been wrong. Those that hold more are of a line that
    /// is lost, such as before a snapshot of the disk was put back, and count when this log has come as far.
    private func prune(keep: UInt32, beside made: HubBackup) {
        guard keep > 0 else { return }
        let others = present().filter {
            $0.hubID == made.hubID && $0.name != made.name && $0.sequence <= made.sequence
        }
        .sorted { ($0.sequence, $0.madeMs) > ($1.sequence, $1.madeMs) }
        for old in others.dropFirst(Int(keep) - 1) {
            // From then on it is no backup, however far the rest comes: drafts go with the next one.
            let draft = "\(folder)/\(Self.draftPrefix)\(old.name)"
            if rename("\(folder)/\(old.name)", draft) == 0 { try? FileManager.default.removeItem(atPath: draft) }
        }
    }

    /// What a hub that died left behind.
    private func removeDrafts() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(Self.draftPrefix) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    /// No thread of the hub waits for the disk.
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
}
