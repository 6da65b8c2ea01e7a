// hubctl module show: one module, and why it is as it is.

import ArgumentParser
import HubProto

/// One module.
struct ModuleShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One module, and why it is as it is.",
        discussion: """
            A refused bundle shows every reason at once.

            Example:
              hubctl module show MODULE --state ./state
            """)

    @Argument(help: "The module's id.")
    var module: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = HubGetModuleRequest.with { $0.module = module }
        let reply = try await session.call(.getModule, request, as: HubModuleInfo.self)
        output.show(reply.detail(nowMillis: await session.nowMillis()))
    }
}
