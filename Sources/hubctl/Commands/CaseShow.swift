// hubctl case show: one case as it stands.

import ArgumentParser
import HubDomain
import HubProto

/// One case.
struct CaseShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One case as it stands.",
        discussion: """
            Personal values are hidden (null in JSON) unless --personal is given: the service's definition says \
            which.

            Example:
              hubctl case show NUMBER --state ./state -o json
            """)

    @Argument(help: "Number or id of the case.")
    var number: String

    @Flag(help: "Show personal values too.")
    var personal = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananGetCaseRequest.with { $0.case = number }
        let reply = try await session.call(.getCase, request, as: LayananGetCaseReply.self)
        let privacy = Privacy(try? await session.definition(of: reply.case.service), reveal: personal)
        output.show(
            reply.case.detail(privacy, nowMillis: await session.nowMillis(), countdowns: reply.countdowns))
    }
}

extension Session {
    /// A case by its number or id.
    func getCase(_ number: String) async throws(HubError) -> HubCase {
        let request = LayananGetCaseRequest.with { $0.case = number }
        return try await call(.getCase, request, as: LayananGetCaseReply.self).case
    }
}
