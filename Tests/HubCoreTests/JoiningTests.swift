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
        // The same complainant's own secret case is no secret to him.
        let own = try await hub.file(["sifat": "rahasia"], for: SmallHub.budi).case
        #expect(try await hub.merge(one, into: own).mergedInto == own.number)
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
        #expect(try await hub.small.ledger.counts().cases == 1)
    }
}
