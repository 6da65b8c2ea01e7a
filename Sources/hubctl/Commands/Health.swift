// hubctl health: how the hub, its services and its modules are, for people and for watchdogs.

import ArgumentParser
import HubDomain
import HubProto

/// `grpc.health.v1` from the command line.
struct Health: HubCommand {
    static let configuration = CommandConfiguration(
        abstract: "How the hub, its services and its modules are.",
        discussion: """
            Without a name every name is listed. Ends with 0 when all that was asked for serves, with 3 when something \
            does not, with 4 for a name that nobody knows.

            Examples:
              hubctl health --state ./state
              hubctl health SERVICE --state ./state -o json
            """)

    @Argument(help: "A service's code or a module's id; `hub` is the hub itself. Default: all.")
    var name: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    static let columns: [Table.Column] = [.text("NAME", shrinks: true), .text("STATE")]

    func run(_ session: Session) async throws {
        let states = try await states(session)
        var listing = Listing("health", Self.columns)
        for (name, state) in states.sorted(by: { $0.key < $1.key }) {
            let shown = name.isEmpty ? "hub" : name
            listing.add(
                name: shown, row: [shown, state.word], item: [("name", .string(shown)), ("state", .string(state.word))])
        }
        output.show(listing)
        if states.values.contains(where: { $0 != .serving }) { throw Finished(status: .unhealthy) }
    }

    private func states(_ session: Session) async throws(HubError) -> [String: GRPCHealthCheckResponse.ServingStatus] {
        guard let name else {
            let reply = try await session.call(.listHealth, GRPCHealthListRequest(), as: GRPCHealthListResponse.self)
            return reply.statuses.mapValues(\.status)
        }
        let request = GRPCHealthCheckRequest.with { $0.service = name == "hub" ? "" : name }
        return [request.service: try await session.call(.checkHealth, request, as: GRPCHealthCheckResponse.self).status]
    }
}

extension GRPCHealthCheckResponse.ServingStatus {
    /// As gRPC's tools write it, in lower case.
    var word: String {
        switch self {
        case .serving: "serving"
        case .notServing: "not_serving"
        case .serviceUnknown: "service_unknown"
        case .unknown, .UNRECOGNIZED: "unknown"
        }
    }
}
