// How much time is left, as citizens and officers read it.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("A countdown")
struct CountdownTests {
    private func countdown(_ hub: SmallHub, _ state: HubCase) async throws -> [String] {
        let request = LayananGetCaseRequest.with { $0.case = state.number }
        let reply = try await hub.call(.getCase, request, as: LayananGetCaseReply.self, by: .portal)
        return reply.countdowns.map { "\($0.left) \($0.text.id) / \($0.text.en)" }
    }

    @Test("counts whole hours down to less than one, and ends with the clock")
    func hours() async throws {
        let hub = try await SmallHub.open()
        let state = try await hub.submit()
        #expect(try await countdown(hub, state) == ["72 Sisa 72 jam / 72 hours left"])
        hub.clock.advance(toMillis: hub.clock.nowMillis() + 71 * SmallHub.hour - 1)
        #expect(try await countdown(hub, state) == ["1 Sisa 1 jam / 1 hour left"])
        hub.wait(hours: 1)
        #expect(try await countdown(hub, state) == ["0 Kurang dari satu jam / Less than an hour"])
        hub.wait(hours: 1)
        #expect(try await countdown(hub, state) == ["0 Lewat waktu / Overdue"])
        try await hub.act("tangani", on: state, by: .officer)
        #expect(try await countdown(hub, state) == [])
    }

    @Test("counts working days after today, over weekends, to the last day")
    func workingDays() async throws {
        let hub = try await PublishingHub.open()
        let state = try await hub.file()  // Monday 5 January, due at the end of Monday 12 January.
        #expect(try await countdown(hub.small, state) == ["5 Sisa 5 hari kerja / 5 working days left"])
        hub.small.wait(hours: 5 * 24)  // Saturday.
        #expect(try await countdown(hub.small, state) == ["1 Sisa 1 hari kerja / 1 working day left"])
        hub.small.wait(hours: 2 * 24)
        #expect(try await countdown(hub.small, state) == ["0 Hari terakhir / Last day"])
    }
}
