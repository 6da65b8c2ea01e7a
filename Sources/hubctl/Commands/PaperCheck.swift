// hubctl paper check and reprint: what the hub knows of a paper, and one copy more.

import ArgumentParser
import HubDomain
import HubProto

/// Asks the hub whether a paper holds.
struct PaperCheck: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Asks the hub whether a paper holds; ends with 3 when it does not.",
        discussion: """
            `hubctl paper verify` needs no hub, but cannot know that a paper was revoked.

            Example:
              hubctl paper check 0001/PBG/XI/2026 --state ./state
            """)

    @Argument(help: "Number as printed, or the text of the QR code.") var paper: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananVerifyPaperRequest.with { $0.paper = paper }
        let reply = try await session.client.documents.verify(request, options: session.options).message
        let facts = reply.statement.facts.map { ($0.label, $0.value) }
        let text = Detail.lines(
            [
                ("Verdict", reply.verdict.word), ("Fault", reply.fault), ("Title", reply.title),
                ("Number", reply.statement.number), ("Issued on", reply.issuedOn), ("Valid until", reply.validUntil),
            ] + facts)
        output.show(
            Detail(
                kind: "paper", name: reply.statement.number, text: text,
                members: [
                    ("verdict", .string(reply.verdict.word)), ("fault", .text(reply.fault)),
                    ("title", .text(reply.title)), ("number", .text(reply.statement.number)),
                    ("issued_on", .text(reply.issuedOn)), ("valid_until", .text(reply.validUntil)),
                ]))
        if reply.verdict != .holds { throw Finished(status: .unhealthy) }
    }
}

/// Prints a paper once more.
struct PaperReprint: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprint", abstract: "Prints a paper that holds once more; `case document` then saves the copy.")

    @Argument(help: "Number or id of the case.") var number: String
    @Argument(help: "Number of the paper.") var paper: String
    @Option(help: ArgumentHelp("Why.", valueName: "text")) var note: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananReprintPaperRequest.with { ($0.case, $0.number, $0.note) = (number, paper, note) }
        let reply = try await session.client.documents.reprint(request, options: session.options).message
        output.show(
            Detail(
                kind: "paper", name: reply.paper.number,
                text: Detail.lines([("Number", reply.paper.number), ("Copy", String(reply.paper.copies))]),
                members: reply.paper.members))
    }
}
