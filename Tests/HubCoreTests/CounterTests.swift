// At the counter: numbers in order, nobody called twice, and the right person goes away with what is theirs.

import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf
import Testing

@testable import HubCore

@Suite("Counters")
struct CounterTests {
    private typealias Hub = BookingHub

    private func hub(walkIns: UInt32 = 1) async throws -> BookingHub {
        let hub = try await Hub.open(offices: Hub.offices(walkIns: walkIns))
        return hub
    }

    @Test(
        "numbers are given in the order of arrival, called by slot first and then by arrival, and shown without a name")
    func order() async throws {
        let hub = try await hub()
        let (late, early, walking) = (try await hub.waiting(), try await hub.waiting(), try await hub.waiting())
        try await hub.book(late, Hub.at(5, 8, 30))
        try await hub.book(early, Hub.at(5, 8))
        try await hub.wait(until: Hub.at(5, 8))
        for (state, number) in [(walking, "A-001"), (late, "A-002"), (early, "A-003")] {
            let there = try await hub.checkIn(state)
            #expect(there.appointment.queueNumber == number && there.appointment.state == .checkedIn)
        }
        #expect(try await hub.queue().queues.first?.waiting == ["A-003", "A-002", "A-001"])
        #expect(try await hub.callNext(counter: 2) == "A-003")
        try await hub.wait(until: Hub.at(5, 8, 1))
        #expect(try await hub.callNext(counter: 1) == "A-002")
        let shown = try await hub.queue()
        #expect(shown.queues.first?.called.map(\.number) == ["A-002", "A-003"])
        #expect(shown.queues.first?.called.map(\.counter) == [1, 2] && shown.queues.first?.given == 3)
        let text = shown.textFormatString()
        #expect(!text.contains(Hub.annasNumber) && !text.contains(early.number))
        #expect(try await hub.callNext("ambil") == nil)
        #expect(try await hub.callNext() == "A-001")
        #expect(try await hub.callNext() == nil)
    }

    @Test("two counters that call at the same moment never call the same person", arguments: 1...5)
    func calls(round: Int) async throws {
        let hub = try await hub(walkIns: 8)
        var cases: [HubCase] = []
        try await hub.wait(until: Hub.at(5, 8))
        for _ in 0..<12 { cases.append(try await hub.checkIn(try await hub.waiting())) }
        let called = try await withThrowingTaskGroup(of: String?.self) { group in
            for counter in 1...12 { group.addTask { try await hub.callNext(counter: UInt32(counter)) } }
            return try await group.reduce(into: [String]()) { if let number = $1 { $0.append(number) } }
        }
        #expect(called.count == 12 && Set(called).count == 12)
    }

    @Test("numbers of people who arrive at the same moment are without gaps and without twins", arguments: 1...5)
    func numbers(round: Int) async throws {
        let hub = try await hub(walkIns: 8)
        var cases: [HubCase] = []
        for _ in 0..<16 { cases.append(try await hub.waiting()) }
        try await hub.wait(until: Hub.at(5, 8))
        let numbers = try await withThrowingTaskGroup(of: String.self) { group in
            for state in cases { group.addTask { try await hub.checkIn(state).appointment.queueNumber } }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(numbers.sorted() == (1...16).map { $0 < 10 ? "A-00\($0)" : "A-0\($0)" })
    }

    @Test(
        "without an appointment one comes while the office is open, as long as there are numbers, where the stage allows it"
    )
    func walkIns() async throws {
        let hub = try await hub()
        let states = [
            try await hub.waiting(), try await hub.waiting(), try await hub.waiting(), try await hub.waiting(),
        ]
        #expect(try await refusal { try await hub.checkIn(states[0]) } == .appointmentRefused, "at seven it is closed")
        try await hub.wait(until: Hub.at(5, 8))
        // One place of each of the three slots is kept for them.
        for state in states.prefix(3) { try await hub.checkIn(state) }
        #expect(try await refusal { try await hub.checkIn(states[3]) } == .slotFull)
        #expect(try await refusal { try await hub.checkIn(states[0]) } == .appointmentRefused, "once is enough")
        let strict = try await Hub.open { $0.stages[0].books.walkIn = false }
        try await strict.wait(until: Hub.at(5, 8))
        let state = try await strict.waiting()
        #expect(try await refusal { try await strict.checkIn(state) } == .appointmentRefused)
    }

    @Test("an appointment of another day is not checked in today")
    func otherDay() async throws {
        let hub = try await hub()
        let state = try await hub.book(try await hub.waiting(), Hub.at(6, 8))
        try await hub.wait(until: Hub.at(5, 8))
        #expect(try await refusal { try await hub.checkIn(state) } == .appointmentRefused)
        try await hub.wait(until: Hub.at(6, 7))
        #expect(try await hub.checkIn(state).appointment.state == .checkedIn)
    }

    @Test("being served sends the case on without a module, to the next stage that wants an appointment")
    func served() async throws {
        let hub = try await hub()
        let state = try await ready(hub)
        #expect(state.stage == "siap" && state.appointmentStates == [.served, .wanted])
        #expect(state.appointments[0].by == Caller.officer.principal.urn)
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.kind == .attended && event.action == "serve" && event.stageAfter == "siap")
        #expect(event.appointments.map(\.state) == [.served, .wanted])
        let seen = try await hub.small.get(state, by: .portal, for: SmallHub.anna)
        #expect(seen.appointments[0].by.isEmpty, "who served is the office's")
    }

