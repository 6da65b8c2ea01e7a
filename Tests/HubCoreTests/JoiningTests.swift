// Two cases that go on as one, and one that goes on as two: both are remembered at once, or neither.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Merging and splitting")
struct JoiningTests {
    @Test("a merged case ends where its definition says, its complainant follows the other, and both histories tell")
    func merged() async throws {
        let hub = try await PublicHub.open()
        let one = try await hub.file(for: SmallHub.budi).case
        let other = try await hub.file().case
        let ended = try await hub.merge(one, into: other)
        #expect(ended.stage == "digabung" && ended.mergedInto == other.number)
        #expect(ended.deadlines.allSatisfy { $0.state == .met })
        let first = try await hub.small.history(of: one, by: .officer).events.last
        let second = try await hub.small.history(of: other, by: .officer).events.last
        #expect(first?.kind == .merged && first?.otherCase == other.number && first?.note == "Hal yang sama.")
        #expect(second?.kind == .merged && second?.otherCase == one.number && second?.stageAfter == "diterima")
        let followed = try await hub.small.call(
            .followedComplaints, LayananFollowingRequest(), as: LayananFollowingReply.self, by: .portal,
            for: SmallHub.budi)
        #expect(followed.cases.map(\.number) == [other.number])
        // The other complainant is told that it happened, not whose case it was.
        let told = try await hub.small.history(of: other, by: .portal, for: SmallHub.anna).events.last
        #expect(told?.kind == .merged && told?.otherCase.isEmpty == true && told?.note.isEmpty == true)
        #expect(try await hub.small.get(one, by: .portal, for: SmallHub.budi).mergedInto == other.number)
    }

