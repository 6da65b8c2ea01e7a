// Payments as banks and counters bring them: found by the bill's number, booked once, and the case goes on.

import HubDomain
import HubProto
import SwiftProtobuf

/// The part of `layanan.v1.Payments` that concerns one bill.
struct PaymentService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let access: CaseAccess
    let deadlines: DeadlinePassage
    let settlement: BillSettlement
    let clock: any HubClock

    /// The largest payment, rupiah.
    static let amountMax: Int64 = 1_000_000_000_000
    /// Characters of a reason.
    private static let noteMax = 500
    /// How often money is booked anew after the case changed meanwhile.
    private static let attempts = 5

    /// A bill with the case that owes it.
    struct Found {
        var state: HubCase
        var index: Int
        var bill: HubBill { state.bills[index] }
    }

    // MARK: Methods

    func getBill(_ context: CallContext, _ request: LayananGetBillRequest) async throws(HubError) -> LayananGetBillReply
    {
        let found = try await find(request.bill, context.actor)
        let catalogue = rulebook.catalogue
        let account = try account(of: found.bill, catalogue)
        let definition = try? catalogue.definition(of: found.state)
        return .with {
            $0.bill = view(of: found, for: context.actor)
            $0.case = access.sees(context.actor, found.state) ? found.state.number : ""
            $0.serviceTitle = definition?.title ?? HubText()
            $0.interest = found.bill.state == .open ? account.interest(on: catalogue.today(clock.nowMillis())) : 0
            $0.held = account.held
            $0.payable = account.payableNow()
            $0.qris = account.paymentCode ?? ""
        }
    }

    func pay(_ context: CallContext, _ request: LayananPayRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let now = clock.nowMillis()
        let wrong =
            Self.violations(amount: request.amount) + Self.violations(reference: request.reference)
            + Self.violations(channel: request.channel) + Self.violations(paid: request.paidMs, now)
        guard wrong.isEmpty else { throw HubError(.formInvalid, "payment", violations: wrong) }
        let payment = Payment(
            amount: request.amount, reference: request.reference, channel: request.channel,
            by: context.actor.department, paidMillis: request.paidMs == 0 ? now : request.paidMs)
        return try await book(payment, on: request.bill, context.actor, key: context.commitKey)
    }

    func reverse(_ context: CallContext, _ request: LayananReverseRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let wrong =
            Self.violations(reference: request.reference)
            + FormRules.violations(note: request.note, max: Self.noteMax, demanded: true)
        guard wrong.isEmpty else { throw HubError(.formInvalid, "reversal", violations: wrong) }
        return try await change(request.bill, context.actor, key: context.commitKey) {
            account, found throws(HubError) in
            try account.reverse(
                request.reference, by: context.actor.department,
                canReopen: found.state.standsAtSettlement(of: found.bill), note: request.note)
        }
    }

    func refund(_ context: CallContext, _ request: LayananRefundRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let wrong =
            Self.violations(amount: request.amount) + Self.violations(reference: request.reference)
            + Self.violations(channel: request.channel)
            + FormRules.violations(note: request.note, max: Self.noteMax, demanded: true)
        guard wrong.isEmpty else { throw HubError(.formInvalid, "refund", violations: wrong) }
        let payment = Payment(
            amount: request.amount, reference: request.reference, channel: request.channel,
            by: context.actor.department, paidMillis: clock.nowMillis())
        return try await change(
            request.bill, context.actor, key: context.commitKey, reserving: (payment, .refund)
        ) { account, _ throws(HubError) in try account.refund(payment, note: request.note) }
    }

    // MARK: Booking

    /// Books a payment, unless it is known.
    func book(
        _ payment: Payment, on number: String, _ actor: HubActor, key: CommitKey?
    ) async throws(HubError) -> CallAnswer {
        try await change(number, actor, key: key, reserving: (payment, .payment)) { account, _ throws(HubError) in
            try account.receive(payment)
        }
    }

    /// - Parameter reserved: What a reference stands for, for ever: the same again is known, another is refused.
    private func change(
        _ number: String, _ actor: HubActor, key: CommitKey?,
        reserving reserved: (payment: Payment, kind: Payment.Kind)? = nil,
        _ body: (inout BillAccount, Found) throws(HubError) -> LayananPaymentOutcome
    ) async throws(HubError) -> CallAnswer {
        let record = reserved.map { $0.payment.record($0.kind, for: number) }
        for _ in 1...Self.attempts {
            var found = try await find(bill: number)
            if let record, let known = try await ledger.record(record.key) {
                guard known.body == record.body else {
                    throw HubError(.paymentRefused, "this reference stands for another payment; give this one its own")
                }
                if let payment = reserved?.payment, found.bill.isReversed(payment.reference, by: payment.by) {
                    throw HubError(.paymentRefused, "this payment was taken back; a new one needs a new reference")
                }
                return try CallAnswer(body: reply(.known, found, actor).ledgerBytes())
            }
            // A case that lapsed before the money came is cancelled before it is booked.
            found.state = try await deadlines.settle(found.state)
            let (outcome, commit) = try await rulebook.use { catalogue throws(HubError) in
                try await change(found, catalogue, actor, key: key, body)
            }
            guard var commit else { return try CallAnswer(body: reply(outcome, found, actor).ledgerBytes()) }
            if let record { commit.records.append(record) }
            if let answer = try await journal.commit(commit).callAnswer() { return answer }
        }
        throw HubError(.versionStale, "the case changes too often now; ask again")
    }

    /// What became of the money, and what is to be remembered; nil = nothing moved.
    private func change(
        _ found: Found, _ catalogue: ServiceCatalogue, _ actor: HubActor, key: CommitKey?,
        _ body: (inout BillAccount, Found) throws(HubError) -> LayananPaymentOutcome
    ) async throws(HubError) -> (LayananPaymentOutcome, Commit?) {
        var account = try account(of: found.bill, catalogue)
        var outcome = try body(&account, found)
        guard !account.moved.isEmpty else { return (outcome, nil) }
        var made: (commit: Commit, state: HubCase)
        do throws(HubError) {
            made = try await settlement.commit(
                account, bill: found.index, of: found.state, key: key, by: actor, catalogue)
        } catch let error where outcome.isSettled && error.code != .ledgerFailed {
            // A payment is a fact, whatever keeps the case from going on.
            account = try self.account(of: found.bill, catalogue, settles: false)
            outcome = try body(&account, found)
            made = try await settlement.commit(
                account, bill: found.index, of: found.state, key: key, by: actor, catalogue)
        }
        made.commit.answer = try reply(outcome, Found(state: made.state, index: found.index), actor).ledgerBytes()
        return (outcome, made.commit)
    }

    // MARK: Finding and showing

    /// A bill by its number, or the newest one of a case that the actor may see.
    private func find(_ name: String, _ actor: HubActor) async throws(HubError) -> Found {
        // Numbers of cases begin with letters.
        if CaseID(text: name) == nil, name.utf8.first.map({ (0x30...0x39).contains($0) }) ?? false {
            return try await find(bill: name)
        }
        let state = try await CaseReads(ledger: ledger, access: access).find(name, actor)
        guard let last = state.bills.indices.last else { throw HubError(.billUnknown, "this case owes nothing") }
        return Found(state: state, index: last)
    }

    /// - Throws: ``HubError/Code/billUnknown``.
    func find(bill text: String) async throws(HubError) -> Found {
        guard let number = BillNumber(parsing: text) else {
            throw HubError(.billUnknown, "a bill's number has 13 digits, the last of which checks the others")
        }
        guard let record = try await ledger.record(HubBill.recordPrefix + number.text),
            let state = try await ledger.caseState(id: record.body),
            let index = state.bills.firstIndex(where: { $0.number == number.text })
        else { throw HubError(.billUnknown, "no bill has this number") }
        return Found(state: state, index: index)
    }

    func account(
        of bill: HubBill, _ catalogue: ServiceCatalogue, settles: Bool = true
    ) throws(HubError) -> BillAccount {
        guard let treasury = catalogue.treasury else {
            throw HubError(.definitionInvalid, "no treasury is in force: publish the regency's accounts")
        }
        return BillAccount(
            bill, treasury, utcOffsetMinutes: catalogue.utcOffsetMinutes, nowMillis: clock.nowMillis(),
            settles: settles)
    }

    /// Who only knows a bill's number sees what is owed, and the own payments; numbers follow each other and can be
    /// guessed. Who gives money back sees every payment. Why officers moved money stays among them.
    private func view(of found: Found, for actor: HubActor) -> HubBill {
        if access.works(actor, on: found.state) || access.policy.allows(actor.role, .refund) { return found.bill }
        if access.sees(actor, found.state) { return found.bill.forApplicants }
        var bill = found.bill.forApplicants
        bill.lines = []
        bill.postings.removeAll { $0.by != actor.department }
        return bill
    }

    private func reply(
        _ outcome: LayananPaymentOutcome, _ found: Found, _ actor: HubActor
    ) throws(HubError) -> LayananPaymentReply {
        let account = try account(of: found.bill, rulebook.catalogue)
        return .with {
            $0.outcome = outcome
            $0.bill = view(of: found, for: actor)
            $0.held = account.held
            $0.payable = account.payableNow()
        }
    }
}

extension HubBill {
    /// Why officers moved money stays among them.
    var forApplicants: HubBill {
        var bill = self
        for index in bill.postings.indices { bill.postings[index].note = "" }
        return bill
    }
}

extension LayananPaymentOutcome {
    fileprivate var isSettled: Bool { self == .settled || self == .settledOver }
}
