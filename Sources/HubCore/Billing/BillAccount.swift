// A bill and its money: payments come, one settlement follows, and no rupiah is without a place. Pure.

package import HubDomain
package import HubProto

/// A payment as a bank or a counter tells it.
package struct Payment: Sendable {
    package var amount: Int64
    /// The payer's own number for it.
    package var reference: String
    package var channel: HubPaymentChannel
    /// Department that brings it.
    package var by: String
    /// When the citizen paid, milliseconds since 1970 UTC.
    package var paidMillis: Int64

    package init(amount: Int64, reference: String, channel: HubPaymentChannel, by: String, paidMillis: Int64) {
        (self.amount, self.reference, self.channel, self.by) = (amount, reference, channel, by)
        self.paidMillis = paidMillis
    }
}

/// One bill while money moves.
///
/// Whatever comes in is held for the citizen first (account `held` of the treasury). When what is held covers the bill
/// with its interest, that much becomes the regency's in one settlement; the rest stays held until it is given back. The
/// sum of all postings of a bill is therefore always explained: received = settled + reversed + refunded + held.
package struct BillAccount: Sendable {
    package private(set) var bill: HubBill
    let treasury: HubTreasury
    /// Minutes east of UTC of the regency's time.
    let utcOffsetMinutes: Int
    let nowMillis: Int64
    /// The case can go on once the bill is settled.
    let settles: Bool
    /// Money that moved since this value was made.
    package private(set) var moved: [HubPosting] = []

    /// Postings of one bill.
    static let postingsMax = 256
    /// Postings that a payment and its settlement may need.
    private static let postingsReserve = 64
    /// Postings that taking back may need.
    private static let reversalReserve = 20
    private static let tooMany = HubError(
        .paymentRefused, "this bill has seen too many payments; the regency's treasurer must look at it")
    /// Milliseconds until a bill that is covered is tried again.
    private static let retryMillis: Int64 = 60_000

    package init(
        _ bill: HubBill, _ treasury: HubTreasury, utcOffsetMinutes: Int, nowMillis: Int64, settles: Bool = true
    ) {
        (self.bill, self.treasury, self.settles) = (bill, treasury, settles)
        (self.utcOffsetMinutes, self.nowMillis) = (utcOffsetMinutes, nowMillis)
    }

    // MARK: What is owed

    /// Held for the citizen, rupiah; never negative.
    package var held: Int64 { bill.held }

    /// Interest on what was not paid by the last day, each part until the day on which the citizen paid it, and what is
    /// still unpaid until `day`.
    package func interest(on day: CalendarDate) -> Int64 {
        guard let due = CalendarDate(iso: bill.due), bill.total > 0 else { return 0 }
        var unpaid = bill.total
        var interest: Int64 = 0
        for payment in payments {
            let part = min(unpaid, payment.amount)
            interest += self.interest(on: part, from: due, to: payment.day)
            unpaid -= part
        }
        return interest + self.interest(on: unpaid, from: due, to: day)
    }

    private func interest(on part: Int64, from due: CalendarDate, to day: CalendarDate) -> Int64 {
        guard part > 0, day > due else { return 0 }
        return bill.lines.reduce(into: 0) { sum, line in
            guard line.hasLate, let late = try? LateInterest(line.late) else { return }
            // This line's share of the part; never more than the line.
            let share = bill.total.dividingFullWidth(line.amount.multipliedFullWidth(by: part)).quotient
            sum += (try? late.amount(principal: share, due: due, paid: day)) ?? 0
        }
    }

    /// What citizens paid and did not get back, by the day on which they paid. What was refunded came last.
    private var payments: [(day: CalendarDate, amount: Int64)] {
        var payments = bill.postings.filter { $0.kind == .received && !bill.isReversed($0.reference, by: $0.by) }
            .map { (day: day($0.paidMs), amount: $0.amount) }
            .sorted { $0.day < $1.day }
        var back = bill.postings.reduce(into: Int64(0)) { if $1.kind == .refunded { $0 += $1.amount } }
        while back > 0, let last = payments.popLast() {
            if last.amount > back { payments.append((last.day, last.amount - back)) }
            back -= min(back, last.amount)
        }
        return payments
    }

    /// What settles the bill on a day, beside what is held; 0 when nothing is asked for.
    package func payable(on day: CalendarDate) -> Int64 {
        bill.state == .open ? max(bill.total + interest(on: day) - held, 0) : 0
    }

    package func payableNow() -> Int64 { payable(on: day(nowMillis)) }

    /// QRIS payload for what is payable now; nil when nothing is, or the regency has no code. It is made from the printed
    /// code of its bank, whose notice alone settles the bill (domain rows 35 and 37).
    package var paymentCode: String? {
        let payable = payableNow()
        guard payable > 0, !treasury.qris.isEmpty, let printed = try? QRISReading(treasury.qris) else { return nil }
        return try? printed.payload.dynamic(amount: payable, billNumber: bill.number).text()
    }

    /// A day of the regency, no later than today.
    private func day(_ millis: Int64) -> CalendarDate {
        CalendarDate(epochMillis: min(millis, nowMillis), utcOffsetMinutes: utcOffsetMinutes)
    }

    // MARK: What happens

    /// Money came.
    ///
    /// - Throws: ``HubError/Code/paymentRefused`` when the bill has too many postings.
    package mutating func receive(_ payment: Payment) throws(HubError) -> LayananPaymentOutcome {
        guard bill.postings.count + Self.postingsReserve <= Self.postingsMax else {
            throw Self.tooMany
        }
        post(.received, payment.amount, debit: account(of: payment.channel), credit: treasury.held, payment)
        switch bill.state {
        case .open: return settle(payment.channel)
        case .settled: return .heldTwice
        case .cancelled, .unspecified, .UNRECOGNIZED: return .heldCancelled
        }
    }

    /// A payment is taken back.
    ///
    /// - Parameter canReopen: The case still stands where the settlement sent it.
    /// - Throws: ``HubError/Code/paymentRefused``.
    package mutating func reverse(
        _ reference: String, by: String, canReopen: Bool, note: String
    ) throws(HubError) -> LayananPaymentOutcome {
        guard let payment = bill.payment(reference, by: by) else {
            throw HubError(.paymentRefused, "this bill has no payment of this reference from this department")
        }
        if bill.isReversed(reference, by: by) { return .known }
        guard bill.postings.count + Self.reversalReserve <= Self.postingsMax else { throw Self.tooMany }
        var outcome = LayananPaymentOutcome.reversed
        if held < payment.amount, bill.state == .settled {
            guard canReopen else {
                throw HubError(
                    .paymentRefused, "the case has gone on with this payment; money can only be given back as a refund")
            }
            unsettle()
            outcome = .reopened
        }
        guard held >= payment.amount else {
            throw HubError(.paymentRefused, "part of this payment was given back already; settle it with the treasurer")
        }
        post(
            .reversed, payment.amount, debit: treasury.held, credit: payment.debit,
            Payment(
                amount: payment.amount, reference: reference, channel: payment.channel, by: by,
                paidMillis: payment.paidMs), note: note)
        return outcome
    }

    /// Held money was given back.
    ///
    /// - Throws: ``HubError/Code/paymentRefused`` when less is held.
    package mutating func refund(_ payment: Payment, note: String) throws(HubError) -> LayananPaymentOutcome {
        guard payment.amount <= held else {
            throw HubError(.paymentRefused, "\(held) rupiah are held with this bill")
        }
        guard bill.postings.count < Self.postingsMax else {
            throw Self.tooMany
        }
        post(
            .refunded, payment.amount, debit: treasury.held, credit: account(of: payment.channel), payment, note: note)
        return .refunded
    }

    // MARK: Postings

    /// What is held settles the bill, if it suffices and the case can go on.
    package mutating func settle(_ channel: HubPaymentChannel) -> LayananPaymentOutcome {
        let interest = interest(on: day(nowMillis))
        guard held >= bill.total + interest else {
            // What was given back meanwhile leaves nothing to be tried again.
            bill.retryMs = 0
            return .heldShort
        }
        guard settles else {
            bill.retryMs = nowMillis.addingReportingOverflow(Self.retryMillis).partialValue
            return .heldPending
        }
        bill.retryMs = 0
        bill.state = .settled
        bill.receipt = "\(bill.number)-\(bill.settlements + 1)"
        var earned: [(account: String, amount: Int64)] = []
        for (account, amount) in bill.lines.map({ ($0.account, $0.amount) }) + [(treasury.interest, interest)]
        where amount > 0 {
            if let index = earned.firstIndex(where: { $0.account == account }) {
                earned[index].amount += amount
            } else {
                earned.append((account, amount))
            }
        }
        let reason = Payment(
            amount: 0, reference: bill.receipt, channel: channel, by: "", paidMillis: nowMillis)
        for (account, amount) in earned { post(.settled, amount, debit: treasury.held, credit: account, reason) }
        return held > 0 ? .settledOver : .settled
    }

    /// What the present settlement earned becomes held again.
    private mutating func unsettle() {
        let settlement = bill.postings.filter { $0.kind == .settled && $0.reference == bill.receipt }
        for posting in settlement {
            let reason = Payment(
                amount: 0, reference: bill.receipt, channel: posting.channel, by: "", paidMillis: nowMillis)
            post(.unsettled, posting.amount, debit: posting.credit, credit: posting.debit, reason)
        }
        bill.receipt = ""
        bill.state = .open
    }

    private mutating func post(
        _ kind: HubPostingKind, _ amount: Int64, debit: String, credit: String, _ reason: Payment, note: String = ""
    ) {
        let posting = HubPosting.with {
            $0.number = UInt32(clamping: bill.postings.count + 1)
            ($0.kind, $0.amount, $0.debit, $0.credit) = (kind, amount, debit, credit)
            ($0.reference, $0.channel, $0.by) = (reason.reference, reason.channel, reason.by)
            ($0.paidMs, $0.atMs, $0.note) = (reason.paidMillis, nowMillis, note)
        }
        bill.postings.append(posting)
        moved.append(posting)
    }

    private func account(of channel: HubPaymentChannel) -> String {
        channel == .counter ? treasury.counter : treasury.bank
    }
}

extension HubBill {
    /// Held for the citizen, rupiah. Amounts are bounded (`Pay`), so that sums cannot overflow.
    package var held: Int64 { postings.reduce(into: 0) { $0 += $1.heldChange } }

    /// How often it was settled.
    var settlements: Int { Set(postings.lazy.filter { $0.kind == .settled }.map(\.reference)).count }

    func payment(_ reference: String, by department: String) -> HubPosting? {
        postings.first { $0.kind == .received && $0.reference == reference && $0.by == department }
    }

    func isReversed(_ reference: String, by department: String) -> Bool {
        postings.contains { $0.kind == .reversed && $0.reference == reference && $0.by == department }
    }
}
