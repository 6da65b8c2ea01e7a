// Clocks that run until a paper ends, papers that a returning case keeps, and values that the definition itself moves.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("terms of what was granted")
struct TermTests {
    private static let day: Int64 = 86_400_000

    /// A service whose paper holds for 12 months, ends with them, and may be renewed for another year.
    private static func open(_ change: (inout HubServiceDefinition) -> Void = { _ in }) async throws -> PaperHub {
        try await PaperHub.open { definition in
            definition.stages.append(.with { ($0.name, $0.ended) = ("berakhir", true) })
            definition.stages.append(.with { $0.name = "ditinjau" })
            definition.stages[2].issues[0].once = true
            definition.clocks = [
                .with {
                    ($0.name, $0.unit, $0.untilPaper, $0.runsIn) = ("masa", .days, "surat", ["selesai"])
                    ($0.onPassed, $0.moveTo) = (.move, "berakhir")
                },
                .with {
                    ($0.name, $0.unit, $0.untilPaper, $0.runsIn) = ("ingat", .days, "surat", ["selesai"])
                    ($0.onPassed, $0.amount) = (.mark, 90)
                },
            ]
            definition.actions += [
                .with {
                    ($0.name, $0.kind, $0.from, $0.to, $0.roles) = (
                        "tinjau", .act, ["selesai"], ["ditinjau"], ["officer"]
                    )
                },
                .with {
                    ($0.name, $0.kind, $0.from, $0.to, $0.roles) = (
                        "tetap", .act, ["ditinjau"], ["selesai"], ["officer"]
                    )
                },
            ]
            change(&definition)
        }
    }

    private func deadline(_ name: String, _ state: HubCase) -> HubDeadline? {
        state.deadlines.first { $0.name == name }
    }

    @Test("a permit runs to the end of its last day, is reminded of 90 days before, and then has expired")
    func expires() async throws {
        let hub = try await Self.open()
        let state = try await hub.issued(for: SmallHub.anna)
        #expect(state.papers.last?.validUntil == "2027-01-04")
        let end = try #require(CalendarDate(iso: "2027-01-05")).startMillis(utcOffsetMinutes: 420)
        #expect(deadline("masa", state)?.dueMs == end && deadline("ingat", state)?.dueMs == end - 90 * Self.day)
        let countdown = try await hub.small.call(
            .getCase, LayananGetCaseRequest.with { $0.case = state.number }, as: LayananGetCaseReply.self, by: .officer)
        #expect(countdown.countdowns.map(\.text.id) == ["Sisa 364 hari", "Sisa 274 hari"])

        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: end - 90 * Self.day - Sample.now)
        #expect(deadline("ingat", try await hub.small.get(state, by: .officer))?.state == .passed)
        _ = try await hub.small.hub.deadlines.advance(
            hub.small.clock, byMillis: end - hub.small.clock.nowMillis() - 1)
        #expect(try await hub.small.get(state, by: .officer).stage == "selesai")
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 1)
        let after = try await hub.small.get(state, by: .officer)
        #expect(after.stage == "berakhir" && after.ended && deadline("masa", after)?.state == .passed)
        #expect(after.papers.map(\.state) == [.issued])
        #expect(try await hub.verify(after.papers[0].qr).verdict == .expired)
    }

    @Test("a new paper moves the term; a case that only looked in keeps its paper, its term and the reminder it had")
    func moves() async throws {
        let hub = try await Self.open()
        let first = try await hub.issued()
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 300 * Self.day)
        var state = try await hub.small.get(first, by: .officer)
        #expect(deadline("ingat", state)?.state == .passed)
        state = try await hub.small.act("tinjau", on: state, by: .officer)
        #expect(deadline("masa", state)?.state == .met)
        state = try await hub.small.act("tetap", on: state, by: .officer)
        #expect(state.papers.map(\.number) == first.papers.map(\.number))
        #expect(deadline("masa", state)?.dueMs == deadline("masa", first)?.dueMs)
        #expect(deadline("masa", state)?.state == .running && deadline("ingat", state)?.state == .passed)
        state = try await hub.small.act("ubah", on: state, by: .officer)
        #expect(state.papers.map(\.state) == [.superseded, .issued])
        let last = try #require(CalendarDate(iso: state.papers[1].validUntil))
        #expect(deadline("masa", state)?.dueMs == last.adding(days: 1).startMillis(utcOffsetMinutes: 420))
        #expect(deadline("ingat", state)?.state == .running)
        state = try await hub.small.act("cabut", on: state, by: .officer)
        #expect(state.deadlines.map(\.state) == [.met, .met])
    }

    @Test("who asks in time and is answered after the end keeps nothing: the term passes when the case comes back")
    func late() async throws {
        let hub = try await Self.open()
        var state = try await hub.issued()
        state = try await hub.small.act("tinjau", on: state, by: .officer)
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 400 * Self.day)
        #expect(try await hub.small.get(state, by: .officer).stage == "ditinjau")
        state = try await hub.small.act("tetap", on: state, by: .officer)
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 1)
        #expect(try await hub.small.get(state, by: .officer).stage == "berakhir")
    }

    @Test("a clock that moves a case may say why: the value is in the case and in the event that can be replayed")
    func deemed() async throws {
        let hub = try await Self.open { definition in
            definition.fields.append(.with { ($0.name, $0.type, $0.decided) = ("dasar", .text, true) })
            definition.clocks.append(
                .with {
                    ($0.name, $0.unit, $0.amount, $0.runsIn) = ("diam", .hours, 5, ["diterima"])
                    ($0.onPassed, $0.moveTo) = (.move, "selesai")
                    $0.sets = [.with { ($0.name, $0.text) = ("dasar", "fiktif_positif") }]
                })
        }
        let state = try await hub.small.submit(for: SmallHub.anna)
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 5 * SmallHub.hour)
        let after = try await hub.small.get(state, by: .officer)
        #expect(after.stage == "selesai" && after.data.first { $0.name == "dasar" }?.text == "fiktif_positif")
        #expect(after.papers.map(\.state) == [.issued])
        let event = try #require(try await hub.small.history(of: after, by: .officer).events.last)
        #expect(event.kind == .deadlinePassed && event.changed.map(\.text) == ["fiktif_positif"])
    }

    @Test("what was asked for takes the place of what held when it is approved, and is forgotten when it is refused")
    func adopted() throws {
        var definition = HubServiceDefinition()
        definition.fields = ["nama", "nama_baru", "alamat", "alamat_baru"].map { name in
            .with { ($0.name, $0.type) = (name, .text) }
        }
        let approve = HubAction.with {
            $0.adopts = ["nama", "alamat"].map { name in .with { ($0.field, $0.from) = (name, name + "_baru") } }
        }
        let refuse = HubAction.with { $0.clears = ["nama_baru", "alamat_baru"] }
        let data: [HubFieldValue] = [("nama", "A"), ("nama_baru", "B"), ("alamat", "C")].map { name, text in
            .with { ($0.name, $0.text) = (name, text) }
        }
        #expect(definition.data(data, after: approve).map { "\($0.name)=\($0.text)" } == ["nama=B", "alamat=C"])
        #expect(definition.data(data, after: refuse).map { "\($0.name)=\($0.text)" } == ["nama=A", "alamat=C"])
        #expect(definition.data(data, after: HubAction()) == data)
    }
}
