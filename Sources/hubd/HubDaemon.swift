// hubd: the hub daemon. Serves a state directory, or checks one offline.

import ArgumentParser

@main
struct HubDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hubd",
        abstract: "The service hub: applications, civil registry and complaints over one protocol.",
        discussion: """
            Make a state directory with `hubctl init --state DIR` first.

            EXAMPLES
              hubd --state /var/lib/elayanan --listen 0.0.0.0:7443
              hubd --state demo --listen 127.0.0.1:0 --clock manual
              hubd audit verify --state /var/lib/elayanan
              hubd restore --from /backup/20261126-061500 --state /var/lib/elayanan
            """,
        version: softwareVersion,
        subcommands: [ServeCommand.self, AuditCommand.self, BackupCommand.self, RestoreCommand.self],
        defaultSubcommand: ServeCommand.self)
}

/// Name and version as HELLO and `hubd --version` say it.
let softwareVersion = "hubd 0.1.0"
