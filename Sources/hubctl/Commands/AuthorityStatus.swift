// hubctl authority status: how outside authorities do.

import ArgumentParser
import HubProto

/// What everybody may know, before they travel to an office.
struct AuthorityStatus: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How authorities do; ends with 3 when one fails or nobody attends to it.",
        discussion: """
            Example:
              hubctl authority status --state ./state
            """)

    @Argument(help: "This authority alone.") var authority: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananAuthorityStatusRequest.with { $0.authority = authority ?? "" }
        let reply = try await session.client.authority.status(request, options: session.options).message
        var listing = Listing(
            "authority",
            [
                .text("NAME"), .text("CONDITION"), .text("SINCE"), .count("WAITING"), .count("PARKED"),
                .text("OLDEST"), .text("ANSWERED"), .text("PROBLEM"), .wide("SERVICES"),
            ])
        for one in reply.authorities {
            listing.add(
                name: one.authority,
                row: [
                    one.authority, one.condition.word, one.failingMs == 0 ? "" : Moment.minute(one.failingMs),
                    String(one.waiting), String(one.parked), one.oldestMs == 0 ? "" : Moment.minute(one.oldestMs),
                    one.answeredMs == 0 ? "never" : Moment.minute(one.answeredMs),
                    one.problem == .unspecified ? "" : one.problem.word, one.services.joined(separator: ","),
                ],
                item: [
                    ("authority", .string(one.authority)), ("condition", .string(one.condition.word)),
                    ("text", one.text.json), ("failing_since", .moment(one.failingMs)),
                    ("waiting", .unsigned(one.waiting)), ("parked", .unsigned(one.parked)),
                    ("oldest", .moment(one.oldestMs)), ("answered", .moment(one.answeredMs)),
                    ("problem", one.problem == .unspecified ? .null : .string(one.problem.word)),
                    ("services", .strings(one.services)),
                ])
        }
        output.show(listing)
        guard reply.authorities.allSatisfy({ $0.condition == .answering }) else { throw Finished(status: .unhealthy) }
    }
}
