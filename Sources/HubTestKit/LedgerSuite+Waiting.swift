// Promises on where open cases wait.

import HubCore
import HubDomain
import HubProto

extension LedgerSuite {
    private static let front = WaitingPlace.unclaimedAtFront(of: "perizinan")

    private static func waiting(_ ledger: any Ledger, _ place: WaitingPlace) async throws -> [String] {
        try await ledger.waiting(place, limit: 10).map(\.number)
    }

    private static func numbers(_ numbers: Int...) -> [String] { numbers.map { "IZN-2026-\($0)" } }

    static let waitingPlaces: [LedgerPromise] = [
        LedgerPromise("an open case waits in its unit, in its holder's hands, or for whoever is asked") { home in
            let ledger = try await home.open()
            var held = Sample.newCase(1)
            held.holder = "urn:a"
            held.asked = "urn:b"
            var elsewhere = Sample.newCase(2)
            elsewhere.unit = "arsip"
            var ended = Sample.newCase(3)
            ended.ended = true
            for state in [held, elsewhere, ended, Sample.newCase(4)] { try await ledger.write(Sample.commit(state)) }
            try promise(try await waiting(ledger, .held(by: "urn:a")), is: numbers(1))
            try promise(try await waiting(ledger, .asked("urn:b")), is: numbers(1))
            try promise(
                try await waiting(ledger, .unclaimed(unit: "arsip")), is: numbers(2))
            try promise(try await waiting(ledger, front), is: numbers(4))
            try promise(try await waiting(ledger, .unclaimedAtFront(of: "pengaduan")), is: [])
        },
        LedgerPromise("the earliest running deadline comes first, none last, and a limit cuts the rest") { home in
            let ledger = try await home.open()
            for (number, due) in [(1, 300), (2, nil), (3, 100), (4, 200)] as [(Int, Int64?)] {
                var state = Sample.newCase(number)
                if let due { state.deadlines = [Sample.deadline("a", due: Sample.now + due)] }
                try await ledger.write(Sample.commit(state))
            }
            try promise(try await waiting(ledger, front), is: numbers(3, 4, 1, 2))
            let first = try await ledger.waiting(front, limit: 2)
            try promise(first.map(\.number), is: numbers(3, 4))
            let rest = try await ledger.waiting(front, after: first.last, limit: 2)
            try promise(rest.map(\.number), is: numbers(1, 2))
            try promise(try await ledger.waiting(front, after: rest.last, limit: 2).map(\.number), is: [])
        },
        LedgerPromise("a case that changes hands waits in its new place alone, and nowhere when it has ended") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            try await ledger.write(Sample.commit(state))
            state.version = 2
            state.holder = "urn:a"
            state.deadlines = [Sample.deadline("a", due: Sample.now + 5)]
            try await ledger.write(Sample.commit(state))
            try promise(try await waiting(ledger, front), is: [])
            try promise(try await waiting(ledger, .held(by: "urn:a")), is: numbers(1))
            state.version = 3
            state.ended = true
            try await ledger.write(Sample.commit(state))
            try promise(try await waiting(ledger, .held(by: "urn:a")), is: [])
        },
        LedgerPromise("a case waits once for each unit whose advice is open, and no longer than that") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.consultations = ["camat", "order", "order"].map { unit in
                .with { ($0.unit, $0.state) = (unit, .open) }
            }
            try await ledger.write(Sample.commit(state))
            try promise(try await waiting(ledger, .advice(unit: "camat")), is: numbers(1))
            try promise(try await waiting(ledger, .advice(unit: "order")), is: numbers(1))
            try promise(try await waiting(ledger, front), is: numbers(1))
            state.version = 2
            state.consultations[0].state = .given
            state.consultations[1].state = .given
            try await ledger.write(Sample.commit(state))
            try promise(try await waiting(ledger, .advice(unit: "camat")), is: [])
            try promise(try await waiting(ledger, .advice(unit: "order")), is: numbers(1))
            state.version = 3
            state.consultations[2].state = .dropped
            try await ledger.write(Sample.commit(state))
            try promise(try await waiting(ledger, .advice(unit: "order")), is: [])
        },
        LedgerPromise("an inquiry waits for adapters by its next attempt, with its adapter once taken, and for people")
        {
            home in
            let ledger = try await home.open()
            func inquiring(_ number: Int, _ state: HubInquiryState, next: Int64, asked: Int64) -> HubCase {
                var one = Sample.newCase(number)
                one.deadlines = [Sample.deadline("a", due: Sample.now + Int64(number))]
                one.inquiries = [
                    .with {
                        ($0.name, $0.authority, $0.state) = ("nomor", "register", state)
                        ($0.nextMs, $0.askedMs, $0.giveUpMs) = (next, asked, Sample.now + 1_000)
                        if state == .taken { ($0.takenBy, $0.worker) = ("urn:a", "1") }
                    }
                ]
                return one
            }
            let states = [
                inquiring(1, .waiting, next: 300, asked: 10), inquiring(2, .waiting, next: 200, asked: 20),
                inquiring(3, .taken, next: 900, asked: 30), inquiring(4, .parked, next: 0, asked: 5),
                inquiring(5, .answered, next: 0, asked: 1), inquiring(6, .dropped, next: 0, asked: 1),
            ]
            for state in states { try await ledger.write(Sample.commit(state)) }
            let holder = InquiryHolder(principal: "urn:a", worker: "1")
            try promise(try await waiting(ledger, .inquiryWaiting(at: "register")), is: numbers(2, 1))
            try promise(try await waiting(ledger, .inquiryTaken(by: holder)), is: numbers(3))
            try promise(try await waiting(ledger, .inquiryParked(at: "register")), is: numbers(4))
            try promise(try await waiting(ledger, .inquired(of: "register")), is: numbers(4, 1, 2, 3))
            try promise(try await ledger.waitingCount(.inquired(of: "register")), is: 4)
            try promise(try await ledger.waitingCount(.inquired(of: "other")), is: 0)
            try promise(
                try await ledger.dueDeadlines(nowMillis: Sample.now + 1_000, after: nil, limit: 10)
                    .filter { $0.name == "inquiry/nomor" }.count, is: 3)
        },
        LedgerPromise(
            "an appointment waits in its slot, then in its queue by turn, then at the counter, and wakes in between"
        ) {
            home in
            let ledger = try await home.open()
            func coming(_ number: Int, _ state: HubAppointmentState, turn: Int64) -> HubCase {
                var one = Sample.newCase(number)
                one.appointments = [
                    .with {
                        ($0.kind, $0.office, $0.state, $0.startMs) = ("rekam", "pusat", state, Sample.now)
                        ($0.queueDay, $0.turnMs, $0.calledMs, $0.bookedMs) = ("2026-01-05", turn, turn, turn)
                        $0.wakeMs = Sample.now + 5
                    }
                ]
                return one
            }
            let states = [
                coming(1, .booked, turn: 3), coming(2, .booked, turn: 1), coming(3, .checkedIn, turn: 9),
                coming(4, .checkedIn, turn: 8), coming(5, .called, turn: 7), coming(6, .served, turn: 1),
                coming(7, .missed, turn: 1),
            ]
            for state in states { try await ledger.write(Sample.commit(state)) }
            let slot = WaitingPlace.slot(office: "pusat", kind: "rekam", startMillis: Sample.now)
            let queue = WaitingPlace.queue(office: "pusat", kind: "rekam", day: "2026-01-05")
            let called = WaitingPlace.calledFrom(office: "pusat", kind: "rekam", day: "2026-01-05")
            try promise(try await waiting(ledger, slot), is: numbers(2, 1))
            try promise(try await waiting(ledger, queue), is: numbers(4, 3))
            try promise(try await waiting(ledger, called), is: numbers(5))
            try promise(
                try await waiting(ledger, .slot(office: "pusat", kind: "rekam", startMillis: Sample.now + 1)), is: [])
            let due = try await ledger.dueDeadlines(nowMillis: Sample.now + 5, after: nil, limit: 10)
            try promise(due.filter { $0.name == "appointment/rekam" }.count, is: 5)
            var freed = states[0]
            freed.version = 2
            freed.appointments[0].state = .freed
            freed.appointments.append(.with { ($0.kind, $0.state) = ("rekam", .wanted) })
            try await ledger.write(Sample.commit(freed))
            try promise(try await waiting(ledger, slot), is: numbers(2))
            try promise(try await waiting(ledger, .freed(from: "pusat")), is: numbers(1))
        },
        LedgerPromise("a paper that waits for its signature wakes as a deadline does, also of a case that has ended") {
            home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.ended = true
            state.papers = [.with { ($0.name, $0.state, $0.dueMs) = ("permit", .due, Sample.now + 5) }]
            try await ledger.write(Sample.commit(state))
            let due = try await ledger.dueDeadlines(nowMillis: Sample.now + 5, after: nil, limit: 10)
            try promise(due.map(\.name), is: ["paper/permit"])
            try promise(try await ledger.nextDueMillis(after: Sample.now), is: Sample.now + 5)
            state.version = 2
            state.papers[0].state = .issued
            try await ledger.write(Sample.commit(state))
            try promise(try await ledger.nextDueMillis(after: Sample.now), is: nil)
        },
    ]
}
