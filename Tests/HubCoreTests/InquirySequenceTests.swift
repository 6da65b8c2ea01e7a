// An authority that does whatever it likes, adapters that die at any moment: each case gets one number, its own.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("random authorities")
struct InquirySequenceTests {
    /// So that a failure repeats.
    private struct Chance {
        private var numbers: SplitMix64
        init(seed: UInt64) { numbers = SplitMix64(seed: seed) }
        mutating func next(_ bound: UInt64) -> UInt64 { numbers.next() % bound }
    }

    @Test(
        "whatever is slow, down, wrong, late or twice, and whoever dies in between: each case ends with one number",
        arguments: [1, 2, 3, 2_026] as [UInt64])
    func sequences(seed: UInt64) async throws {
        var chance = Chance(seed: seed)
        let hub = try await InquiringHub.open()
        var register = SimulatedAuthority(
            seed: seed, makers: ["nik": .nik(area: "wilayah", birth: "lahir", sex: "kelamin", female: "p")])
        (register.habits.busy, register.habits.unclear) = (10, 5)
        (register.habits.wrong, register.habits.refuses, register.habits.lost) = (15, 5, 10)
        var cases: [HubCase] = []
        var late: [LayananAnswerInquiryRequest] = []
        var given: [LayananTakenInquiry] = []
        for turn in 0..<600 {
            if cases.count < 60, chance.next(3) == 0 {
                cases.append(try await hub.asked(born: chance.next(2) == 0 ? "2026-01-05" : "2025-12-31"))
            }
            if turn == 200 { register.downUntilMillis = hub.small.clock.nowMillis() + 3 * 86_400_000 }
            for inquiry in try await hub.take(UInt32(chance.next(4)) + 1, worker: "\(chance.next(3))") {
                given.append(inquiry)
                // Killed between Take and Answer.
                if chance.next(8) == 0 { continue }
                switch register.reply(to: inquiry, nowMillis: hub.small.clock.nowMillis()) {
                case .silence: break
                case .problem(let problem): try await hub.fail(inquiry, problem)
                case .answer(let answer):
                    if chance.next(6) == 0 { late.append(answer) } else { await tell(answer, hub) }
                    if chance.next(6) == 0 { await tell(answer, hub) }
                }
            }
            if chance.next(4) == 0, let answer = late.popLast() { await tell(answer, hub) }
            if chance.next(5) == 0, let inquiry = given.randomElement(using: chance.next(UInt64(max(1, given.count)))) {
                await tell(register.contradiction(of: inquiry), hub)
            }
            if chance.next(10) == 0, let state = cases.randomElement(using: chance.next(UInt64(max(1, cases.count)))) {
                _ = try? await hub.small.act("tarik", on: state, by: .officer)
            }
            try await hub.wait(seconds: Int64(chance.next(1_200)))
            if turn % 7 == 0 { try await resume(cases, hub) }
        }
        try await settle(hub, &register, cases)
        try await judge(hub, register, cases)
    }

    /// Whatever comes of it: what is refused must leave no trace in the case, and that is looked at in the end.
    private func tell(_ answer: LayananAnswerInquiryRequest, _ hub: InquiringHub) async {
        _ = try? await hub.bring(answer)
    }

    /// People release what is parked, and send on what was taken back or refused.
    private func resume(_ cases: [HubCase], _ hub: InquiringHub) async throws {
        try await hub.retry(authority: "siak")
        for state in cases where try await hub.state(state).stage == "diperiksa" {
            try await hub.small.act("kirim", on: state, by: .officer)
        }
    }

    /// The authority does its work from now on; only what is still open goes on.
    private func settle(_ hub: InquiringHub, _ register: inout SimulatedAuthority, _ cases: [HubCase]) async throws {
        register.habits = SimulatedAuthority.Habits()
        register.downUntilMillis = .min
        for _ in 0..<40 {
            try await hub.wait(seconds: 3_600)
            try await resume(cases, hub)
            for inquiry in try await hub.take(32, worker: "last") {
                if case .answer(let answer) = register.reply(to: inquiry, nowMillis: 0) { await tell(answer, hub) }
            }
        }
    }

    private func judge(_ hub: InquiringHub, _ register: SimulatedAuthority, _ cases: [HubCase]) async throws {
        #expect(cases.count == 60 && register.asked > 60)
        var numbers: Set<String> = []
        var (faults, contradictions) = (0, 0)
        for filed in cases {
            let state = try await hub.state(filed)
            #expect(state.stage == "terdaftar", "\(state.number) is lost in \(state.stage)")
            #expect(numbers.insert(state.nik).inserted, "two cases have one number")
            let nik = try #require(NIK(state.nik))
            let born = try #require(state.data.first { $0.name == "lahir" }.flatMap { CalendarDate(iso: $0.text) })
            #expect(!nik.contradicts(birthDate: born, female: true), "a number of somebody else")
            var answers: Set<String> = []
            for event in try await hub.small.history(of: state, by: .officer).events {
                if event.changed.contains(where: { $0.name == "nik" }) {
                    answers.insert(event.changed.first { $0.name == "nik" }?.text ?? "")
                }
                faults += event.inquiries.count { $0.problem == .wrong || $0.problem == .lapsed }
            }
            #expect(answers == [state.nik], "a number was written and written over")
            contradictions += Int(state.inquiry.contradictions)
        }
        #expect(faults > 20 && contradictions > 0, "nothing went wrong: the authority was too good")
        #expect(try await hub.list() == [])
        _ = try await hub.small.ledger.verifyChain()
    }
}

extension Array {
    /// The element at a place that chance gave; nil when there is none.
    fileprivate func randomElement(using place: UInt64) -> Element? {
        isEmpty ? nil : self[Int(place % UInt64(count))]
    }
}
