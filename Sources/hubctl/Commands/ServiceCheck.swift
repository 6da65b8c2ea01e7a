// hubctl service check: whether rules could come into force.

import ArgumentParser
import HubProto

/// Everything that is wrong with rules, at once.
struct ServiceCheck: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says everything that keeps rules from coming into force.",
        discussion: """
            Changes nothing. Ends with 3 when something is wrong. Each finding names file, line, rule and remedy; one \
            that would break running cases names them.

            Examples:
              hubctl service check services/SERVICE.yaml --state ./state
              hubctl service check BUNDLE --state ./state -o json
            """)

    @OptionGroup var files: RuleFiles
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.check(try files.read())
        output.show(reply.verdict)
        if !reply.findings.isEmpty { throw Finished(status: .unhealthy) }
    }
}

extension Session {
    /// What the hub says to rules.
    func check(_ files: [HubRuleFile]) async throws -> HubCheckRulesReply {
        try await client.rulebook.check(.with { $0.files = files }, options: options).message
    }
}
