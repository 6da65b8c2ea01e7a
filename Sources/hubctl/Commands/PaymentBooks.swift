// hubctl payment books: what each account took in and gave.

import ArgumentParser
import HubDomain
import HubProto

/// Sums by account, and bills that hold money.
struct PaymentBooks: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "books", abstract: "Sums by account over a span of days, and what is held for citizens.",
        discussion: """
            Example:
              hubctl payment books 2026-01-01 2026-12-31 --state ./state
            """)

    @Argument(help: "First day, YYYY-MM-DD.")
    var first: String

    @Argument(help: "Last day, YYYY-MM-DD.")
    var last: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananBooksRequest.with { ($0.firstDay, $0.lastDay) = (first, last) }
        let reply = try await session.client.payments.books(request, options: session.options).message
        var listing = Listing(
            "account", [.text("CODE"), .text("ACCOUNT", shrinks: true), .count("DEBIT"), .count("CREDIT")])
        for account in reply.accounts {
            listing.add(
                name: account.code,
                row: [
                    account.code, account.title.english, RupiahText.digits(account.debit),
                    RupiahText.digits(account.credit),
                ],
                item: [
                    ("code", .string(account.code)), ("title", account.title.json),
                    ("debit", .integer(account.debit)), ("credit", .integer(account.credit)),
                ])
        }
        listing.extra = [
            ("postings", .unsigned(reply.postings)),
            (
                "held",
                .array(
                    reply.held.map { held in
                        .object(members: [
                            ("bill", .string(held.bill)), ("case", .string(held.case)),
                            ("amount", .integer(held.amount)),
                        ])
                    })
            ),
        ]
        output.show(listing)
        for held in reply.held {
            Terminal.note("held with bill \(held.bill) of \(held.case): \(RupiahText.digits(held.amount))")
        }
    }
}
