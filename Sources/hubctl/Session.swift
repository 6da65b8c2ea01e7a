// A conversation with a hub: one client, the caller's options, and the commands that need it.

import ArgumentParser
import HubClient
import HubDomain
import HubProto
import SwiftProtobuf

/// An open client with the options of the command line.
struct Session: Sendable {
    let client: HubClient
    let options: CallOptions

    /// Opens a client, lets `body` use it, and closes it in any case.
    static func open<Result>(
        _ connection: ConnectionOptions, _ body: (Session) async throws -> Result
    ) async throws -> Result {
        let client = try HubClient(configuration: connection.configuration())
        do {
            let result = try await body(Session(client: client, options: connection.callOptions))
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Makes a call and returns its reply. `key` stands for the change; without one the client makes it.
    func call<Request: Message, Reply: Message>(
        _ method: HubMethod, _ request: Request, key: [UInt8]? = nil, as: Reply.Type = Reply.self
    ) async throws(HubError) -> Reply {
        try await answer(method, request, key: key, as: Reply.self).message
    }

    /// As ``call(_:_:key:as:)``, with what came beside the reply.
    ///
    /// - Parameter onBehalfOf: For whom, in place of whom the session speaks for.
    func answer<Request: Message, Reply: Message>(
        _ method: HubMethod, _ request: Request, key: [UInt8]? = nil, onBehalfOf: String? = nil,
        as: Reply.Type = Reply.self
    ) async throws(HubError) -> Answer<Reply> {
        var options = options
        options.idempotencyKey = key
        if let onBehalfOf { options.onBehalfOf = onBehalfOf }
        return try await client.call(method, request, as: Reply.self, options: options)
    }

    /// The definition of a service that is valid now.
    func definition(of service: String) async throws(HubError) -> HubServiceDefinition {
        try await client.catalogue.get(.with { $0.service = service }, options: options).message.definition
    }

    /// The hub's time, for ages in tables; this machine's where the caller may not ask.
    func nowMillis() async -> Int64 {
        let status = try? await client.admin.status(options: options)
        return status?.message.nowMs ?? WallClock.nowMillis()
    }
}

/// A command that speaks with a hub.
protocol HubCommand: AsyncParsableCommand {
    var connection: ConnectionOptions { get }

    /// Does the work; errors are reported and mapped to an exit code by ``Hubctl``.
    func run(_ session: Session) async throws
}

extension HubCommand {
    /// Opens the session around the command's work.
    func run() async throws { try await Session.open(connection) { try await run($0) } }
}
