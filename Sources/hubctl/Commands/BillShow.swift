// hubctl bill show: what is owed.

import ArgumentParser
import HubDomain
import HubProto

/// One bill, and what settles it today.
struct BillShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A bill: what is owed today, and what was paid.",
        discussion: """
            Example:
              hubctl bill show 2026000000017 --state ./state
            """)

    @Argument(help: "Number of a bill (13 digits), or of a case, whose newest bill is meant.")
    var number: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananGetBillRequest.with { $0.bill = number }
        let reply = try await session.client.payments.getBill(request, options: session.options).message
        let text =
            reply.bill.text
            + Detail.lines([
                ("Case", reply.case), ("Service", reply.serviceTitle.english),
                ("Interest", reply.interest == 0 ? "" : RupiahText.digits(reply.interest)),
                ("Held", reply.held == 0 ? "" : RupiahText.digits(reply.held)),
                ("Payable", RupiahText.digits(reply.payable)), ("QRIS", reply.qris),
            ])
        output.show(
            Detail(
                kind: "bill", name: reply.bill.number, text: text,
                members: reply.bill.members + [
                    ("case", .string(reply.case)), ("interest", .integer(reply.interest)),
                    ("held", .integer(reply.held)), ("payable", .integer(reply.payable)), ("qris", .text(reply.qris)),
                ]))
    }
}
