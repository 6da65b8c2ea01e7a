// Whether every rupiah is explained: by the bills, the books, and the bank's own days.

import HubClient
import HubDomain
import HubProto

extension Judgement {
    /// Every rupiah that was billed is settled or cancelled, and the books balance.
    func ofMoney(_ states: [HubCase]) async throws -> Report.Money {
        var money = Report.Money()
        var unpaid: [String] = []
        for state in states {
            for bill in state.bills {
                (money.bills, money.billed) = (money.bills + 1, money.billed + bill.total)
                switch bill.state {
                case .settled: (money.settlements, money.settled) = (money.settlements + 1, money.settled + bill.total)
                case .cancelled: money.cancelled += 1
                default: unpaid.append(state.number)
                }
            }
            if state.ended, state.stage == state.bills.last?.settledTo { unpaid.append(state.number) }
        }
        let today = CalendarDate(epochMillis: try await town.status().nowMs, utcOffsetMinutes: 420)
        let request = LayananBooksRequest.with {
            ($0.firstDay, $0.lastDay) = (today.adding(days: -90).iso, today.iso)
        }
        let books = try await town.admin.payments.books(request).message
        money.accounts = books.accounts.map { ($0.title.en, $0.debit, $0.credit) }
        let sum = books.accounts.reduce(0) { $0 + $1.debit - $1.credit }
        let earned = books.accounts.filter { $0.debit == 0 }.reduce(0) { $0 + $1.credit }
        promises.check(
            "nothing is issued unpaid, and every bill has its end", unpaid.isEmpty && money.bills > 0,
            broken: unpaid.prefix(3).joined(separator: ", "))
        promises.check(
            "the books balance, and say what was settled", sum == 0 && earned == money.settled && books.held.isEmpty,
            broken: "\(earned) of \(money.settled), \(books.held.count) bills hold money")
        return money
    }

    /// The bank's days against the hub's, line by line; then a line that only the bank has, which is named and not booked.
    func ofBankDays() async throws {
        let days = town.journal.days
        var equal = 0
        var differences: [LayananDifference] = []
        for (day, lines) in days {
            let reply = try await town.bank.payments.reconcile(.with { ($0.day, $0.lines) = (day, lines) }).message
            equal += Int(reply.equal)
            differences += reply.differences
        }
        let told = days.map(\.lines.count).reduce(0, +)
        promises.check(
            "the bank's days are the hub's, line by line", differences.isEmpty && equal == told && told > 0,
            broken: "\(equal) of \(told), \(differences.map(\.reference))")
        guard let (day, lines) = days.last, let first = lines.first else { return }
        var strange = first
        strange.reference = "H2H-TAK-DIKENAL"
        let reply = try await town.bank.payments.reconcile(
            .with { ($0.day, $0.lines) = (day, lines + [strange]) }
        ).message
        promises.check(
            "a payment that only the bank has is named",
            reply.differences.map(\.reference) == [strange.reference]
                && reply.differences.map(\.kind) == [.missingHere], broken: "\(reply.differences.map(\.reference))")
    }
}
