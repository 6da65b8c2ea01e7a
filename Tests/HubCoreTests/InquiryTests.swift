// An authority is asked, answers late, wrong, twice or not at all, and the case gets its number once.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("Inquiries")
struct InquiryTests {
    // MARK: Asking and answering

    @Test("a case that comes to the stage waits, and an adapter is given what the rule sends and nothing else")
    func asked() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        #expect(state.stage == "menunggu" && state.inquiry.state == .waiting && state.inquiry.round == 1)
        let taken = try #require(try await hub.take().first)
        #expect(taken.id == state.inquiry.id && taken.id.count == 16 && taken.case == state.number)
        #expect(taken.values.map(\.name) == ["wilayah", "lahir", "kelamin"] && taken.attempt == 1)
        #expect(taken.receives.map(\.field) == ["nik", "akta"])
        #expect(taken.leaseMs == hub.small.clock.nowMillis() + 300_000)
        #expect(try await hub.take(worker: "2") == [], "one adapter has it")
        #expect(try await hub.state(state).inquiry.takenBy == Caller.register.principal.urn)
    }

    @Test("a right answer is written and sends the case on in one commit, with its proof and without a module")
    func answered() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let taken = try #require(try await hub.take().first)
        let reply = try await hub.bring(InquiringHub.answer([UInt8](taken.id), akta: "000001"))
        #expect(reply.state == .answered && reply.stage == "terdaftar" && !reply.repeated)
        let after = try await hub.state(state)
        #expect(after.stage == "terdaftar" && after.nik == InquiringHub.right && after.version == state.version + 2)
        #expect(after.inquiry.state == .answered && after.inquiry.reference == "REG-1")
        #expect(after.inquiry.proof.count == 32 && after.deadlines.map(\.state) == [.met])
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.kind == .inquired && event.action == "nomor" && event.changed.map(\.name) == ["nik", "akta"])
        #expect(event.inquiries.map(\.state) == [.answered] && event.inquiries[0].reference.isEmpty)
        #expect(event.stageBefore == "menunggu" && event.stageAfter == "terdaftar")
    }

    @Test("what the authority refuses goes back with its reason, and is asked again under the same id")
    func refused() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let taken = try #require(try await hub.take().first)
        var refusal = InquiringHub.answer([UInt8](taken.id), nil)
        refusal.refusal = .with { ($0.code, $0.reason) = ("data-beda", "NIK ibu tidak ditemukan.") }
        #expect(try await hub.bring(refusal).stage == "diperiksa")
        let back = try await hub.state(state)
        #expect(back.inquiry.state == .refused && back.inquiry.refusal == "data-beda")
        #expect(back.note == "NIK ibu tidak ditemukan.")
        let again = try await hub.small.act("kirim", on: state, by: .officer)
        #expect(again.inquiries.count == 1 && again.inquiry.id == taken.id && again.inquiry.round == 2)
        #expect(again.inquiry.state == .waiting && again.inquiry.refusal.isEmpty)
    }

    @Test("a case that has the number already is sent on, and nobody is asked")
    func known() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked(by: "isi")
        #expect(state.stage == "terdaftar" && state.inquiries.isEmpty && state.nik == InquiringHub.right)
        #expect(try await hub.take() == [])
    }

    @Test("a step within the stage asks nothing anew, and a case that goes elsewhere drops what it asked")
    func dropped() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let taken = try #require(try await hub.take().first)
        #expect(try await hub.small.act("catat", on: state, by: .officer).inquiry.state == .taken)
        let gone = try await hub.small.act("tarik", on: state, by: .officer)
        #expect(gone.stage == "diperiksa" && gone.inquiry.state == .dropped)
        let late = InquiringHub.answer([UInt8](taken.id))
        #expect(try await refusal { try await hub.bring(late) } == .inquiryAnswerRefused)
        #expect(try await refusal { try await hub.bring(late) } == .inquiryAnswerRefused)
        let after = try await hub.state(state)
        #expect(after.stage == "diperiksa" && after.nik.isEmpty && after.inquiry.contradictions == 1)
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.inquiries.map(\.proof) == [late.proof], "the proof stays in the log")
        // It comes back: the register knows the id, and gives the same number.
        try await hub.small.act("kirim", on: state, by: .officer)
        #expect(try await hub.take().map(\.id) == [taken.id])
        #expect(try await hub.bring(late).state == .answered)
    }

    // MARK: Once

    @Test("the same answer again changes nothing, whatever its key; another one is refused and told")
    func twice() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let id = [UInt8](try #require(try await hub.take().first).id)
        let key = Array("answer-key-00000001".utf8)
        let first = try await hub.bring(InquiringHub.answer(id), key: key)
        #expect(try await hub.bring(InquiringHub.answer(id), key: key) == first)
        let again = try await hub.bring(InquiringHub.answer(id))
        #expect(again.repeated && again.state == .answered && again.receipt.sequence == first.receipt.sequence)
        let version = try await hub.state(state).version
        let other = InquiringHub.answer(id, "3402014501260002")
        for _ in 1...3 { #expect(try await refusal { try await hub.bring(other) } == .inquiryAnswerRefused) }
        let after = try await hub.state(state)
        #expect(after.nik == InquiringHub.right && after.inquiry.contradictions == 1 && after.version == version + 1)
        #expect(after.inquiry.problem == .contradicted && after.inquiry.state == .answered)
    }

    @Test("a late answer counts when nobody else has answered, also of what is parked")
    func late() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let id = [UInt8](try #require(try await hub.take().first).id)
        try await hub.wait(seconds: 301)
        #expect(try await hub.state(state).inquiry.problem == .lapsed)
        try await hub.wait(seconds: 49 * 3_600)
        #expect(try await hub.state(state).inquiry.state == .parked)
        #expect(try await hub.bring(InquiringHub.answer(id)).state == .answered)
        #expect(try await hub.state(state).nik == InquiringHub.right)
    }

    @Test("a number that another case got is no answer")
    func unique() async throws {
        let hub = try await InquiringHub.open()
        let (first, second) = (try await hub.asked(), try await hub.asked())
        try await hub.bring(InquiringHub.answer([UInt8](first.inquiry.id)))
        do {
            try await hub.bring(InquiringHub.answer([UInt8](second.inquiry.id)))
            Issue.record("two cases got one number")
        } catch let error as HubError {
            #expect(error.code == .inquiryAnswerRefused && error.violations.map(\.rule) == ["unique"])
        }
        #expect(try await hub.state(second).inquiry.problem == .wrong)
        try await hub.bring(InquiringHub.answer([UInt8](second.inquiry.id), "3402014501260002"))
        #expect(try await hub.state(second).nik == "3402014501260002")
    }

    // MARK: Wrong, slow, down

    @Test("a wrong number is refused by field, counted, never written, and after three a person must look")
    func wrong() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        for (count, wrong) in InquiringHub.wrongs.enumerated() {
            let taken = try #require(try await hub.take().first)
            do {
                try await hub.bring(InquiringHub.answer([UInt8](taken.id), wrong))
                Issue.record("a wrong number was taken")
            } catch let error as HubError {
                #expect(error.code == .inquiryAnswerRefused && error.violations.map(\.field) == ["nik"])
            }
            let present = try await hub.state(state)
            #expect(present.nik.isEmpty && present.stage == "menunggu" && present.inquiry.faults == UInt32(count + 1))
            #expect(present.inquiry.details == [count == 0 ? "nik/nik" : "nik/nik_birth_date"])
            try await hub.wait(seconds: 3_600)
        }
        #expect(try await hub.state(state).inquiry.state == .parked)
        #expect(try await hub.take() == [])
        #expect(try await hub.list(parked: true).map(\.case) == [state.number])
        #expect(try await hub.retry(case: state.number).map(\.inquiry.state) == [.waiting])
        let taken = try #require(try await hub.take().first)
        try await hub.bring(InquiringHub.answer([UInt8](taken.id)))
        #expect(try await hub.state(state).stage == "terdaftar")
    }

    @Test("the same wrong answer sent again is refused again and not counted again")
    func wrongAgain() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let id = [UInt8](try #require(try await hub.take().first).id)
        for _ in 1...5 {
            #expect(
                try await refusal { try await hub.bring(InquiringHub.answer(id, InquiringHub.wrongs[0])) }
                    == .inquiryAnswerRefused)
        }
        #expect(try await hub.state(state).inquiry.faults == 1)
    }

    @Test("an authority that is down costs no faults: waits double up to an hour, and two days later a person looks")
    func down() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        var waits: [Int64] = []
        while let taken = try await hub.take().first {
            let reply = try await hub.fail(taken, .unreachable)
            guard reply.state == .waiting else { break }
            waits.append((reply.nextMs - hub.small.clock.nowMillis()) / 1_000)
            try await hub.wait(seconds: waits.last ?? 0)
        }
        #expect(Array(waits.prefix(8)) == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600])
        #expect(waits.count > 48 && waits.count < 60)
        let parked = try await hub.state(state)
        #expect(parked.inquiry.state == .parked && parked.inquiry.problem == .unreachable && parked.inquiry.faults == 0)
        #expect(parked.escalation == 1, "the stage's own clock has called for somebody")
        #expect(try await hub.retry(authority: "siak").count == 1)
        let taken = try #require(try await hub.take().first)
        #expect(try await hub.bring(InquiringHub.answer([UInt8](taken.id))).state == .answered)
    }

    @Test("an authority that asks to come later is not asked before")
    func busy() async throws {
        let hub = try await InquiringHub.open()
        try await hub.asked()
        let taken = try #require(try await hub.take().first)
        #expect(try await hub.fail(taken, .busy, after: 7_200).nextMs == hub.small.clock.nowMillis() + 7_200_000)
        try await hub.wait(seconds: 7_199)
        #expect(try await hub.take() == [])
        try await hub.wait(seconds: 1)
        #expect(try await hub.take().count == 1)
    }

    @Test("what nobody took in time is parked as expired, by the clock alone")
    func expired() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        try await hub.wait(seconds: 48 * 3_600 - 1)
        #expect(try await hub.state(state).inquiry.state == .waiting)
        try await hub.wait(seconds: 1)
        #expect(try await hub.state(state).inquiry.state == .parked)
        #expect(try await hub.state(state).inquiry.problem == .expired)
    }

    // MARK: Adapters that die

    @Test("a worker that comes back is given what it had at once; another one waits for the lease")
    func workers() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let first = try #require(try await hub.take(worker: "a").first)
        #expect(try await hub.take(worker: "b") == [])
        let again = try #require(try await hub.take(worker: "a").first)
        #expect(again.id == first.id && again.attempt == 2)
        #expect(try await hub.state(state).inquiry.faults == 1, "it may have died of this one")
        try await hub.wait(seconds: 300)
        #expect(try await hub.take(worker: "b") == [], "a lapse is waited out like a failure")
        try await hub.wait(seconds: 120)
        #expect(try await hub.take(worker: "b").map(\.id) == [first.id])
    }

    @Test("an inquiry that kills its adapter each time is parked, and the others go on")
    func poison() async throws {
        let hub = try await InquiringHub.open()
        let poison = try await hub.asked()
        for _ in 1...3 { #expect(try await hub.take().count == 1) }
        let other = try await hub.asked()
        #expect(try await hub.take().map(\.case) == [other.number])
        #expect(try await hub.state(poison).inquiry.state == .parked)
        #expect(try await hub.state(poison).inquiry.problem == .lapsed)
    }

    @Test("what waited longest is given first, and each inquiry once, however many ask")
    func order() async throws {
        let hub = try await InquiringHub.open()
        var numbers: [String] = []
        for _ in 1...9 {
            numbers.append(try await hub.asked().number)
            try await hub.wait(seconds: 1)
        }
        var given: [String] = []
        for worker in 1...5 { given += try await hub.take(2, worker: "\(worker)").map(\.case) }
        #expect(given == numbers)
    }

    @Test("an adapter that waits is answered when there is something, and after its time when there is not")
    func longPoll() async throws {
        let hub = try await InquiringHub.open()
        #expect(try await hub.take(waitMillis: 1_000) == [])
        async let taken = hub.take(waitMillis: 25_000)
        let state = try await hub.asked()
        var found = try await taken.map(\.case)
        // Its looks may all be over before the case comes: nothing is lost then.
        if found.isEmpty { found = try await hub.take().map(\.case) }
        #expect(found == [state.number])
        hub.small.health.drain()
        #expect(try await hub.take(worker: "2", waitMillis: 25_000) == [], "a hub that stops keeps nobody")
    }

    // MARK: Who may what

    @Test("an adapter of another authority finds nothing, and can neither answer nor fail")
    func rights() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        #expect(try await hub.take(by: .otherRegister) == [])
        let taken = try #require(try await hub.take().first)
        let answer = InquiringHub.answer([UInt8](taken.id))
        #expect(try await refusal { try await hub.bring(answer, by: .otherRegister) } == .inquiryUnknown)
        #expect(try await refusal { try await hub.fail(taken, .busy, by: .otherRegister) } == .inquiryUnknown)
        #expect(try await refusal { try await hub.bring(InquiringHub.answer(Array(1...16))) } == .inquiryUnknown)
        #expect(try await refusal { try await hub.small.get(state, by: .register) } == .permissionDenied)
        #expect(try await hub.state(state).inquiry.state == .taken)
    }

    @Test("an answer of another form is refused before anything else")
    func malformed() async throws {
        let hub = try await InquiringHub.open()
        let id = [UInt8](try await hub.asked().inquiry.id)
        var wrongs = [InquiringHub.answer(Array(id.dropLast()))]
        for change in [
            { $0.proof = .init() }, { $0.reference = String(repeating: "x", count: 129) },
            { $0.refusal = .with { ($0.code, $0.reason) = ("a", "b") } },
        ] as [(inout LayananAnswerInquiryRequest) -> Void] {
            var answer = InquiringHub.answer(id)
            change(&answer)
            wrongs.append(answer)
        }
        var refused = InquiringHub.answer(id, nil)
        refused.refusal = .with { ($0.code, $0.reason) = ("Besar", "") }
        for answer in wrongs + [refused] {
            #expect(try await refusal { try await hub.bring(answer) } == .formInvalid)
        }
        let taken = try #require(try await hub.take().first)
        #expect(try await refusal { try await hub.fail(taken, .wrong) } == .formInvalid)
    }

    @Test("values that nobody asked for, twice, missing or of too few digits are named, each")
    func violations() async throws {
        let hub = try await InquiringHub.open()
        let id = [UInt8](try await hub.asked().inquiry.id)
        var many = InquiringHub.answer(id, InquiringHub.right, akta: "12345")
        many.values += [.with { ($0.name, $0.text) = ("rahasia", "y") }, many.values[0]]
        many.documents = [.with { ($0.kind, $0.sha256) = ("sketsa", .init(count: 32)) }]
        do {
            try await hub.bring(many)
            Issue.record("was taken")
        } catch let error as HubError {
            #expect(
                error.violations.map { "\($0.field)/\($0.rule)" } == [
                    "akta/digits", "rahasia/unknown_field", "nik/duplicate", "documents/sketsa/unknown_document",
                    "documents/sketsa/not_stored",
                ])
        }
        do { try await hub.bring(InquiringHub.answer(id, nil)) } catch let error as HubError {
            #expect(error.violations.map { "\($0.field)/\($0.rule)" } == ["nik/required"])
        }
    }

    @Test("a document that the adapter put comes with the answer")
    func document() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let hash = [UInt8](repeating: 9, count: 32)
        try await hub.small.ledger.putDocument(
            sha256: hash,
            StoredDocument(mediaType: "application/pdf", size: 5, owner: Caller.register.principal.urn))
        var answer = InquiringHub.answer([UInt8](state.inquiry.id))
        answer.documents = [
            .with { ($0.kind, $0.sha256, $0.size, $0.mediaType) = ("bukti", .init(hash), 5, "application/pdf") }
        ]
        try await hub.bring(answer)
        #expect(try await hub.state(state).documents.map(\.kind) == ["bukti"])
    }

    @Test("officers of the department list and release; others see nothing, and nothing that is not parked is released")
    func offices() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        #expect(try await hub.list().map(\.case) == [state.number])
        #expect(try await hub.list(by: .stranger) == [])
        #expect(try await refusal { try await hub.retry(case: state.number) } == .actionNotAllowed)
        try await hub.wait(seconds: 48 * 3_600)
        #expect(try await refusal { try await hub.retry(case: state.number, by: .stranger) } == .caseNotFound)
        #expect(try await hub.retry(authority: "siak", by: .stranger) == [])
        #expect(try await refusal { try await hub.retry(case: state.number, authority: "siak") } == .formInvalid)
        #expect(try await hub.retry(authority: "siak").map(\.case) == [state.number])
    }

    @Test("a page of inquiries holds what its reader may see, however much of others waits before it")
    func othersBefore() async throws {
        let hub = try await InquiringHub.open()
        for _ in 0..<5 { try await hub.asked() }
        let own = try await hub.asked(for: SmallHub.budi)
        hub.small.wait(hours: 1)
        try await hub.asked(for: SmallHub.budi)
        let request = LayananListInquiriesRequest.with { $0.pageSize = 1 }
        let reply = try await hub.small.call(
            .listInquiries, request, as: LayananListInquiriesReply.self, by: .portal, for: SmallHub.budi)
        #expect(reply.inquiries.map(\.case) == [own.number] && reply.more)
    }

    @Test("an applicant sees whom the case waits for and what is in the way, and nothing of adapters or references")
    func applicants() async throws {
        let hub = try await InquiringHub.open()
        let state = try await hub.asked()
        let taken = try #require(try await hub.take().first)
        try await hub.fail(taken, .unreachable)
        var seen = try await hub.small.get(state, by: .portal, for: SmallHub.anna).inquiry
        #expect(seen.authority == "siak" && seen.state == .waiting && seen.problem == .unreachable)
        try await hub.bring(InquiringHub.answer([UInt8](taken.id)))
        seen = try await hub.small.get(state, by: .portal, for: SmallHub.anna).inquiry
        #expect(seen.state == .answered && seen.reference.isEmpty && seen.proof.isEmpty && seen.takenBy.isEmpty)
        let events = try await hub.small.history(of: state, by: .portal, for: SmallHub.anna).events
        #expect(events.flatMap(\.inquiries).allSatisfy { $0.proof.isEmpty } && events.allSatisfy { $0.changed.isEmpty })
    }

    // MARK: Status

    @Test("everybody reads how an authority does: unattended, failing since when, answering, and when it did last")
    func status() async throws {
        let ledger = InMemoryLedger()
        let hub = try await InquiringHub.open(ledger: ledger)
        var status = try #require(try await hub.status())
        #expect(status.condition == .answering && status.waiting == 0 && status.services == [SmallHub.service])
        let state = try await hub.asked()
        try await hub.asked()
        try await hub.wait(seconds: 301)
        status = try #require(try await hub.status())
        #expect(status.condition == .unattended && status.waiting == 2 && status.oldestMs == state.inquiry.askedMs)
        let taken = try #require(try await hub.take(1).first)
        #expect(try await hub.status()?.condition == .answering)
        let since = hub.small.clock.nowMillis()
        try await hub.fail(taken, .unreachable)
        try await hub.wait(seconds: 60)
        try await hub.fail(try #require(try await hub.take(1, worker: "2").first), .busy)
        status = try #require(try await hub.status())
        #expect(status.condition == .failing && status.failingMs == since && status.problem == .busy)
        #expect(!status.text.id.isEmpty && !status.text.en.isEmpty)
        let answered = hub.small.clock.nowMillis()
        try await hub.bring(InquiringHub.answer([UInt8](taken.id)))
        status = try #require(try await hub.status())
        #expect(status.condition == .answering && status.answeredMs == answered && status.waiting == 1)
        #expect(status.failingMs == 0)
        let restarted = try await InquiringHub.open(ledger: ledger)
        #expect(try await restarted.status()?.answeredMs == answered, "a hub that starts anew knows it")
    }
}
