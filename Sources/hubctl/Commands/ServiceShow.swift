// hubctl service show: the form, papers, stages, actions and clocks of one service.

import ArgumentParser

/// One service's definition.
struct ServiceShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The form, papers, stages, actions and clocks of a service.",
        discussion: """
            Example:
              hubctl service show SERVICE --state ./state -o json
            """)

    @Argument(help: "The service's code.")
    var service: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        output.show(try await session.definition(of: service).detail)
    }
}
