// hubctl case list: cases, newest first, filtered and page by page.

import ArgumentParser
import HubDomain
import HubProto

/// Many cases.
struct CaseList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Cases, newest first.",
        discussion: """
            Every filter that is given must match. With --all, or a --limit above 200, further pages are fetched; \
            otherwise the answer's `next_page_token` continues with --page-token.

            Examples:
              hubctl case list --state ./state --open --overdue
              hubctl case list --state ./state --service SERVICE --field FIELD=VALUE -o name
            """)

    @Option(help: ArgumentHelp("Only this service.", valueName: "code")) var service = ""
    @Option(help: ArgumentHelp("Only this stage.", valueName: "stage")) var stage = ""
    @Flag(help: "Only cases that have not ended.") var open = false
    @Flag(help: "Only cases whose deadline has passed.") var overdue = false

    @Option(help: ArgumentHelp("A field marked for search; needs --service.", valueName: "name=value"))
    var field: String?

    @Option(help: ArgumentHelp("How many at most.", valueName: "count")) var limit = 50
    @Flag(help: "All of them.") var all = false
    @Option(help: ArgumentHelp("Where the page before ended.", valueName: "hex")) var pageToken: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// Cases of one page (layanan.v1.ListCasesRequest).
    private static let pageSizeMax = 200

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run(_ session: Session) async throws {
        var request = try firstRequest()
        let now = await session.nowMillis()
        var listing = Listing("case", LayananCaseSummary.columns)
        repeat {
            let left = all ? Self.pageSizeMax : limit - listing.items.count
            request.pageSize = UInt32(clamping: min(left, Self.pageSizeMax))
            let reply = try await session.call(.listCases, request, as: LayananListCasesReply.self)
            for summary in reply.cases {
                listing.add(name: summary.number, row: summary.row(nowMillis: now), item: summary.members)
            }
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty && (all || listing.items.count < limit)
        listing.extra = [("next_page_token", .hex(request.pageToken))]
        output.show(listing)
        if !request.pageToken.isEmpty, output.output == .table || output.output == .wide {
            Terminal.note("more: --page-token \(Hex.encode(request.pageToken))")
        }
    }

    private func firstRequest() throws(HubError) -> LayananListCasesRequest {
        var request = LayananListCasesRequest()
        request.service = service
        request.stage = stage
        request.open = open
        request.overdue = overdue
        if let field {
            guard let equals = field.firstIndex(of: "=") else {
                throw HubError(.configurationInvalid, "--field takes name=value")
            }
            request.field = String(field[..<equals])
            request.value = String(field[field.index(after: equals)...])
        }
        if let pageToken {
            guard let bytes = Hex.decode(pageToken) else {
                throw HubError(.configurationInvalid, "--page-token must be hexadecimal")
            }
            request.pageToken = .init(bytes)
        }
        return request
    }
}
