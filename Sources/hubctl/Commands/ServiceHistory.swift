// hubctl service history: what came into force, when, by whom and why.

import ArgumentParser
import HubProto

/// Publications, newest first.
struct ServiceHistory: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "What came into force, when, by whom and why; newest first.",
        discussion: """
            Examples:
              hubctl service history --state ./state
              hubctl service history SERVICE --state ./state -o wide
            """)

    @Argument(help: "A service's code, or a calendar's or table's name; all without it.")
    var name: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        var request = HubRulesHistoryRequest.with { $0.name = name ?? "" }
        var listing = Listing("rule", HubPublication.columns)
        while true {
            let reply = try await session.client.rulebook.history(request, options: session.options).message
            for publication in reply.publications {
                for change in publication.changes {
                    listing.add(
                        name: change.rule.name, row: publication.row(change), item: publication.members(change))
                }
            }
            guard reply.more, let last = reply.publications.last else { break }
            request.before = last.number
        }
        output.show(listing)
    }
}
