// hubctl audit verify: recomputes the chain over everything that happened.

import ArgumentParser
import HubProto

/// Verifies the log.
struct AuditVerify: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recomputes the hash chain over all events.",
        discussion: """
            A hub that is stopped is verified with `hubd audit verify --state DIR`. Ends with 1 when the chain is \
            broken, and names the event.

            Example:
              hubctl audit verify --state ./state
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.client.admin.verifyAudit(options: session.options).message
        output.show(
            Detail(
                kind: "audit", name: Hex.encode(reply.chainHead),
                text: [
                    "The chain over \(reply.events) events holds.", "Head: \(Hex.encode(reply.chainHead))",
                ],
                members: [
                    ("holds", true), ("events", .unsigned(reply.events)), ("chain_head", .hex(reply.chainHead)),
                ]))
    }
}
