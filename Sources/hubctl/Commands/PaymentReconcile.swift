// hubctl payment reconcile: a bank's list of one day against the hub's books.

import ArgumentParser
import HubDomain
import HubProto

/// Reads the bank's CSV and shows every difference.
struct PaymentReconcile: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Compares a bank's day with the hub's; ends with 3 when they differ.",
        discussion: """
            The file is CSV with a header line `reference,bill,amount,paid_ms`; amounts are whole rupiah, paid_ms are \
            milliseconds since 1970 UTC or empty.

            Example:
              hubctl payment reconcile 2026-03-13 bank.csv --book --state ./state
            """)

    @Argument(help: "Day on which citizens paid, YYYY-MM-DD.")
    var day: String

    @Argument(help: "The bank's list.", completion: .file(extensions: ["csv"]))
    var file: String

    @Flag(help: "Book payments that the hub does not know.")
    var book = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    private static let fileBytesMax = 4 * 1_048_576
    private static let header = ["reference", "bill", "amount", "paid_ms"]

    func run(_ session: Session) async throws {
        let lines = try lines()
        let request = LayananReconcileRequest.with { ($0.day, $0.lines, $0.book) = (day, lines, book) }
        let reply = try await session.client.payments.reconcile(request, options: session.options).message
        var listing = Listing("difference", LayananDifference.columns)
        for difference in reply.differences {
            listing.add(name: difference.reference, row: difference.row, item: difference.members)
        }
        listing.extra = [("equal", .unsigned(reply.equal)), ("equal_amount", .integer(reply.equalAmount))]
        output.show(listing)
        Terminal.note("\(reply.equal) equal, \(RupiahText.digits(reply.equalAmount))")
        if !reply.differences.isEmpty { throw Finished(status: .unhealthy) }
    }

    private func lines() throws(HubError) -> [LayananReconcileLine] {
        var reader = CSVReader()
        let rows = reader.feed(try ByteFile.whole(file, bytesMax: Self.fileBytesMax)) + reader.finish()
        var lines: [LayananReconcileLine] = []
        for (index, row) in rows.enumerated() {
            guard case .fields(let fields, let line) = row, fields.count == Self.header.count else {
                throw HubError(.configurationInvalid, "\(file): row \(index + 1) is not reference,bill,amount,paid_ms")
            }
            if index == 0, fields == Self.header { continue }
            guard let amount = Int64(fields[2]), let paid = fields[3].isEmpty ? 0 : Int64(fields[3]) else {
                throw HubError(.configurationInvalid, "\(file):\(line): amount and paid_ms are whole numbers")
            }
            lines.append(
                .with { ($0.reference, $0.bill, $0.amount, $0.paidMs) = (fields[0], fields[1], amount, paid) })
        }
        return lines
    }
}
