// hubctl client list: who may speak with the hub, and with which certificates.

import ArgumentParser
import HubProto

/// Principals and their certificates.
struct ClientList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Who may speak with the hub, with which certificates, and which were revoked.",
        discussion: """
            A line for each certificate that this hub made and that has not ended; a principal without one has a line \
            of its own, with the certificate that `hubctl init` made, or an earlier hub.

            Examples:
              hubctl client list --state ./state
              hubctl client list --department DEPARTMENT --state ./state -o wide
            """)

    @Option(help: ArgumentHelp("Only of this department.", valueName: "code"))
    var department = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        var request = HubListPrincipalsRequest.with { $0.department = department }
        var listing = Listing("client", HubCertificate.columns + [.wide("ROLE")])
        while true {
            let reply = try await session.client.admin.listPrincipals(request, options: session.options).message
            for client in reply.principals {
                for certificate in client.shown {
                    listing.add(
                        name: client.principal, row: certificate.row + [client.role],
                        item: certificate.members + client.members)
                }
            }
            guard reply.more, let last = reply.principals.last else { break }
            request.after = last.principal
        }
        output.show(listing)
    }
}
