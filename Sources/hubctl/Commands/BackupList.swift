// hubctl backup list: the whole backups in the hub's folder.

import ArgumentParser
import HubProto

/// All backups, newest first.
struct BackupList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The whole backups in the hub's folder, newest first.",
        discussion: """
            Example:
              hubctl backup list --state ./state -o wide
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.client.admin.listBackups(HubListBackupsRequest(), options: session.options)
            .message
        let now = await session.nowMillis()
        var listing = Listing("backup", HubBackup.columns)
        for backup in reply.backups {
            listing.add(name: backup.name, row: backup.row(nowMillis: now), item: backup.members)
        }
        output.show(listing)
    }
}
