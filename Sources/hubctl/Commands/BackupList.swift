// hubctl backup list: the whole backups in the hub's folder.

import ArgumentParser
import HubProto

/// All backups, newest first.
struct BackupList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The whole backups in the hub's folder, newest first.",
        discussion: """
            Examples:
              hubctl backup list --state ./state -o wide
              hubctl backup list --newest-within 26h   # for watchdogs: 3 when the newest is older, or there is none
            """)

    @Option(help: "Ends with 3 unless there is a backup that is at most so old: 26h, 7d.")
    var newestWithin: Span?

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
        if let span = newestWithin, !reply.backups.contains(where: { $0.isWithin(span, of: now) }) {
            throw Finished(status: .unhealthy)
        }
    }
}
