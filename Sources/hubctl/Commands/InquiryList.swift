// hubctl inquiry list, show and retry: what waits for outside authorities.

import ArgumentParser
import HubDomain
import HubProto

/// What waits, longest first.
struct InquiryList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What waits for authorities, and what is parked.",
        discussion: """
            Example:
              hubctl inquiry list --parked --state ./state
            """)

    @Option(help: ArgumentHelp("This authority alone.", valueName: "name")) var authority = ""

    @Flag(help: "Only what is parked: a person must look and release it.") var parked = false

    @Option(help: ArgumentHelp("How many at most, 1 to 200.", valueName: "count")) var limit = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...200).contains(limit) else { throw ValidationError("--limit must be 1 to 200") }
    }

    func run(_ session: Session) async throws {
        let request = LayananListInquiriesRequest.with {
            ($0.authority, $0.parked, $0.pageSize) = (authority, parked, UInt32(limit))
        }
        let reply = try await session.client.authority.list(request, options: session.options).message
        var listing = Listing("inquiry", LayananListedInquiry.columns)
        for item in reply.inquiries { listing.add(name: item.case, row: item.row, item: item.members) }
        listing.extra = [("more", .bool(reply.more))]
        output.show(listing)
    }
}

/// The inquiries of one case in full.
struct InquiryShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What a case asks of authorities, in full.",
        discussion: """
            Example:
              hubctl inquiry show NUMBER --state ./state
            """)

    @Argument(help: "Number or id of the case.") var number: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananGetCaseRequest.with { $0.case = number }
        let state = try await session.client.cases.get(request, options: session.options).message.case
        let text = state.inquiries.flatMap { [""] + $0.text }
        output.show(
            Detail(
                kind: "inquiries", name: state.number,
                text: Detail.lines([("Case", state.number), ("Stage", state.stage)])
                    + (text.isEmpty ? ["Nothing is asked of anybody."] : text),
                members: [
                    ("case", .string(state.number)), ("stage", .string(state.stage)),
                    ("inquiries", .array(state.inquiries.map { .object(members: $0.members) })),
                ]))
    }
}

/// Releases dead letters.
struct InquiryRetry: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Releases what is parked, so that it is asked again.",
        discussion: """
            Examples:
              hubctl inquiry retry NUMBER --state ./state
              hubctl inquiry retry --authority NAME --state ./state
            """)

    @Argument(help: "Number or id of a case.") var number: String?

    @Option(help: ArgumentHelp("With a case: this inquiry alone.", valueName: "name")) var inquiry = ""

    @Option(help: ArgumentHelp("Everything that this authority has parked.", valueName: "name")) var authority: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// Calls that one command makes at most, each of which releases a hundred.
    private static let callsMax = 1_000

    func validate() throws {
        guard (number == nil) != (authority == nil) else {
            throw ValidationError("name a case or --authority, one of them")
        }
    }

    func run(_ session: Session) async throws {
        let request = LayananRetryInquiriesRequest.with {
            ($0.case, $0.name, $0.authority) = (number ?? "", inquiry, authority ?? "")
        }
        var listing = Listing("inquiry", LayananListedInquiry.columns)
        for _ in 1...Self.callsMax {
            let reply = try await session.client.authority.retry(request, options: session.options).message
            for item in reply.released { listing.add(name: item.case, row: item.row, item: item.members) }
            guard reply.more, !reply.released.isEmpty else { break }
        }
        output.show(listing)
    }
}