    @Test("nobody is served who is not there")
    func absent() async throws {
        let hub = try await hub()
        let state = try await hub.book(try await hub.waiting(), Hub.at(5, 8))
        #expect(try await refusal { try await hub.serve(state) } == .appointmentRefused)
        for minute in [0, 9] {
            try await hub.wait(until: Hub.at(5, 8, minute))
            #expect(try await refusal { try await hub.noShow(state) } == .appointmentRefused, "there is still time")
        }
        try await hub.wait(until: Hub.at(5, 8, 10))
        #expect(try await hub.state(state).appointmentStates == [.missed, .wanted])
    }

    @Test("a number that is called and nobody answers is missed; one that was not called until the day ended is freed")
    func leftOver() async throws {
        let hub = try await hub()
        try await hub.wait(until: Hub.at(5, 8))
        let (called, left) = (try await hub.waiting(), try await hub.waiting())
        try await hub.checkIn(called)
        try await hub.checkIn(left)
        try await hub.callNext()
        #expect(try await hub.noShow(called).appointmentStates == [.missed, .wanted])
        try await hub.wait(until: Hub.at(6, 0))
        #expect(try await hub.state(left).appointmentStates == [.freed, .wanted])
        #expect(try await hub.queue().queues.first?.given == 0, "a new day begins at one")
        #expect(try await hub.conflicts().map(\.case) == [left.number])
    }

    @Test("who waits at an office is served there, and nobody else says that they did not come")
    func otherOffice() async throws {
        let hub = try await hub()
        try await hub.wait(until: Hub.at(5, 8))
        let state = try await hub.checkIn(try await hub.waiting())
        try await hub.publish("offices/kantor.bin", Hub.offices("2") { $0.code = "lain" })
        #expect(try await refusal { try await hub.serve(state) } == .permissionDenied)
        #expect(try await refusal { try await hub.noShow(state) } == .permissionDenied)
    }

    // MARK: Identity

    @Test("what leaves the counter goes to whom it belongs: the digits that the officer read are the case's")
    func identity() async throws {
        let hub = try await hub()
        let state = try await ready(hub)
        try await hub.checkIn(state)
        for (wrong, rules) in [
            ({ $0.shown = "ktp" }, ["identity"]), ({ $0.nik = Hub.annasNumber }, ["choice"]),
            ({ ($0.shown, $0.nik) = ("ktp", "3318010101900002") }, ["identity"]),
            ({ ($0.shown, $0.nik) = ("bon", Hub.annasNumber) }, ["choice"]),
        ] as [((inout LayananServeRequest) -> Void, [String])] {
            do {
                try await hub.serve(state, wrong)
                Issue.record("the card left the counter")
            } catch let error as HubError {
                #expect(error.code == .identityRefused && error.violations.map(\.rule) == rules)
                #expect(!"\(error) \(error.violations)".contains("331801"), "no digit is repeated")
            }
        }
        let fetched = try await hub.serve(state) { ($0.shown, $0.nik) = ("ktp", Hub.annasNumber) }
        #expect(fetched.stage == "selesai" && fetched.ended && fetched.appointment.identity.shown == "ktp")
        #expect(fetched.data.first { $0.name == "diambil" }?.text == "2026-01-05")
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.changed.map(\.name) == ["diambil"] && !event.appointments.contains { $0.hasIdentity })
    }

    @Test("somebody else fetches with a letter that was put, and is named in the case and nowhere else")
    func proxy() async throws {
        let hub = try await hub()
        let state = try await ready(hub)
        try await hub.checkIn(state)
        let put = try await hub.small.call(
            .putDocument, LayananPutDocumentRequest.with { ($0.mediaType, $0.body) = ("image/png", .init([1, 2])) },
            as: LayananPutDocumentReply.self, by: .officer)
        let letter = HubDocument.with {
            ($0.kind, $0.sha256, $0.size, $0.mediaType) = ("surat_kuasa", put.sha256, put.size, put.mediaType)
        }
        let other = "3318010101900009"
        let proxied: (inout LayananServeRequest) -> Void = { ($0.shown, $0.nik, $0.byProxy) = ("ktp", other, true) }
        #expect(try await refusal { try await hub.serve(state, proxied) } == .identityRefused, "without a letter")
        #expect(
            try await refusal {
                try await hub.serve(state) {
                    proxied(&$0)
                    ($0.nik, $0.letter) = (Hub.annasNumber, letter)
                }
            } == .identityRefused, "nobody stands in for themselves")
        let fetched = try await hub.serve(state) {
            proxied(&$0)
            $0.letter = letter
        }
        #expect(fetched.stage == "selesai" && fetched.appointment.identity.proxyNik == other)
        #expect(fetched.documents.map(\.kind) == ["surat_kuasa"])
        let seen = try await hub.small.get(state, by: .portal, for: SmallHub.anna).appointment.identity
        #expect(seen.byProxy && seen.proxyNik.isEmpty && seen.letterSha256 == put.sha256)
        let strict = try await Hub.open { $0.stages[1].books.identity.letter = "" }
        let own = try await ready(strict)
        try await strict.checkIn(own)
        #expect(try await refusal { try await strict.serve(own, proxied) } == .identityRefused)
    }

    /// A case whose first appointment was kept, at eight.
    private func ready(_ hub: BookingHub) async throws -> HubCase {
        let state = try await hub.book(try await hub.waiting(), Hub.at(5, 8))
        try await hub.wait(until: Hub.at(5, 8))
        try await hub.checkIn(state)
        try await hub.callNext()
        return try await hub.serve(state)
    }
}