    @Test("neither with itself, nor with what has ended, nor into what its complainant may not read, nor by a stranger")
    func refused() async throws {
        let hub = try await PublicHub.open()
        let one = try await hub.file(for: SmallHub.budi).case
        let hidden = try await hub.file(["sifat": "rahasia"]).case
        await #expect(throws: HubError(.joiningRefused, "")) { try await hub.merge(one, into: one) }
        await #expect(throws: HubError(.joiningRefused, "")) { try await hub.merge(one, into: hidden) }
        let other = try await hub.file().case
        await #expect(throws: HubError(.caseNotFound, "")) { try await hub.merge(one, into: other, by: .stranger) }
        await #expect(throws: HubError(.permissionDenied, "")) {
            try await hub.merge(other, into: one, by: .portal, for: SmallHub.anna)
        }
        try await hub.act("tarik", on: other, by: .portal, for: SmallHub.anna, method: .withdrawComplaint)
        await #expect(throws: HubError(.joiningRefused, "")) { try await hub.merge(one, into: other) }
        await #expect(throws: HubError(.joiningRefused, "")) { try await hub.merge(other, into: one) }
    }

    @Test(
        "a public case goes on with no secret one, its complainant's own either; of two secret ones that is no secret")
    func secret() async throws {
        let hub = try await PublicHub.open()
        let one = try await hub.file(for: SmallHub.budi).case
        let own = try await hub.file(["sifat": "rahasia"], for: SmallHub.budi).case
        let other = try await hub.file(["sifat": "rahasia"], for: SmallHub.budi).case
        await #expect(throws: HubError(.joiningRefused, "")) { try await hub.merge(one, into: own) }
        #expect(try await hub.merge(other, into: own).mergedInto == own.number)
        #expect(try await hub.merge(own, into: one).mergedInto == one.number, "the complainant follows in public")
    }

    @Test("what waits for a second pair of eyes does not get around them by a merge; sent back it goes on with another")
    func eyes() async throws {
        let hub = try await PublicHub.open()
        let (one, other) = (try await hub.file().case, try await hub.file().case)
        let closing = try await hub.act("tutup", on: one)
        await #expect(throws: HubError(.joiningRefused, "")) { try await hub.merge(closing, into: other) }
        try await hub.act("kembalikan", on: closing, by: .clerk)
        #expect(try await hub.merge(one, into: other).ended)
    }

    @Test("the case that goes on keeps the earlier deadline of each clock that ran in both")
    func clocks() async throws {
        let hub = try await PublicHub.open()
        let early = try await hub.file(for: SmallHub.budi).case
        hub.small.wait(hours: 24)
        let (late, later) = (try await hub.file().case, try await hub.file().case)
        try await hub.merge(early, into: late)
        let state = try await hub.small.get(late, by: .officer)
        #expect(state.deadlines.map(\.dueMs) == early.deadlines.map(\.dueMs))
        #expect(state.deadlines.map(\.startedMs) == early.deadlines.map(\.startedMs))
        try await hub.merge(later, into: late)
        #expect(try await hub.small.get(late, by: .officer).deadlines == state.deadlines, "a later one changes nothing")
        // One that was answered owes no first answer any more.
        let answered = try await hub.act("jawab", on: try await hub.file().case, note: "Kami periksa.")
        try await hub.merge(late, into: answered)
        #expect(try await hub.small.get(answered, by: .officer).deadlines.map(\.state) == [.met])
    }

    @Test(
        "whoever followed a case, and its complainant, follow the one with which it goes on, however often and whatever the limits"
    )
    func followers() async throws {
        let hub = try await PublicHub.open()
        let book = FollowBook(ledger: hub.small.ledger)
        let (one, second) = (try await hub.file(for: SmallHub.budi).case, try await hub.file().case)
        let last = try await hub.file(for: "nik:9").case
        for citizen in ["nik:7", "nik:9"] { try await hub.follow(one, by: citizen) }
        try await hub.follow(second, by: "nik:8")
        // Who follows as many as one may is moved all the same.
        let full = (0..<FollowBook.casesMax).map {
            [UInt8](repeating: 0, count: 14) + [UInt8($0 / 256), UInt8($0 % 256)]
        }
        let record = try #require(try await book.change(SmallHub.budi, full[0], follows: true)?.records[0])
        var commit = Commit(key: nil, atMillis: 1)
        commit.records = [RecordWrite(key: record.key, expectedVersion: 0, body: full.flatMap(\.self))]
        _ = try await hub.small.ledger.commit(commit)
        try await hub.merge(one, into: second)
        try await hub.merge(second, into: last)
        let names = try await book.persons(of: [UInt8](last.id)).names
        #expect(Set(names) == [SmallHub.anna, SmallHub.budi, "nik:7", "nik:8"], "nik:9 is told of its own case anyway")
        for citizen in [SmallHub.anna, "nik:7", "nik:8"] {
            #expect(try await book.cases(of: citizen).ids == [[UInt8](last.id)])
        }
        #expect(try await book.cases(of: "nik:9").ids.isEmpty)
        #expect(try await book.cases(of: SmallHub.budi).ids == full + [[UInt8](last.id)])
        for gone in [one, second] { #expect(try await book.persons(of: [UInt8](gone.id)).version == 0) }
    }

    @Test("many who follow at the same time hold up no merge")
    func followed() async throws {
        let hub = try await PublicHub.open()
        for _ in 0..<5 {
            let (one, other) = (try await hub.file(for: SmallHub.budi).case, try await hub.file().case)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 { group.addTask { try await hub.follow(other, by: "nik:\(number)") } }
                group.addTask { try await hub.merge(one, into: other) }
                try await group.waitForAll()
            }
            let names = try await FollowBook(ledger: hub.small.ledger).persons(of: [UInt8](other.id)).names
            #expect(Set(names) == Set((0..<12).map { "nik:\($0)" } + [SmallHub.budi]))
        }
    }

    @Test("two that are merged into each other at the same time never both end")
    func crossed() async throws {
        let hub = try await PublicHub.open()
        for _ in 0..<20 {
            let (one, other) = (try await hub.file().case, try await hub.file().case)
            let done = await withTaskGroup(of: Bool.self) { group in
                group.addTask { (try? await hub.merge(one, into: other)) != nil }
                group.addTask { (try? await hub.merge(other, into: one)) != nil }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            let states = [try await hub.small.get(one, by: .officer), try await hub.small.get(other, by: .officer)]
            #expect(done == 1 && states.count(where: \.ended) == 1)
        }
    }

    @Test("one case merged into two at the same time goes on with one of them alone")
    func twice() async throws {
        let hub = try await PublicHub.open()
        for _ in 0..<20 {
            let one = try await hub.file(for: SmallHub.budi).case
            let others = [try await hub.file().case, try await hub.file().case]
            let done = await withTaskGroup(of: Bool.self) { group in
                for other in others { group.addTask { (try? await hub.merge(one, into: other)) != nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            var told = 0
            for other in others {
                told += try await hub.small.history(of: other, by: .officer).events.count { $0.kind == .merged }
            }
            #expect(done == 1 && told == 1)
        }
    }

    // MARK: Splitting

    private func split(
        _ hub: PublicHub, _ state: HubCase, _ form: [String: String] = ["kategori": "lampu", "isi": "PJU padam"],
        key: [UInt8]? = nil
    ) async throws -> HubCase {
        let request = LayananSplitRequest.with {
            ($0.case, $0.note) = (state.number, "Dua hal dalam satu aduan.")
            $0.form = form.sorted { $0.key < $1.key }.map { name, text in .with { ($0.name, $0.text) = (name, text) } }
        }
        return try await hub.small.call(.splitComplaint, request, as: LayananCaseReply.self, by: .officer, key: key)
            .case
    }

    @Test("the part has the request's form but for what is other, the same complainant, and clocks from the first day")
    func parted() async throws {
        let hub = try await PublicHub.open()
        let whole = try await hub.file(["wilayah": "340201", "isi": "Jalan rusak dan PJU padam"]).case
        hub.small.wait(hours: 24)
        let part = try await split(hub, whole)
        #expect(part.splitFrom == whole.number && part.applicant == SmallHub.anna && part.version == 1)
        #expect(part.unit == "bina-marga", "it goes its own way by the routes")
        #expect(part.data.plainText(of: "wilayah") == "340201" && part.data.plainText(of: "isi") == "PJU padam")
        #expect(part.createdMs == whole.createdMs)
        #expect(part.deadlines.map(\.dueMs) == whole.deadlines.map(\.dueMs) && part.id != whole.id)
        let rest = try await hub.small.get(whole, by: .officer)
        #expect(rest.splitInto == [part.number] && rest.stage == whole.stage && rest.data == whole.data)
        let events = try await hub.small.history(of: whole, by: .portal, for: SmallHub.anna).events
        #expect(events.last?.kind == .split && events.last?.otherCase == part.number)
        let own = try await hub.small.history(of: part, by: .portal, for: SmallHub.anna).events
        #expect(own.map(\.kind) == [.split] && own.first?.otherCase == whole.number)
    }

    @Test("a part of a case that has waited too long is late at once, as its complainant is")
    func late() async throws {
        let hub = try await PublicHub.open()
        let whole = try await hub.file().case
        hub.small.wait(hours: 80)
        let part = try await split(hub, whole)
        try await hub.small.hub.deadlines.fire()
        let state = try await hub.small.get(part, by: .officer)
        #expect(state.deadlines.map(\.state) == [.passed] && state.escalation == 1)
    }

    @Test("the same key splits once; two splits at once are two parts, and the whole knows both")
    func again() async throws {
        let hub = try await PublicHub.open()
        let whole = try await hub.file().case
        let key = Array("a key of this test".utf8)
        #expect(try await split(hub, whole, key: key).number == (try await split(hub, whole, key: key)).number)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { _ = try await split(hub, whole) } }
            try await group.waitForAll()
        }
        let rest = try await hub.small.get(whole, by: .officer)
        #expect(rest.splitInto.count == 4 && Set(rest.splitInto).count == 4)
        #expect(try await hub.small.ledger.counts().cases == 5)
    }

    @Test("what is wrong with the part's form is told, and nothing is stored of it")
    func wrong() async throws {
        let hub = try await PublicHub.open()
        let whole = try await hub.file().case
        await #expect(throws: HubError(.formInvalid, "")) { try await split(hub, whole, ["kategori": "sungai"]) }
        await #expect(throws: HubError(.formInvalid, "")) { try await split(hub, whole, ["kelas": "informasi"]) }
        do {
            _ = try await split(hub, whole, ["sifat": "biasa"])
            Issue.record("a part is as secret as the whole")
        } catch let error as HubError {
            #expect(error.code == .formInvalid && error.violations.map { "\($0.field) \($0.rule)" } == ["sifat fixed"])
        }
        #expect(try await hub.small.ledger.counts().cases == 1)
    }
}
