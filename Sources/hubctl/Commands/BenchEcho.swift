// hubctl bench echo: how fast messages go to the hub, or through it to a module, and back.

import ArgumentParser
import HubClient
import HubDomain
import HubProto

/// Measures echoes.
struct BenchEcho: AsyncParsableCommand {
    /// Who answers.
    enum Via: String, ExpressibleByArgument, CaseIterable, Sendable {
        case hub, module
    }

    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "How fast messages go to the hub, or to a module, and back.",
        discussion: """
            Every answer is compared with what was sent; an error ends the program with 1.

            Examples:
              hubctl bench echo --via hub --state ./state
              hubctl bench echo --via module --in-flight 64 --payload 256 --seconds 5 -o json --state ./state
            """)

    @Option(help: "hub, or module: through the hub to a module's process.") var via = Via.hub
    @Option(help: ArgumentHelp("Which module; default: the first that serves.", valueName: "id")) var module: String?
    @Option(help: ArgumentHelp("Connections.", valueName: "count")) var connections = 1
    @Option(help: ArgumentHelp("Calls in flight on each, 1 to 100.", valueName: "count")) var inFlight = 16
    @Option(help: ArgumentHelp("Bytes of payload.", valueName: "bytes")) var payload = 64
    @Option(help: ArgumentHelp("How long.", valueName: "seconds")) var seconds = 3.0
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...1_000).contains(connections) else { throw ValidationError("--connections must be 1 to 1000") }
        guard (1...100).contains(inFlight) else { throw ValidationError("--in-flight must be 1 to 100") }
        guard (0...4_000_000).contains(payload) else { throw ValidationError("--payload must be 0 to 4000000") }
        guard seconds > 0, seconds <= 86_400 else { throw ValidationError("--seconds must be above 0") }
    }

    func run() async throws {
        let module = via == .module ? try await target() : ""
        let message = HubEchoMessage.with {
            $0.payload = .init((0..<payload).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
            $0.module = module
        }
        let request = LoadRequest(bytes: try message.serializedBytes(), options: connection.callOptions)
        let sent = message.payload
        let progress = Progress(forced: output.progress)
        let result = try await connection.withClients(connections) { clients in
            await LoadRun(
                clients: clients, inFlight: inFlight, end: .seconds(seconds), method: .echo,
                request: { _ in request },
                check: { _, answer in
                    let reply = try? HubEchoMessage(serializedBytes: Array(answer.message.readableBytesView))
                    return reply?.payload == sent ? nil : HubError(.internalFault, "the echo is not what was sent")
                }
            ).run { progress.show("\($0) echoes") }
        }
        progress.finish("\(result.latencies.count) echoes")
        try result.report(
            output, kind: "bench_echo",
            settings: [
                ("via", .string(via.rawValue)), ("module", .text(module)),
                ("connections", .integer(Int64(connections))),
                ("in_flight", .integer(Int64(inFlight))), ("payload", .integer(Int64(payload))),
            ])
    }

    /// The module that was named, or the first that serves.
    private func target() async throws -> String {
        if let module { return module }
        let modules = try await Session.open(connection) { session in
            try await session.call(.listModules, HubListModulesRequest(), as: HubListModulesReply.self).modules
        }
        guard let serving = modules.first(where: { $0.state == .serving }) else {
            throw HubError(.moduleUnavailable, "no module serves")
        }
        return serving.id
    }
}
