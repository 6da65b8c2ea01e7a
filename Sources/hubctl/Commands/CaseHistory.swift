// hubctl case history: everything that happened to a case.

import ArgumentParser
import HubProto

/// All events of one case.
struct CaseHistory: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Everything that happened to a case.",
        discussion: """
            Moments are UTC. Personal values are hidden unless --personal is given.

            Example:
              hubctl case history NUMBER --state ./state -o wide
            """)

    @Argument(help: "Number or id of the case.")
    var number: String

    @Option(help: ArgumentHelp("Only events after this version of the case.", valueName: "version"))
    var after: UInt64 = 0

    @Flag(help: "Show personal values too.")
    var personal = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        var request = LayananHistoryRequest()
        request.case = number
        request.afterVersion = after
        var listing = Listing("event", HubEvent.columns)
        var privacy: Privacy?
        while true {
            let reply = try await session.call(.caseHistory, request, as: LayananHistoryReply.self)
            for event in reply.events {
                if privacy == nil {
                    privacy = Privacy(try? await session.definition(of: event.service), reveal: personal)
                }
                let members = event.members(privacy ?? Privacy(nil, reveal: false), whole: true)
                listing.add(name: String(event.sequence), row: event.row, item: members)
            }
            guard reply.more, let last = reply.events.last else { break }
            request.afterVersion = last.caseVersion
        }
        output.show(listing)
    }
}
