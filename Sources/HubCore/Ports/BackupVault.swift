// The port behind which backups lie. HubStore implements it on folders.

package import HubDomain
package import HubProto

/// Where backups of one hub go.
///
/// Promises: a backup that is listed is whole and durable; everything that was acknowledged before it was asked for is in
/// it; making one keeps no writer waiting.
package protocol BackupVault: Sendable {
    /// Copies all that the hub remembers, its keys and its settings.
    ///
    /// - Parameters:
    ///   - name: As ``BackupName`` allows, and new.
    ///   - keep: How many backups of this log stay, with this one; 0 = all.
    ///   - nowMillis: The hub's clock, milliseconds since 1970 UTC.
    /// - Throws: ``HubError/Code/backupRefused`` when the name is taken, another backup is being made or the folder's disk
    ///   fails, with status `resourceExhausted` when it has too little room; ``HubError/Code/backupDamaged`` naming a document
    ///   that the hub has lost; ``HubError/Code/ledgerFailed`` when the ledger cannot be read.
    func make(name: String, keep: UInt32, nowMillis: Int64) async throws(HubError) -> HubBackup
    /// The whole ones, newest first.
    func list() async throws(HubError) -> [HubBackup]
}

/// A hub without a place for backups.
package struct NoBackups: BackupVault {
    package init() {}

    package func make(name: String, keep: UInt32, nowMillis: Int64) async throws(HubError) -> HubBackup {
        throw HubError(.backupRefused, "this hub has no folder for backups")
    }

    package func list() async throws(HubError) -> [HubBackup] { [] }
}
