// hubctl service list: the catalogue.

import ArgumentParser
import HubProto

/// All services.
struct ServiceList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Every service that can be asked for.",
        discussion: """
            Example:
              hubctl service list --state ./state
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.call(
            .listServices, LayananListServicesRequest(), as: LayananListServicesReply.self)
        var listing = Listing("service", LayananServiceSummary.columns)
        for service in reply.services {
            listing.add(name: service.service, row: service.row, item: service.members)
        }
        output.show(listing)
    }
}
