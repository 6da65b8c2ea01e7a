// hubctl backup: a copy of everything that the hub remembers, while it serves.

import ArgumentParser
import HubDomain
import HubProto

/// Makes a backup.
struct BackupMake: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Copies ledger, documents, keys and settings while the hub serves.",
        discussion: """
            The backup lies on the hub's machine, in the folder that hub.yaml names as backup_folder, by default \
            `backups` in the state directory. It holds the hub's private keys: keep it as you keep the state directory. \
            `hubd backup verify FOLDER` checks it, `hubd restore` makes a state directory of it.

            Examples:
              hubctl backup --state ./state
              hubctl backup --keep 14 --timeout 5m
            """)

    @Option(help: "Its name: a-z, 0-9, dot and hyphen. Default: the hub's time in UTC, such as 20261126-061500.")
    var name: String?

    @Option(
        help:
            "How many backups of this log stay, with this one; of the others those that hold least are removed. Default: all."
    )
    var keep: UInt32 = 0

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// The longest that a unary call may take (PROTOCOL.md, W-30), milliseconds.
    private static let patienceMillis: UInt32 = 300_000

    func run(_ session: Session) async throws {
        var options = session.options
        options.timeoutMillis = Self.patienceMillis
        let request = HubMakeBackupRequest.with { ($0.name, $0.keep) = (name ?? "", keep) }
        do throws(HubError) {
            output.show(try await session.client.admin.makeBackup(request, options: options).message.detail)
        } catch {
            guard error.code == .deadlineExceeded else { throw error }
            throw HubError(
                error.code,
                "the backup takes longer than a call may; it goes on, and `hubctl backup list` shows it when it is whole"
            )
        }
    }
}
