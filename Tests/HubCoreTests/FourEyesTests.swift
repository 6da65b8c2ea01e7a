// Some steps need somebody else: under on-behalf, for who may do everything, and when two act at once.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("Second pair of eyes")
struct FourEyesTests {
    private func proposed() async throws -> (hub: PublicHub, state: HubCase) {
        let hub = try await PublicHub.open()
        return (hub, try await hub.act("tutup", on: try await hub.file().case))
    }

    @Test("who proposed the closing may not confirm it, and the error names the earlier action; a colleague may")
    func confirmed() async throws {
        let (hub, state) = try await proposed()
        do {
            try await hub.act("sahkan", on: state)
            Issue.record("confirmed by whoever proposed it")
        } catch let error as HubError {
            #expect(error.code == .otherPersonNeeded && error.facts == ["action": "tutup"])
            #expect(error.violations.map(\.rule) == ["other_person"])
        }
        #expect(try await hub.act("sahkan", on: state, by: .clerk).stage == "selesai")
    }

    @Test("speaking on behalf of a citizen makes nobody another person")
    func onBehalf() async throws {
        let (hub, state) = try await proposed()
        await #expect(throws: HubError(.otherPersonNeeded, "")) {
            try await hub.act("sahkan", on: state, for: SmallHub.anna)
        }
    }

    @Test("who may take every action is no exception")
    func administrator() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.act("tutup", on: try await hub.file().case, by: .admin)
        await #expect(throws: HubError(.otherPersonNeeded, "")) { try await hub.act("sahkan", on: state, by: .admin) }
    }

    @Test("of a citizens' channel the person is the citizen: one may not confirm, another one's program may")
    func channel() async throws {
        let hub = try await PublicHub.open { definition in
            for index in definition.actions.indices where ["tutup", "sahkan"].contains(definition.actions[index].name) {
                definition.actions[index].roles = ["applicant", "officer"]
            }
        }
        let state = try await hub.act("tutup", on: try await hub.file().case, by: .portal, for: SmallHub.anna)
        await #expect(throws: HubError(.otherPersonNeeded, "")) {
            try await hub.act("sahkan", on: state, by: .portal, for: SmallHub.anna)
        }
        #expect(try await hub.act("sahkan", on: state).stage == "selesai")
    }

    @Test("the last one who took it counts: sent back and proposed by another, the first may confirm")
    func lastOne() async throws {
        let (hub, state) = try await proposed()
        let back = try await hub.act("kembalikan", on: state, by: .clerk)
        let again = try await hub.act("tutup", on: back, by: .clerk)
        await #expect(throws: HubError(.otherPersonNeeded, "")) { try await hub.act("sahkan", on: again, by: .clerk) }
        #expect(try await hub.act("sahkan", on: again).stage == "selesai")
    }

    @Test("the case keeps no more than it needs, and tells no applicant of it")
    func kept() async throws {
        let (hub, state) = try await proposed()
        #expect(state.taken.map(\.action) == ["tutup"] && state.taken.map(\.by) == [Caller.officer.principal.urn])
        #expect(try await hub.small.get(state, by: .portal, for: SmallHub.anna).taken.isEmpty)
    }

    @Test("two officers propose and confirm at the same time: nobody's own proposal is ever confirmed by the same one")
    func atOnce() async throws {
        let hub = try await PublicHub.open()
        for round in 0..<20 {
            let state = try await hub.file().case
            await withTaskGroup(of: Void.self) { group in
                for caller in [Caller.officer, .clerk] {
                    for action in ["tutup", "sahkan"] {
                        group.addTask { _ = try? await hub.act(action, on: state, by: caller) }
                    }
                }
            }
            let events = try await hub.small.ledger.events(ofCase: [UInt8](state.id), afterVersion: 0, limit: 100)
            var proposer = ""
            for event in events {
                if event.action == "tutup" { proposer = event.actor.principal }
                if event.action == "sahkan" { #expect(event.actor.principal != proposer, "round \(round)") }
            }
        }
    }
}
