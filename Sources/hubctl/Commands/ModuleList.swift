// hubctl module list: every module and how it is.

import ArgumentParser
import HubProto

/// All modules.
struct ModuleList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Every module and how it is.",
        discussion: """
            Example:
              hubctl module list --state ./state -o wide
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.client.admin.listModules(options: session.options).message
        let now = await session.nowMillis()
        var listing = Listing("module", HubModuleInfo.columns)
        for module in reply.modules {
            listing.add(name: module.id, row: module.row(nowMillis: now), item: module.members)
        }
        output.show(listing)
    }
}
