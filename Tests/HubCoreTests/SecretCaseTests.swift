// Who asked in secret is for the department whose case it is: another department's unit answers without knowing.

import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf
import Testing

@testable import HubCore

@Suite("Secret cases")
struct SecretCaseTests {
    private static let form = ["sifat": "rahasia", "isi": "Petugas meminta uang"]

    /// A case that a unit of the stranger's department answers.
    private func handed(
        _ hub: PublicHub, _ form: [String: String] = form, for citizen: String = SmallHub.anna,
        by caller: Caller = .portal
    ) async throws -> HubCase {
        let filed = try await hub.file(form, at: PublicHub.place(), for: citizen, by: caller).case
        return try await hub.act("jawab", on: filed, note: "unit:unit-lain")
    }

    /// No message says whose case it is, or where.
    private func hides(_ messages: any Message...) throws -> Bool {
        try messages.allSatisfy { message in
            let text = try message.jsonString()
            return !text.contains(SmallHub.anna) && !text.contains("lintang") && !text.contains("7887800")
        }
    }

    @Test("of a secret case another department's unit reads what it needs to answer, and not whose it is")
    func narrowed() async throws {
        let hub = try await PublicHub.open()
        let state = try await handed(hub)
        let seen = try await hub.small.get(state, by: .stranger)
        #expect(seen.unit == "unit-lain" && seen.data.plainText(of: "isi") == "Petugas meminta uang")
        #expect(seen.data.plainText(of: "kategori") == "jalan" && seen.applicant.isEmpty && seen.consents.isEmpty)
        let history = try await hub.small.history(of: state, by: .stranger)
        #expect(history.events.map(\.kind) == [.submitted, .acted])
        #expect(Set(history.events[0].form.map(\.name)) == ["kategori", "isi", "sifat"])
        let answered = try await hub.act("jawab", on: state, by: .stranger, note: "Kami periksa.")
        #expect(try hides(seen, history, answered))
    }

    @Test("who takes such a case in hand is told no more by that")
    func claimed() async throws {
        let hub = try await PublicHub.open()
        let state = try await handed(hub)
        let request = LayananHoldRequest.with { $0.case = state.number }
        let held = try await hub.small.call(.claimCase, request, as: LayananCaseReply.self, by: .stranger).case
        #expect(held.holder == Caller.stranger.principal.urn)
        #expect(try hides(held))
    }

    @Test("its own department, who is above all departments, and its applicant read all of it")
    func whole() async throws {
        let hub = try await PublicHub.open()
        let state = try await handed(hub)
        for (caller, citizen) in [(Caller.officer, ""), (.admin, ""), (.portal, SmallHub.anna)] {
            let seen = try await hub.small.get(state, by: caller, for: citizen)
            #expect(seen.applicant == SmallHub.anna && seen.data.place("lintang", "bujur") != nil, "\(caller.role)")
        }
        #expect(try await hub.small.history(of: state, by: .officer).events[0].applicant == SmallHub.anna)
    }

    @Test("a case that is not secret is read whole by the unit that answers it")
    func named() async throws {
        let hub = try await PublicHub.open()
        let seen = try await hub.small.get(try await handed(hub, [:]), by: .stranger)
        #expect(seen.applicant == SmallHub.anna && seen.data.place("lintang", "bujur") != nil)
    }

    @Test("an officer who complains in secret is not known by who filed it either, in history and to watchers")
    func officer() async throws {
        let hub = try await PublicHub.open()
        let state = try await handed(hub, for: "", by: .officer)
        let name = Caller.officer.principal.urn
        #expect(state.applicant == name)
        let events = try await hub.small.history(of: state, by: .stranger).events
        #expect(events[0].actor == .with { ($0.role, $0.department) = ("officer", "pengaduan") })
        let sink = RecordingSink<LayananWatchUpdate>()
        let request = LayananWatchRequest.with { $0.case = state.number }
        let watch = try hub.small.stream(.watchCases, request, by: .stranger, into: sink)
        await sink.wait(1)
        try await hub.act("jawab", on: state, note: "Kami periksa.")
        await sink.wait(2)
        watch.cancel()
        let told = try #require(sink.seen.last?.events.last)
        #expect(told.kind == .acted && told.actor.principal.isEmpty && told.actor.role == "officer")
        #expect(sink.seen.first?.state.applicant.isEmpty == true)
    }

    @Test("numbers of cases that look like one, or were merged into it, are not for another department's unit")
    func others() async throws {
        let hub = try await PublicHub.open()
        let first = try await hub.file(at: PublicHub.place(), for: SmallHub.budi).case
        let state = try await handed(hub, [:])
        #expect(try await hub.small.get(state, by: .officer).likenesses.map(\.case) == [first.number])
        #expect(try await hub.small.get(state, by: .stranger).likenesses.isEmpty)
        let sink = RecordingSink<LayananWatchUpdate>()
        let request = LayananWatchRequest.with { $0.case = state.number }
        let watch = try hub.small.stream(.watchCases, request, by: .stranger, into: sink)
        await sink.wait(1)
        try await hub.merge(first, into: state)
        await sink.wait(2)
        watch.cancel()
        let own = try await hub.small.history(of: state, by: .officer).events.last
        #expect(own?.kind == .merged && own?.otherCase == first.number && own?.note.isEmpty == false)
        for event in [try await hub.small.history(of: state, by: .stranger).events.last, sink.seen.last?.events.last] {
            #expect(event?.kind == .merged && event?.otherCase.isEmpty == true && event?.note.isEmpty == true)
        }
    }
}
