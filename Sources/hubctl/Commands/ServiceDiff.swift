// hubctl service diff: what rules would change.

import ArgumentParser
import HubProto

/// The differences between files and what is in force.
struct ServiceDiff: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows what rules would change, and which running cases they concern.",
        discussion: """
            Changes nothing. Rules that are in force as they are are left out.

            Example:
              hubctl service diff calendars/CALENDAR.yaml --state ./state
            """)

    @OptionGroup var files: RuleFiles
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        output.show(try await session.check(try files.read()).differences)
    }
}
