// A bank's list of a day against the hub's books: what is equal, and every difference by name.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Payments/Reconcile`
struct Reconciliation: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let payments: PaymentService
    let clock: any HubClock

    /// Lines of one list.
    private static let linesMax = 10_000
    /// Days after the citizen paid on which a bank may still have told it.
    private static let tellingDays = 14

    func reconcile(_ context: CallContext, _ request: LayananReconcileRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        guard let day = CalendarDate(iso: request.day) else {
            throw HubError(
                .formInvalid, "reconciliation",
                violations: [Violation("day", "date", id: "Isi YYYY-MM-DD.", en: "Write YYYY-MM-DD.")])
        }
        let wrong = Self.violations(of: request.lines, within: start(of: day)...end(of: day))
        guard wrong.isEmpty else { throw HubError(.formInvalid, "reconciliation", violations: wrong) }
        var reply = LayananReconcileReply()
        for line in request.lines {
            if let difference = try await compare(line, on: day, book: request.book, context.actor) {
                reply.differences.append(difference)
            } else {
                reply.equal += 1
                reply.equalAmount += line.amount
            }
        }
        reply.differences += try await missing(on: day, among: request.lines, by: context.actor.department)
        var commit = Commit(key: context.commitKey, atMillis: clock.nowMillis())
        commit.events = [event(request, reply, context.actor)]
        commit.answer = try reply.ledgerBytes()
        let outcome = try await journal.commit(commit)
        guard let answer = try outcome.callAnswer() else {
            throw HubError(.internalFault, "a reconciliation met another")
        }
        return answer
    }

    // MARK: What the bank has

    /// nil = the same here and there.
    private func compare(
        _ line: LayananReconcileLine, on day: CalendarDate, book: Bool, _ actor: HubActor
    ) async throws(HubError) -> LayananDifference? {
        var difference = LayananDifference.with {
            ($0.reference, $0.bill, $0.amountThere) = (line.reference, line.bill, line.amount)
        }
        let payment = Payment(
            amount: line.amount, reference: line.reference, channel: .bank, by: actor.department,
            paidMillis: line.paidMs == 0 ? min(end(of: day), clock.nowMillis()) : line.paidMs)
        let record = payment.record(.payment, for: line.bill)
        if let known = try await ledger.record(record.key) {
            guard known.body == record.body else {
                difference.kind = .unequal
                difference.amountHere = Self.amount(in: known.body)
                return difference
            }
            let found = try await payments.find(bill: line.bill)
            guard found.bill.isReversed(line.reference, by: actor.department) else { return nil }
            difference.kind = .reversedHere
            return difference
        }
        difference.kind = .missingHere
        do throws(HubError) {
            guard book else {
                _ = try await payments.find(bill: line.bill)
                return difference
            }
            let answer = try await payments.book(payment, on: line.bill, actor, key: nil)
            difference.booked = (try? LayananPaymentReply(serializedBytes: answer.body))?.outcome ?? .unspecified
        } catch let error where error.code != .ledgerFailed {
            // One line that cannot be booked hides none of the others.
            difference.kind = error.code == .billUnknown ? .noBill : .refused
        }
        return difference
    }

    // MARK: What only the hub has

    private func missing(
        on day: CalendarDate, among lines: [LayananReconcileLine], by department: String
    ) async throws(HubError) -> [LayananDifference] {
        let told = Set(lines.map(\.reference))
        let offset = rulebook.catalogue.utcOffsetMinutes
        let last = min(day.adding(days: Self.tellingDays), rulebook.catalogue.today(clock.nowMillis()))
        var taken: [String: LayananDifference] = [:]
        var current = day
        while current <= last {
            for entry in try await ledger.journal(of: current.iso, from: current, to: current)
            where entry.posting.by == department {
                let posting = entry.posting
                let paid = CalendarDate(epochMillis: posting.paidMs, utcOffsetMinutes: offset)
                guard paid == day, !told.contains(posting.reference) else { continue }
                switch posting.kind {
                case .received:
                    taken[posting.reference] = .with {
                        ($0.kind, $0.reference, $0.bill) = (.missingThere, posting.reference, entry.bill)
                        $0.amountHere = posting.amount
                    }
                case .reversed: taken[posting.reference] = nil
                case .settled, .unsettled, .refunded, .unspecified, .UNRECOGNIZED: break
                }
            }
            current = current.adding(days: 1)
        }
        return taken.values.sorted { $0.reference < $1.reference }
    }

    // MARK: Parts

    /// The log says that a day was compared, and how it came out.
    private func event(
        _ request: LayananReconcileRequest, _ reply: LayananReconcileReply, _ actor: HubActor
    ) -> HubEvent {
        .with {
            $0.kind = .paid
            $0.action = "reconcile/\(request.day)"
            $0.atMs = clock.nowMillis()
            $0.actor = actor
            $0.department = actor.department
            $0.changed = [
                .with { ($0.name, $0.integer) = ("equal", Int64(clamping: reply.equal)) },
                .with { ($0.name, $0.integer) = ("equal_amount", reply.equalAmount) },
                .with { ($0.name, $0.integer) = ("differences", Int64(reply.differences.count)) },
            ]
        }
    }

    private func start(of day: CalendarDate) -> Int64 {
        day.startMillis(utcOffsetMinutes: rulebook.catalogue.utcOffsetMinutes)
    }

    /// The last millisecond of a day.
    private func end(of day: CalendarDate) -> Int64 { start(of: day.adding(days: 1)) - 1 }

    private static func violations(
        of lines: [LayananReconcileLine], within day: ClosedRange<Int64>
    ) -> [Violation] {
        guard lines.count <= linesMax else {
            return [
                Violation(
                    "lines", "length", id: "Paling banyak \(linesMax) baris.", en: "Give at most \(linesMax) lines.")
            ]
        }
        var wrong: [Violation] = []
        var seen: Set<String> = []
        for (index, line) in lines.enumerated() where wrong.count < violationsMax {
            var found =
                PaymentService.violations(amount: line.amount) + PaymentService.violations(reference: line.reference)
            if line.paidMs != 0, !day.contains(line.paidMs) {
                found.append(
                    Violation(
                        "paid_ms", "day", id: "Waktu bayar harus pada hari itu.",
                        en: "The time of payment must lie in the day."))
            }
            if !seen.insert(line.reference).inserted {
                found.append(
                    Violation("reference", "unique", id: "Tertulis dua kali.", en: "The reference stands twice."))
            }
            wrong += found.map { violation in
                var violation = violation
                violation.field = "lines[\(index)].\(violation.field)"
                return violation
            }
        }
        return wrong
    }

    /// Violations that are told of one list.
    private static let violationsMax = 50

    /// Of a payment's record: `<bill> <amount>`.
    private static func amount(in body: [UInt8]) -> Int64 {
        Int64(String(decoding: body, as: UTF8.self).split(separator: " ").last ?? "") ?? 0
    }
}
