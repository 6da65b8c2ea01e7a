// Ten thousand bills and whatever can happen to their money, from a seed.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("random payments")
struct PaymentSequenceTests {
    /// SplitMix64 (Steele, Lea, Flood 2014), so that a failure repeats.
    private struct Chance {
        var state: UInt64
        mutating func next(_ bound: UInt64) -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return (z ^ (z >> 31)) % bound
        }
        mutating func pick<Element>(_ all: [Element]) -> Element { all[Int(next(UInt64(all.count)))] }
    }

    /// What bank and counter believe, counted by themselves.
    fileprivate struct Tally {
        var bank: Int64 = 0
        var counter: Int64 = 0
    }

    @Test("whatever comes twice, late, short, over or back, every rupiah is explained and nothing is issued unpaid")
    func sequences() async throws {
        var chance = Chance(state: 20_261_126)
        var tally = Tally()
        let hub = try await PayingHub.open()
        for number in 1...10_000 {
            try await sequence(number, hub, &chance, &tally)
        }
        let books = try await hub.books("2026-01-01", "2026-12-31")
        let sums = Dictionary(uniqueKeysWithValues: books.accounts.map { ($0.code, $0.debit - $0.credit) })
        #expect(sums.values.reduce(0, +) == 0)
        #expect(sums["1.1"] == tally.bank && sums["1.2"] == tally.counter)
        let held = books.held.reduce(0) { $0 + $1.amount }
        #expect(books.held.allSatisfy { $0.amount > 0 })
        // Bills of hubs with more held bills than an answer lists are summed by the account.
        #expect(books.held.count == 1_000 || sums["2.1"] == -held)
        #expect((sums["4.2"] ?? 0) < 0, "nobody was late")
    }

    private func sequence(
        _ number: Int, _ hub: PayingHub, _ chance: inout Chance, _ tally: inout Tally
    ) async throws {
        let state = try await hub.assessed(units: Int64(chance.next(500)) + 1)
        let bill = state.bill
        // Some are late.
        if number.isMultiple(of: 1_250) { hub.small.wait(hours: 40 * 24) }
        var references: [(name: String, amount: Int64, counter: Bool)] = []
        var back: Set<String> = []
        for step in 0..<Int(chance.next(5) + 1) {
            switch chance.next(10) {
            case 0...4:
                let amount = chance.pick([bill.total, bill.total / 2 + 1, bill.total + 1_000, bill.total / 3 + 1])
                let counter = chance.next(3) == 0
                let name = "r\(number)-\(step)"
                _ = try await hub.pay(
                    bill.number, amount, name, by: counter ? .cashier : .bank, channel: counter ? .counter : .bank)
                references.append((name, amount, counter))
                tally.add(amount, counter)
            case 5:
                guard let known = references.last else { continue }
                var outcome: LayananPaymentOutcome?
                let isRefused = try await refusal {
                    outcome = try await hub.pay(
                        bill.number, known.amount, known.name, by: known.counter ? .cashier : .bank,
                        channel: known.counter ? .counter : .bank
                    ).outcome
                }
                #expect(back.contains(known.name) ? isRefused == .paymentRefused : outcome == .known)
            case 6, 7:
                guard !references.isEmpty else { continue }
                let known = references[Int(chance.next(UInt64(references.count)))]
                let isRefused = try await refusal {
                    try await hub.reverse(bill.number, known.name, by: known.counter ? .cashier : .bank)
                }
                if isRefused == nil, back.insert(known.name).inserted { tally.add(-known.amount, known.counter) }
            case 8:
                let held = try await hub.bill(bill.number).held
                guard held > 0 else { continue }
                let amount = Int64(chance.next(UInt64(held))) + 1
                _ = try await hub.refund(bill.number, amount, "k\(number)-\(step)")
                tally.add(-amount, true)
            default:
                _ = try await refusal { try await hub.small.act("terbitkan", on: state, by: .officer) }
            }
        }
        check(try await hub.state(state))
    }

    /// What must hold of every case at every time.
    private func check(_ state: HubCase) {
        let bill = state.bill
        var received: Int64 = 0
        var back: Int64 = 0
        var earned: Int64 = 0
        for posting in bill.postings {
            switch posting.kind {
            case .received: received += posting.amount
            case .reversed, .refunded: back += posting.amount
            case .settled: earned += posting.amount
            case .unsettled: earned -= posting.amount
            default: Issue.record("an unknown posting")
            }
        }
        #expect(bill.held >= 0 && received == back + earned + bill.held)
        #expect(bill.state == .settled ? earned >= bill.total : earned == 0)
        #expect(state.stage != "terbit" || bill.state == .settled)
        #expect((state.stage == "bayar") == (bill.state == .open))
    }
}

extension PaymentSequenceTests.Tally {
    fileprivate mutating func add(_ amount: Int64, _ isCounter: Bool) {
        if isCounter { counter += amount } else { bank += amount }
    }
}
