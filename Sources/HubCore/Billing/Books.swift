// The books of a span of days: what each account took in and gave, and what is held for citizens.

import HubDomain
import HubProto

/// `layanan.v1.Payments/Books`
struct Books: Sendable {
    let ledger: any Ledger
    let rulebook: Rulebook

    /// Days of one answer, and bills with held money in it.
    private static let daysMax = 400
    private static let heldMax = 1_000

    func read(_ context: CallContext, _ request: LayananBooksRequest) async throws(HubError) -> LayananBooksReply {
        guard let first = CalendarDate(iso: request.firstDay), let last = CalendarDate(iso: request.lastDay),
            first <= last, last.dayNumber - first.dayNumber < Self.daysMax
        else {
            throw HubError(
                .formInvalid, "books",
                violations: [
                    Violation(
                        "last_day", "days", id: "Isi paling banyak \(Self.daysMax) hari, YYYY-MM-DD.",
                        en: "Give a span of at most \(Self.daysMax) days, YYYY-MM-DD.")
                ])
        }
        var sums: [String: (debit: Int64, credit: Int64)] = [:]
        var held: [String: (case: String, amount: Int64)] = [:]
        var postings: UInt64 = 0
        for month in Set((first.dayNumber...last.dayNumber).map { CalendarDate(dayNumber: $0).iso.prefix(7) }).sorted()
        {
            for entry in try await ledger.journal(of: String(month), from: first, to: last) {
                let posting = entry.posting
                postings += 1
                sums[posting.debit, default: (0, 0)].debit += posting.amount
                sums[posting.credit, default: (0, 0)].credit += posting.amount
                held[entry.bill, default: (entry.case, 0)].amount += posting.heldChange
            }
        }
        let titles = Dictionary((rulebook.catalogue.treasury?.accounts ?? []).map { ($0.code, $0.title) }) { $1 }
        return .with { reply in
            reply.accounts = sums.sorted { $0.key < $1.key }.map { code, sum in
                .with {
                    ($0.code, $0.debit, $0.credit) = (code, sum.debit, sum.credit)
                    if let title = titles[code] { $0.title = title }
                }
            }
            reply.held = held.filter { $0.value.amount != 0 }.sorted { $0.key < $1.key }.prefix(Self.heldMax).map {
                number, money in .with { ($0.bill, $0.case, $0.amount) = (number, money.case, money.amount) }
            }
            reply.postings = postings
        }
    }
}

extension HubPosting {
    /// By how much it changes what is held for the citizen.
    var heldChange: Int64 {
        switch kind {
        case .received, .unsettled: amount
        case .settled, .reversed, .refunded: -amount
        case .unspecified, .UNRECOGNIZED: 0
        }
    }
}
