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
    /// - Throws: ``HubError/Code/backupRefused`` when the name is taken or another backup is being made,
    ///   ``HubError/Code/ledgerFailed`` when the disk fails, with status `resourceExhausted` when it has too little room.
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
