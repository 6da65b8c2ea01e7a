// Bookings under rules that changed: a slot that is another one, or has fewer places; and whose changes are counted.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Bookings under changed rules")
struct SlotConflictTests {
    private typealias Hub = BookingHub
    private static let first = Hub.at(6, 8)

    /// Cases that booked one slot, a minute after each other.
    private func booked(_ count: Int, _ hub: BookingHub) async throws -> [HubCase] {
        var cases: [HubCase] = []
        for _ in 0..<count {
            cases.append(try await hub.book(try await hub.waiting(), Self.first))
            try await hub.wait(until: hub.small.clock.nowMillis() + 60_000)
        }
        return cases
    }

    /// Numbers of the cases for which rules are refused.
    private func refused(_ hub: BookingHub, _ rules: HubOfficeRules) async throws -> String {
        do { try await hub.publish("offices/kantor.bin", rules) } catch let error as HubError {
            #expect(error.code == .rulesRefused && error.violations.map(\.rule) == ["running_cases"])
            return error.violations.first?.english ?? ""
        }
        return ""
    }

    @Test("slots that begin as before and end at another time are not those that were booked")
    func length() async throws {
        let ledger = InMemoryLedger()
        let hub = try await Hub.open(ledger: ledger)
        let state = try await booked(1, hub)[0]
        let longer = Hub.offices("2") { $0.kinds[0].minutes = 60 }
        #expect(try await refused(hub, longer).contains(state.number))
        let other = try await Hub.open(ledger: ledger, offices: longer)
        try await other.small.hub.deadlines.fire()
        #expect(try await other.state(state).appointmentStates == [.freed, .wanted])
    }

    @Test("where a slot has fewer places than were booked, those who booked last lose them, and no more than that")
    func places() async throws {
        let ledger = InMemoryLedger()
        let hub = try await Hub.open(ledger: ledger, offices: Hub.offices(places: 4))
        let cases = try await booked(4, hub)
        let fewer = Hub.offices("2", places: 2)
        let told = try await refused(hub, fewer)
        #expect(cases.map { told.contains($0.number) } == [false, false, true, true])
        let other = try await Hub.open(ledger: ledger, offices: fewer)
        #expect(try await other.conflicts().map(\.case).sorted() == cases.suffix(2).map(\.number).sorted())
        try await other.small.hub.deadlines.fire()
        var states: [[HubAppointmentState]] = []
        for state in cases { states.append(try await other.state(state).appointmentStates) }
        #expect(states == [[.booked], [.booked], [.freed, .wanted], [.freed, .wanted]])
        #expect(try await other.held(Self.first) == 2)
    }

    @Test("what an officer changes is not counted against the applicant")
    func changes() async throws {
        let hub = try await Hub.open()
        let state = try await hub.book(try await hub.waiting(), Self.first)
        try await hub.book(state, Hub.at(6, 8, 30), change: true, by: .officer)
        try await hub.book(state, Hub.at(6, 10), change: true, by: .officer)
        try await hub.book(state, Self.first, change: true)
        #expect(try await hub.book(state, Hub.at(6, 10), change: true).appointment.changes == 2)
        #expect(try await refusal { try await hub.book(state, Self.first, change: true) } == .appointmentRefused)
    }

    @Test("how often one may change is a matter of the office that was booked")
    func limits() async throws {
        var rules = Hub.offices()
        var strict = rules.offices[0]
        strict.code = "alun"
        for index in strict.kinds.indices { strict.kinds[index].changesMax = 0 }
        rules.offices.append(strict)
        let hub = try await Hub.open(offices: rules)
        let state = try await hub.book(try await hub.waiting(), Self.first)
        #expect(try await hub.book(state, Hub.at(6, 10), change: true).appointment.changes == 1)
    }
}
