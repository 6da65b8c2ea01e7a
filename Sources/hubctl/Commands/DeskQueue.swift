// hubctl desk queue: what waits for whoever asks.

import ArgumentParser
import HubProto

/// Cases that an officer holds, is asked about, or may take.
struct DeskQueue: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "What waits for you, the most urgent first.",
        discussion: """
            Held: you have it. Asked: its deadline has passed, and your post answers for it now. Advice: your \
            unit's advice is asked for. Unclaimed: nobody of your unit has it yet. Who stands in for somebody sees that officer's cases too.

            Example:
              hubctl desk queue --context counter -o wide
            """)

    @Option(help: ArgumentHelp("How many at most, 1 to 200.", valueName: "count")) var limit = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...200).contains(limit) else { throw ValidationError("--limit must be 1 to 200") }
    }

    func run(_ session: Session) async throws {
        let request = LayananQueueRequest.with { $0.pageSize = UInt32(limit) }
        let reply = try await session.client.desk.queue(request, options: session.options).message
        let now = await session.nowMillis()
        var listing = Listing("queue_entry", [.text("WHY")] + LayananCaseSummary.columns)
        for entry in reply.entries {
            listing.add(
                name: entry.case.number, row: [entry.reason.word] + entry.case.row(nowMillis: now),
                item: [("reason", .string(entry.reason.word))] + entry.case.members)
        }
        listing.extra = [("more", .bool(reply.more))]
        output.show(listing)
    }
}

extension LayananQueueReason {
    /// `held`, `asked`, `unclaimed`, `advice`
    fileprivate var word: String {
        switch self {
        case .unspecified: "unknown"
        case .held: "held"
        case .asked: "asked"
        case .unclaimed: "unclaimed"
        case .advice: "advice"
        case .UNRECOGNIZED(let number): "reason_\(number)"
        }
    }
}
