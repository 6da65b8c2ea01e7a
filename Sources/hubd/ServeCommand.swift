// `hubd`: puts the hub together and runs it until SIGTERM or SIGINT.

import ArgumentParser
import Foundation
import HubDomain

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a state directory (this is what hubd does without a subcommand).")

    @Option(help: "State directory made by `hubctl init`.")
    var state: String

    @Option(help: "HOST:PORT to listen on; port 0 takes a free one and prints it.")
    var listen: String?

    @Option(help: "Folder with one folder for each module. Default: `modules` beside hubd.")
    var modules: String?

    @Option(help: "Configuration file; default DIR/hub.yaml where it exists.")
    var config: String?

    @Option(help: "`system`, or `manual` for demonstrations: time moves with `hubctl clock advance` only.")
    var clock: ClockKind?

    @Option(help: "Log level: debug, info, notice, warning, error.")
    var logLevel: String?

    func run() async throws {
        do throws(HubError) {
            var configuration = try HubConfiguration.load(path: config, stateDirectory: state)
            if let listen { configuration.listen = listen }
            if let modules { configuration.modulesDirectory = modules }
            if let clock { configuration.clock = clock }
            if let logLevel { configuration.logLevel = try HubConfiguration.level(logLevel) }
            try await Daemon(configuration: configuration).run()
        } catch {
            FileHandle.standardError.write(Data("hubd: \(error)\n".utf8))
            throw ExitCode(error.code == .addressInUse ? 6 : 1)
        }
    }
}

extension ClockKind: ExpressibleByArgument {}
