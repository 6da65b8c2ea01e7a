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
    let completion: StepCompletion
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
            $0.case = found.state.number
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
                canReopen: found.state.stage == found.bill.settledTo && found.state.isLast(found.index),
                note: request.note)
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
            request.bill, context.actor, key: context.commitKey,
            reserving: payment.record(.refund, for: request.bill)
        ) { account, _ throws(HubError) in try account.refund(payment, note: request.note) }
    }

    // MARK: Booking

    /// Books a payment, unless it is known.
    func book(
        _ payment: Payment, on number: String, _ actor: HubActor, key: CommitKey?
    ) async throws(HubError) -> CallAnswer {
        try await change(number, actor, key: key, reserving: payment.record(.payment, for: number)) {
            account, _ throws(HubError) in try account.receive(payment)
        }
    }

    /// - Parameter record: Says for ever what a reference stands for: the same again is known, another is refused.
    private func change(
        _ number: String, _ actor: HubActor, key: CommitKey?, reserving record: RecordWrite? = nil,
        _ body: (inout BillAccount, Found) throws(HubError) -> LayananPaymentOutcome
    ) async throws(HubError) -> CallAnswer {
        for _ in 1...Self.attempts {
            var found = try await find(bill: number)
            if let record, let known = try await ledger.record(record.key) {
                guard known.body == record.body else {
                    throw HubError(.paymentRefused, "this reference stands for another payment; give this one its own")
                }
                return try CallAnswer(body: reply(.known, found, actor).ledgerBytes())
            }
            // A case that lapsed before the money came is cancelled before it is booked.
            found.state = try await deadlines.settle(found.state)
            let outcome = try await rulebook.use { catalogue throws(HubError) in
                try await change(found, catalogue, actor, key: key, record, body)
            }
            if let answer = try outcome.callAnswer() { return answer }
        }
        throw HubError(.versionStale, "the case changes too often now; tell the payment again")
    }

    private func change(
        _ found: Found, _ catalogue: ServiceCatalogue, _ actor: HubActor, key: CommitKey?, _ record: RecordWrite?,
        _ body: (inout BillAccount, Found) throws(HubError) -> LayananPaymentOutcome
    ) async throws(HubError) -> CommitOutcome {
        let definition = try catalogue.definition(of: found.state)
        let now = clock.nowMillis()
        var account = try account(of: found.bill, catalogue)
        let outcome = try body(&account, found)
        var after = found
        after.state.bills[found.index] = account.bill
        try await follow(&after, from: found, definition, catalogue, now)
        after.state.follow(found.state, now)
        var commit = Commit(after.state, after: found.state, .paid, key: key, definition) { event in
            event.action = account.bill.number
            event.actor = actor
            event.postings = account.moved
            event.papers = after.state.papersChanged(since: found.state)
        }
        commit.records += try account.moved.map { posting throws(HubError) in
            try posting.entry(of: after.state, account.bill, catalogue.today(now))
        }
        if let record { commit.records.append(record) }
        commit.answer = try reply(outcome, after, actor).ledgerBytes()
        return try await journal.commit(commit)
    }

    /// A bill that is settled lets its case go on; one that is open again takes it back.
    private func follow(
        _ after: inout Found, from before: Found, _ definition: HubServiceDefinition, _ catalogue: ServiceCatalogue,
        _ now: Int64
    ) async throws(HubError) {
        let plan = BillPlan(definition: definition, catalogue: catalogue, nowMillis: now)
        switch (before.bill.state, after.bill.state) {
        case (.open, .settled):
            try plan.move(&after.state, to: after.bill.settledTo)
            try await completion.complete(
                &after.state, after: before.state, by: nil, definition, catalogue, nowMillis: now)
        case (.settled, .open): try plan.move(&after.state, to: after.bill.stage)
        default: break
        }
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

    func account(of bill: HubBill, _ catalogue: ServiceCatalogue) throws(HubError) -> BillAccount {
        guard let treasury = catalogue.treasury else {
            throw HubError(.definitionInvalid, "no treasury is in force: publish the regency's accounts")
        }
        return BillAccount(
            bill, treasury, utcOffsetMinutes: catalogue.utcOffsetMinutes, nowMillis: clock.nowMillis())
    }

    /// Who only knows a bill's number sees what is owed, not who paid what.
    private func view(of found: Found, for actor: HubActor) -> HubBill {
        var bill = found.bill
        if !access.sees(actor, found.state) { bill.postings.removeAll { $0.by != actor.department } }
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

extension HubCase {
    /// No bill came after this one.
    fileprivate func isLast(_ bill: Int) -> Bool { bill == bills.indices.last }
}
