// hubctl module restart: ends a module's process, starts it anew, and waits until it serves.

import ArgumentParser
import HubDomain
import HubProto

/// Restarts one module.
struct ModuleRestart: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Ends a module's process and starts it anew.",
        discussion: """
            Lifts a quarantine. Nothing that is remembered changes; requests wait or are sent again. Ends with 3 \
            when the module does not serve within --timeout.

            Example:
              hubctl module restart MODULE --state ./state
            """)

    @Argument(help: "The module's id.")
    var module: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = HubGetModuleRequest.with { $0.module = module }
        let end = ContinuousClock.now + .milliseconds(connection.timeout.millis)
        var info = try await session.call(.restartModule, request, as: HubModuleInfo.self)
        while info.state == .starting || info.state == .waiting, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(100))
            info = try await session.call(.getModule, request)
        }
        output.show(info.detail(nowMillis: await session.nowMillis()))
        guard info.state == .serving else { throw Finished(status: .unhealthy) }
    }
}
