// Money that goes back: payments that are taken back, and what is held and given back.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf
import Testing

@Suite("payments that go back")
struct PaymentReturnTests {
    @Test("a payment can be taken back until the case has gone on: the bill is open again and the case waits")
    func reversed() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        _ = try await hub.pay(state.bill.number, 100_000, "bank-1")
        #expect(try await hub.reverse(state.bill.number, "bank-1").outcome == .reopened)
        let open = try await hub.state(state)
        #expect(open.stage == "bayar" && open.bills.count == 1 && open.bill.state == .open && open.bill.receipt.isEmpty)
        #expect(try await hub.reverse(state.bill.number, "bank-1").outcome == .known)
        #expect(try await refusal { try await hub.pay(state.bill.number, 100_000, "bank-1") } == .paymentRefused)
        _ = try await hub.pay(state.bill.number, 100_000, "bank-2")
        let paid = try await hub.state(state)
        #expect(paid.bill.receipt == "\(paid.bill.number)-2")
        try await hub.small.act("terbitkan", on: paid, by: .officer)
        #expect(try await refusal { try await hub.reverse(state.bill.number, "bank-2") } == .paymentRefused)
        #expect(try await hub.state(state).stage == "terbit")
    }

    @Test("what the settlement had begun ends when the payment is taken back: whose advice was asked is asked no more")
    func reversedStep() async throws {
        let hub = try await PayingHub.open(standing: [ConsultingHub.organisation()]) { definition in
            definition.stages[2].consults = .with {
                $0.consultees = [.with { ($0.name, $0.unit) = ("ketertiban", "ketertiban") }]
                $0.joinedTo = "terbit"
            }
        }
        let state = try await hub.assessed()
        for round in 1...2 {
            _ = try await hub.pay(state.bill.number, 100_000, "bank-\(round)")
            let paid = try await hub.state(state)
            #expect(paid.stage == "penerbitan" && paid.consultations.last?.state == .open)
            #expect(try await hub.reverse(state.bill.number, "bank-\(round)").outcome == .reopened)
            let open = try await hub.state(state)
            #expect(open.stage == "bayar" && open.bills.count == 1 && open.bill.state == .open)
            #expect(open.consultations.map(\.state) == Array(repeating: .dropped, count: round))
        }
    }

    @Test("only who brought a payment takes it back")
    func strange() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        _ = try await hub.pay(state.bill.number, 10_000, "bank-1")
        #expect(
            try await refusal { try await hub.reverse(state.bill.number, "bank-1", by: .cashier) } == .paymentRefused)
    }

    @Test("what is held can be given back, and no rupiah more")
    func refunded() async throws {
        let hub = try await PayingHub.open()
        let state = try await hub.assessed()
        _ = try await hub.pay(state.bill.number, 130_000, "bank-1")
        #expect(try await refusal { try await hub.refund(state.bill.number, 30_001, "kas-1") } == .paymentRefused)
        #expect(try await hub.refund(state.bill.number, 30_000, "kas-1").held == 0)
        #expect(try await hub.refund(state.bill.number, 30_000, "kas-1").outcome == .known)
        // The rest of it is spent: the whole payment cannot be taken back any more.
        #expect(try await refusal { try await hub.reverse(state.bill.number, "bank-1") } == .paymentRefused)
    }
}
