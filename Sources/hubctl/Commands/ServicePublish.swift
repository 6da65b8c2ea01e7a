// hubctl service publish: puts rules in force.

import ArgumentParser
import HubDomain
import HubProto

/// Publishes definitions, calendars and tables, all or none.
struct ServicePublish: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Puts definitions, calendars and tables in force, all or none.",
        discussion: """
            Running cases stay on the definition with which they began. When a calendar changes, running deadlines are \
            counted anew, and each case's history tells which moved and why.

            Example:
              hubctl service publish calendars/CALENDAR.yaml --note "SKB 1 2026" --state ./state
            """)

    @OptionGroup var files: RuleFiles

    @Option(help: ArgumentHelp("What the change rests on, such as a decree.", valueName: "text"))
    var note: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        var request = HubPublishRulesRequest()
        request.files = try files.read()
        request.note = note
        let reply = try await session.client.rulebook.publish(request, options: session.options).message
        output.show(reply.publication.detail)
    }
}
