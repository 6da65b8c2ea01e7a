// What one case makes known to the other open cases of the same person.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("flags")
struct FlagTests {
    private static let nik = "3402011505900001"

    /// Two services: one whose end flags the person in the other.
    private static func open(ledger: any Ledger = InMemoryLedger()) async throws -> SmallHub {
        var permit = SmallHub.definition
        permit.fields.append(.with { ($0.name, $0.type, $0.index) = ("nik", .nik, .exact) })
        var death = permit
        (death.service, death.number.prefix) = ("wafat-uji", "WFT")
        death.stages[1].flags = [
            .with { ($0.name, $0.title.id, $0.field) = ("wafat", "Tercatat meninggal", "nik") }
        ]
        return try await SmallHub.open(
            ledger: ledger,
            bundle: LoadedBundle(module: "uji", department: "pengaduan", definitions: [permit, death], standing: []))
    }

    private func submit(_ hub: SmallHub, _ service: String, nik: String = nik) async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = service
            $0.form = [
                .with { ($0.name, $0.text) = ("isi", "Uji") }, .with { ($0.name, $0.text) = ("nik", nik) },
            ]
        }
        return try await hub.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: SmallHub.anna
        ).case
    }

    @Test("open cases of the same number are flagged, whatever their service; closed ones and other people's are not")
    func flagged() async throws {
        let hub = try await Self.open()
        let (first, second) = (try await submit(hub, SmallHub.service), try await submit(hub, SmallHub.service))
        let closed = try await submit(hub, SmallHub.service)
        _ = try await hub.act("tarik", .withdrawComplaint, on: closed, by: .portal, for: SmallHub.anna)
        let other = try await submit(hub, SmallHub.service, nik: "3402011505900002")
        let death = try await submit(hub, "wafat-uji")
        _ = try await hub.act("tangani", on: death, by: .officer)
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 1_000)
        for state in [first, second] {
            let seen = try await hub.get(state, by: .officer)
            #expect(seen.flags.map(\.by) == [death.number] && seen.flags.map(\.title.id) == ["Tercatat meninggal"])
            let event = try #require(try await hub.history(of: state, by: .officer).events.last)
            #expect(event.kind == .flagged && event.action == "wafat")
        }
        for state in [closed, other] { #expect(try await hub.get(state, by: .officer).flags.isEmpty) }
        let done = try await hub.get(death, by: .officer)
        #expect(done.flaggings.map(\.reached) == [2] && done.flaggings.map(\.dueMs) == [0] && done.flags.isEmpty)
    }

    @Test("a case that has ended and whose term still runs is flagged, however many lie before it")
    func livesOn() async throws {
        let ledger = InMemoryLedger()
        let hub = try await Self.open(ledger: ledger)
        let first = try await submit(hub, SmallHub.service)
        _ = try await hub.act("tarik", .withdrawComplaint, on: first, by: .portal, for: SmallHub.anna)
        var lives = try #require(try await ledger.caseState(id: [UInt8](first.id)))
        lives.version += 1
        lives.deadlines = [.with { ($0.name, $0.state, $0.dueMs) = ("masa", .running, .max) }]
        var commit = Commit(key: nil, atMillis: hub.clock.nowMillis())
        let nik = IndexEntry(field: "nik", value: Self.nik)
        commit.cases = [CaseWrite(state: lives, expectedVersion: lives.version - 1, index: [nik])]
        _ = try await ledger.commit(commit)
        for _ in 0..<230 {
            let other = try await submit(hub, SmallHub.service)
            _ = try await hub.act("tarik", .withdrawComplaint, on: other, by: .portal, for: SmallHub.anna)
        }
        let death = try await submit(hub, "wafat-uji")
        _ = try await hub.act("tangani", on: death, by: .officer)
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 1_000)
        #expect(try await hub.get(first, by: .officer).flags.map(\.by) == [death.number])
    }

    @Test("applicants are told neither the flag nor its name")
    func hidden() async throws {
        let hub = try await Self.open()
        let state = try await submit(hub, SmallHub.service)
        let death = try await submit(hub, "wafat-uji")
        _ = try await hub.act("tangani", on: death, by: .officer)
        _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 1_000)
        #expect(try await hub.get(state, by: .portal, for: SmallHub.anna).flags.isEmpty)
    }

    @Test("more cases than one commit takes are flagged one batch after the other, each once")
    func many() async throws {
        let hub = try await Self.open()
        var states: [HubCase] = []
        for _ in 1...45 { states.append(try await submit(hub, SmallHub.service)) }
        let death = try await submit(hub, "wafat-uji")
        _ = try await hub.act("tangani", on: death, by: .officer)
        for _ in 1...4 { _ = try await hub.hub.deadlines.advance(hub.clock, byMillis: 1_000) }
        for state in states { #expect(try await hub.get(state, by: .officer).flags.count == 1) }
        #expect(try await hub.get(death, by: .officer).flaggings.map(\.reached) == [45])
    }

    @Test("a step that flags waits for nobody: the flag is an errand of its own")
    func errand() async throws {
        let hub = try await Self.open()
        let state = try await submit(hub, SmallHub.service)
        let death = try await hub.act("tangani", on: try await submit(hub, "wafat-uji"), by: .officer)
        #expect(death.flaggings.map(\.dueMs) == [Sample.now])
        #expect(try await hub.get(state, by: .officer).flags.isEmpty)
        let due = try await hub.ledger.dueDeadlines(nowMillis: .max, after: nil, limit: 10)
        #expect(due.contains { $0.name == "flag/wafat" })
    }
}
