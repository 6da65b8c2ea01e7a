// Bills, payments and the books, through the hub's own calls.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf
import Testing

@Suite("payments")
struct PaymentTests {
    // MARK: Bills

    @Test("a case that comes to a stage with a bill owes what the tariff says, and waits")
    func billed() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed(units: 378)
        #expect(state.stage == "bayar" && state.bills.count == 1)
        #expect(state.bill.total == 378_000 && state.bill.state == .open && state.bill.due == "2026-02-04")
        #expect(state.bill.lines.map(\.tariff) == ["retribusi/1"])
        #expect(BillNumber(parsing: state.bill.number)?.year == 2026)
        let reply = try await hub.bill(state.bill.number)
        #expect(reply.payable == 378_000 && reply.case.isEmpty && reply.bill.lines.isEmpty)
    }

    @Test("a bill has a code to scan for what is payable, and none once it is settled (rows 35 and 37)")
    func scanned() async throws {
        let hub = try await PayingHub.open()
        let number = try await hub.assessed(units: 378).bill.number
        _ = try await hub.pay(number, 8_000, "bank-1")
        let code = try QRISReading(try await hub.bill(number).qris)
        #expect(code.deviations.isEmpty && code.payload.use == .dynamic)
        #expect(code.payload.amount == 370_000 && code.payload.additional.billNumber == number)
        _ = try await hub.pay(number, 370_000, "bank-2")
        #expect(try await hub.bill(number).qris.isEmpty)
    }

    @Test("a bill of nothing is none: the case goes on at once")
    func free() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed(use: "ibadah")
        #expect(state.stage == "penerbitan" && state.bills.isEmpty)
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.stageAfter == "penerbitan")
    }

    @Test("a charge without its quantity is refused and names the field, and the case stays where it was")
    func quantity() async throws {
        let hub = try await PayingHub.open()
        let request = LayananSubmitRequest.with { $0.service = SmallHub.service }
        let state = try await hub.small.call(.fileComplaint, request, as: LayananCaseReply.self, by: .portal).case
        do {
            try await hub.small.act("tetapkan", on: state, by: .officer)
            Issue.record("was billed")
        } catch let error as HubError { #expect(error.violations.map(\.field) == ["luas"]) }
        #expect(try await hub.state(state).stage == "diperiksa")
    }

    @Test("a case that goes another way leaves a cancelled bill, and owes anew when it comes back")
    func cancelled() async throws {
        let hub = try await PayingHub.open()
        var state = try await hub.assessed()
        let first = state.bill.number
        state = try await hub.small.act("ulang", on: state, by: .officer)
        #expect(state.bills.map(\.state) == [.cancelled])
        state = try await hub.small.act("tetapkan", on: state, by: .officer)
        #expect(state.bills.map(\.state) == [.cancelled, .open] && state.bill.number != first)
        #expect(try await hub.bill(first).payable == 0)
    }

    @Test("a bill that nobody pays in time is cancelled by its clock")
    func lapsed() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        hub.small.wait(hours: 24 * 120)
        let reply = try await hub.pay(state.bill.number, 100_000, "late-1")
        #expect(reply.outcome == .heldCancelled && reply.held == 100_000 && reply.payable == 0)
        #expect(try await hub.state(state).stage == "gugur")
    }

    @Test("a tariff that changes in mid-year touches the bills made from that day on, and no other")
    func midYear() async throws {
        let hub = try await PayingHub.open()
        let before = try await hub.assessed()
        hub.small.clock.advance(toMillis: Sample.now + 200 * 24 * SmallHub.hour)
        let after = try await hub.assessed()
        #expect(before.bill.total == 100_000 && after.bill.total == 200_000)
        #expect(try await hub.state(before).bill.total == 100_000)
    }

    // MARK: Paying

    @Test("the whole amount settles the bill, and the case goes on in the same moment")
    func settled() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        let reply = try await hub.pay(state.bill.number, 100_000, "bank-1")
        #expect(reply.outcome == .settled && reply.held == 0 && reply.payable == 0 && reply.hasReceipt)
        let after = try await hub.state(state)
        #expect(after.stage == "penerbitan" && after.bill.state == .settled)
        #expect(after.bill.receipt == "\(after.bill.number)-1")
        let event = try #require(try await hub.small.history(of: after, by: .officer).events.last)
        #expect(event.kind == .paid && event.postings.map(\.kind) == [.received, .settled])
        try await hub.small.act("terbitkan", on: after, by: .officer)
    }

    @Test("nothing is issued before it is paid")
    func unpaid() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        #expect(
            try await refusal { try await hub.small.act("terbitkan", on: state, by: .officer) } == .actionNotAllowed)
        _ = try await hub.pay(state.bill.number, 99_999, "short")
        #expect(
            try await refusal { try await hub.small.act("terbitkan", on: state, by: .officer) } == .actionNotAllowed)
    }

    @Test("too little is held until the rest comes; too much is held after it")
    func shortAndOver() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        let first = try await hub.pay(state.bill.number, 60_000, "bank-1")
        #expect(first.outcome == .heldShort && first.held == 60_000 && first.payable == 40_000)
        let second = try await hub.pay(state.bill.number, 60_000, "bank-2")
        #expect(second.outcome == .settledOver && second.held == 20_000 && second.payable == 0)
        let third = try await hub.pay(state.bill.number, 5_000, "bank-3")
        #expect(third.outcome == .heldTwice && third.held == 25_000)
    }

    @Test("the same reference again changes nothing; for another amount or bill it is refused")
    func twice() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        _ = try await hub.pay(state.bill.number, 60_000, "bank-1")
        let again = try await hub.pay(state.bill.number, 60_000, "bank-1")
        #expect(again.outcome == .known && again.held == 60_000)
        #expect(try await refusal { try await hub.pay(state.bill.number, 60_001, "bank-1") } == .paymentRefused)
        // Another bank may use the same number.
        #expect(
            try await hub.pay(state.bill.number, 40_000, "bank-1", by: .cashier, channel: .counter).outcome == .settled)
        #expect(try await hub.state(state).bill.postings.filter { $0.kind == .received }.count == 2)
    }

    @Test("two that tell one payment at the same moment book it once")
    func race() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        let outcomes = try await withThrowingTaskGroup(of: LayananPaymentOutcome.self) { group in
            for _ in 1...8 {
                group.addTask { try await hub.pay(state.bill.number, 100_000, "bank-1").outcome }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .settled }.count == 1 && outcomes.filter { $0 == .known }.count == 7)
        #expect(try await hub.state(state).bill.postings.map(\.kind) == [.received, .settled])
    }

    @Test("after the last day interest is due for each month begun, on what was not paid in time")
    func interest() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        _ = try await hub.pay(state.bill.number, 40_000, "bank-1")
        hub.small.clock.advance(toMillis: Sample.now + 40 * 24 * SmallHub.hour)  // 2026-02-14, due 2026-02-04.
        let due = try await hub.bill(state.bill.number)
        #expect(due.interest == 600 && due.payable == 60_600 && due.held == 40_000)
        #expect(try await hub.pay(state.bill.number, 60_000, "bank-2").outcome == .heldShort)
        #expect(try await hub.pay(state.bill.number, 600, "bank-3").outcome == .settled)
        let earned = try await hub.state(state).bill.postings.filter { $0.kind == .settled }.map {
            [$0.credit, "\($0.amount)"]
        }
        #expect(earned == [["4.1", "100000"], ["4.2", "600"]])
    }

    @Test("who paid in time owes no interest, however late the bank tells it")
    func toldLate() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        hub.small.clock.advance(toMillis: Sample.now + 40 * 24 * SmallHub.hour)
        let reply = try await hub.pay(
            state.bill.number, 100_000, "bank-1", paid: Sample.now + 20 * 24 * SmallHub.hour)
        #expect(reply.outcome == .settled)
    }

    @Test("each part that comes late bears interest to its own day, in whatever order banks tell them")
    func interestOfParts() async throws {
        let hub = try await PayingHub.open()
        let (one, two) = (try await hub.assessed().bill.number, try await hub.assessed().bill.number)
        let dayAfter = Sample.now + 31 * 24 * SmallHub.hour  // 2026-02-05, due 2026-02-04.
        let march = Sample.now + 64 * 24 * SmallHub.hour  // 2026-03-10: the second month has begun.
        hub.small.clock.advance(toMillis: march)
        _ = try await hub.pay(one, 60_000, "a-1", paid: dayAfter)
        #expect(try await hub.bill(one).payable == 40_000 + 600 + 800)
        #expect(try await hub.pay(one, 41_400, "a-2", paid: march).outcome == .settled)
        _ = try await hub.pay(two, 40_000, "b-1", paid: march)
        #expect(try await hub.pay(two, 60_000, "b-2", paid: Sample.now).outcome == .heldShort)
        #expect(try await hub.bill(two).payable == 800)
    }

    /// Its next stage has a clock of a calendar that is not there.
    private static func stuck() async throws -> PayingHub {
        try await PayingHub.open { definition in
            definition.clocks.append(
                .with {
                    ($0.name, $0.unit, $0.amount, $0.calendar) = ("penerbitan", .workingDays, 1, "lain")
                    ($0.runsIn, $0.onPassed) = (["penerbitan"], .mark)
                })
        }
    }

    @Test("money is booked also when the case cannot go on at the moment, and the hub tries again")
    func pending() async throws {
        let hub = try await Self.stuck()
        let state = try await hub.assessed()
        let reply = try await hub.pay(state.bill.number, 100_000, "bank-1")
        #expect(reply.outcome == .heldPending && reply.held == 100_000)
        let waiting = try await hub.state(state)
        #expect(waiting.stage == "bayar" && waiting.bill.state == .open && waiting.bill.retryMs > 0)
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 120_000)
        let later = try await hub.state(state)
        #expect(later.bill.retryMs > waiting.bill.retryMs && later.bill.held == 100_000)
        #expect(try await hub.books().held.map(\.amount) == [100_000])
    }

    @Test("what was held and is given back is not tried again: the loop rests, and the case is left alone")
    func pendingGivenBack() async throws {
        let hub = try await Self.stuck()
        let state = try await hub.assessed()
        _ = try await hub.pay(state.bill.number, 100_000, "bank-1")
        _ = try await hub.refund(state.bill.number, 100_000, "refund-1")
        for _ in 1...3 { _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 3_600_000) }
        let rested = try await hub.state(state)
        #expect(rested.bill.retryMs == 0 && rested.bill.held == 0)
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 3_600_000)
        #expect(try await hub.state(state).version == rested.version)
    }

    @Test("who only knows a bill's number sees what is owed, and not who paid what")
    func stranger() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed(for: SmallHub.anna)
        _ = try await hub.pay(state.bill.number, 10_000, "kas-1", by: .cashier, channel: .counter)
        #expect(try await hub.bill(state.bill.number).bill.postings.isEmpty)
        #expect(try await hub.bill(state.number, by: .portal, for: SmallHub.anna).bill.postings.count == 1)
        #expect(
            try await refusal { try await hub.bill(state.number, by: .portal, for: SmallHub.budi) } == .caseNotFound)
        #expect(try await refusal { try await hub.bill("2025000000015") } == .billUnknown)
    }

    @Test(
        "amounts, references, channels and times that cannot be are refused by name",
        arguments: [
            (Int64(0), "a", HubPaymentChannel.bank, Int64(0), "amount"), (-1, "a", .bank, 0, "amount"),
            (.max, "a", .bank, 0, "amount"), (1, "", .bank, 0, "reference"), (1, "a/b", .bank, 0, "reference"),
            (1, String(repeating: "a", count: 65), .bank, 0, "reference"), (1, "a", .unspecified, 0, "channel"),
            (1, "a", .bank, -1, "paid_ms"), (1, "a", .bank, .max, "paid_ms"),
        ])
    func refused(
        _ amount: Int64, _ reference: String, _ channel: HubPaymentChannel, _ paid: Int64, _ field: String
    ) async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        do {
            _ = try await hub.pay(state.bill.number, amount, reference, channel: channel, paid: paid)
            Issue.record("was booked")
        } catch let error as HubError { #expect(error.violations.map(\.field) == [field]) }
    }

    // MARK: The bank's day and the books

    @Test("a bank's day is compared line by line, and what the hub does not know is booked when asked")
    func reconciled() async throws {
        let hub = try await PayingHub.open()
        var bills: [String] = []
        for _ in 1...4 { bills.append(try await hub.assessed().bill.number) }
        _ = try await hub.pay(bills[0], 100_000, "b-0")
        _ = try await hub.pay(bills[1], 100_000, "b-1")
        _ = try await hub.pay(bills[2], 50_000, "b-2")
        _ = try await hub.reverse(bills[2], "b-2")
        let lines = [
            ("b-0", bills[0], Int64(100_000)), ("b-2", bills[2], 50_000), ("b-3", bills[3], 100_000),
            ("b-4", "2026999999999", 7_000),
        ]
        let told = try await hub.reconcile("2026-01-05", lines)
        #expect(told.equal == 1 && told.equalAmount == 100_000)
        #expect(told.differences.map(\.kind) == [.reversedHere, .missingHere, .noBill, .missingThere])
        #expect(told.differences.map(\.reference) == ["b-2", "b-3", "b-4", "b-1"])
        #expect(try await hub.bill(bills[3]).payable == 100_000)
        let booked = try await hub.reconcile("2026-01-05", lines, book: true)
        #expect(booked.differences.first { $0.reference == "b-3" }?.booked == .settled)
        #expect(try await hub.bill(bills[3]).payable == 0)
        #expect(try await hub.reconcile("2026-01-05", lines, book: true).equal == 2)
        let unequal = try await hub.reconcile("2026-01-05", [("b-1", bills[1], 1)])
        #expect(unequal.differences.first { $0.reference == "b-1" }?.kind == .unequal)
        #expect(unequal.differences.first { $0.reference == "b-1" }?.amountHere == 100_000)
    }

    @Test("the books of a day sum up by account, and name who is owed what")
    func books() async throws {
        let hub = try await PayingHub.open()
        let (one, two) = (try await hub.assessed().bill.number, try await hub.assessed().bill.number)
        _ = try await hub.pay(one, 100_000, "a")
        _ = try await hub.pay(two, 30_000, "b", by: .cashier, channel: .counter)
        let books = try await hub.books()
        #expect(books.postings == 3)
        #expect(books.accounts.map(\.code) == ["1.1", "1.2", "2.1", "4.1"])
        #expect(books.accounts.map(\.debit) == [100_000, 30_000, 100_000, 0])
        #expect(books.accounts.map(\.credit) == [0, 0, 130_000, 100_000])
        #expect(books.held.map(\.bill) == [two] && books.held.map(\.amount) == [30_000])
        #expect(try await hub.books("2026-02-01").postings == 0)
        #expect(try await refusal { try await hub.books("2026-02-01", "2026-01-01") } == .formInvalid)
    }
}
