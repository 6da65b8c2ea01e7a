// Booking, changing, missing: a place is taken once, given back, and asked for in time.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Appointments")
struct AppointmentTests {
    private typealias Hub = BookingHub
    private static let first = Hub.at(6, 8)

    // MARK: Slots

    @Test("slots follow from hours, the lunch break, the calendar and what is booked, and none is stored")
    func slots() async throws {
        let hub = try await Hub.open(
            offices: Hub.offices { $0.dates = [.with { ($0.day, $0.hours) = ("2026-01-10", [Hub.hours(480, 510)]) }] })
        let monday = try await hub.slots(days: 1)
        #expect(monday.map(\.startMs) == [Hub.at(5, 8), Hub.at(5, 8, 30), Hub.at(5, 10)])
        #expect(monday.allSatisfy { $0.places == 2 && $0.free == 2 && $0.endMs - $0.startMs == 1_800_000 })
        try await hub.wait(until: Hub.at(5, 8))
        #expect(try await hub.slots(days: 1).map(\.startMs) == [Hub.at(5, 8, 30), Hub.at(5, 10)], "it has begun")
        // Saturday has hours of its own, Sunday none; three weeks ahead nothing can be booked yet.
        #expect(try await hub.slots(from: "2026-01-10", days: 2).map(\.startMs) == [Hub.at(10, 8)])
        #expect(try await hub.slots(from: "2026-01-26", days: 31) == [])
        #expect(try await hub.small.ledger.records(prefix: "slot/").isEmpty)
    }

    @Test(
        "a case that comes to the stage wants an appointment, and its booking is told with the reminder of the day before"
    )
    func booked() async throws {
        let courier = NotingCourier()
        let hub = try await Hub.open(couriers: [courier])
        let state = try await hub.waiting()
        #expect(state.appointmentStates == [.wanted] && state.appointment.kind == "rekam")
        let booked = try await hub.book(state, Self.first)
        #expect(booked.appointmentStates == [.booked] && booked.appointment.startMs == Self.first)
        #expect(booked.appointment.officeTitle.id == "Kantor pusat" && booked.stage == "menunggu")
        #expect(booked.appointment.remindMs == Hub.at(5, 16) && booked.appointment.wakeMs == Hub.at(6, 8, 10))
        #expect(try await hub.held(Self.first) == 1)
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.kind == .booked && event.action == "book" && event.appointments.map(\.state) == [.booked])
        let outbox = try #require(hub.small.hub.outbox)
        _ = try await outbox.choose()
        _ = try await outbox.carry(.file, courier, Shared(ChannelCircuit()))
        #expect(courier.carried.map(\.subject) == ["dipesan \(state.number)"])
        #expect(courier.carried[0].text == "dipesan Janji rekam Kantor pusat 6 Januari 2026 pukul 08.00")
        try await hub.wait(until: Hub.at(5, 16))
        _ = try await outbox.choose()
        _ = try await outbox.carry(.file, courier, Shared(ChannelCircuit()))
        #expect(courier.carried.map(\.subject) == ["dipesan \(state.number)", "ingat \(state.number)"])
    }

    @Test("a reminder of what was changed or cancelled meanwhile is moot")
    func moot() async throws {
        let courier = NotingCourier()
        let hub = try await Hub.open(couriers: [courier])
        let state = try await hub.book(try await hub.waiting(), Self.first)
        try await hub.cancel(state)
        try await hub.wait(until: Hub.at(5, 16))
        let outbox = try #require(hub.small.hub.outbox)
        _ = try await outbox.choose()
        _ = try await outbox.carry(.file, courier, Shared(ChannelCircuit()))
        #expect(courier.carried.map(\.subject).sorted() == ["batal \(state.number)", "dipesan \(state.number)"])
        #expect(try await hub.small.ledger.notices(.moot, after: nil, limit: 9).count == 1)
    }

    // MARK: Capacity

    @Test("the last place is given to one of many who book it at once", arguments: 1...5)
    func lastPlace(round: Int) async throws {
        try await Self.race(in: try await Hub.open(offices: Hub.offices(places: 3)), people: 24, places: 3)
    }

    /// Everybody books one slot at the same time: as many have it as there are places.
    static func race(in hub: BookingHub, people: Int, places: Int) async throws {
        var cases: [HubCase] = []
        for _ in 0..<people { cases.append(try await hub.waiting()) }
        let booked = try await withThrowingTaskGroup(of: Bool.self) { group in
            for state in cases {
                group.addTask {
                    do { try await hub.book(state, first) } catch let error as HubError {
                        #expect(error.code == .slotFull)
                        return false
                    }
                    return true
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(booked == places)
        #expect(try await hub.held(first) == UInt32(places))
        var holders = 0
        for state in cases where try await hub.state(state).appointment.holdsSlot { holders += 1 }
        #expect(holders == places)
    }

    @Test("a change takes the new place and gives back the old one, or does neither")
    func changed() async throws {
        let hub = try await Hub.open(offices: Hub.offices(places: 1))
        let (one, other) = (try await hub.waiting(), try await hub.waiting())
        try await hub.book(one, Self.first)
        try await hub.book(other, Hub.at(6, 8, 30))
        #expect(try await refusal { try await hub.book(one, Hub.at(6, 8, 30), change: true) } == .slotFull)
        #expect(try await hub.held(Self.first) == 1)
        let moved = try await hub.book(one, Hub.at(6, 10), change: true)
        #expect(moved.appointmentStates == [.booked] && moved.appointment.changes == 1)
        #expect(try await hub.held(Self.first) == 0)
        #expect(try await hub.held(Hub.at(6, 10)) == 1)
        #expect(try await refusal { try await hub.book(one, Hub.at(6, 10), change: true) } == .appointmentRefused)
    }

    @Test("what is not on offer cannot be booked: no such time, the past, too far ahead, another office")
    func unknown() async throws {
        let hub = try await Hub.open()
        let state = try await hub.waiting()
        for start in [Hub.at(6, 9), Hub.at(6, 8, 1), Hub.at(4, 8), Hub.at(10, 8), Hub.at(26, 8), .max, .min, 0] {
            #expect(try await refusal { try await hub.book(state, start) } == .slotUnknown, "\(start)")
        }
        #expect(try await refusal { try await hub.slots("lain") } == .slotUnknown)
        #expect(try await hub.state(state).version == state.version)
    }

    @Test("where a case has an area, it books at the office that serves it most exactly, and nowhere else")
    func areas() async throws {
        var rules = Hub.offices()
        var south = rules.offices[0]
        (south.code, south.areas) = ("selatan", ["340201"])
        rules.offices[0].areas = ["3402"]
        rules.offices.append(south)
        let hub = try await Hub.open(offices: rules) { $0.stages[0].books.area = "wilayah" }
        for (area, offices) in [
            ("3402010002", ["selatan"]), ("340207", ["pusat"]), ("3302", []), (nil, ["pusat", "selatan"]),
        ] as [(String?, [String])] {
            let state = try await hub.waiting(area: area)
            let request = LayananOfficesRequest.with { $0.case = state.number }
            let reply = try await hub.small.call(
                .listOffices, request, as: LayananOfficesReply.self, by: .portal, for: SmallHub.anna)
            #expect(reply.offices.map(\.code) == offices)
            let isRefused = try await refusal { try await hub.book(state, Hub.at(6, 10)) } == .slotUnknown
            #expect(isRefused != offices.contains("pusat"), "the fixture books at the main office")
        }
    }

    @Test("a booking is its applicant's and the office's, and the same key books once")
    func rights() async throws {
        let hub = try await Hub.open()
        let state = try await hub.waiting()
        #expect(try await refusal { try await hub.book(state, Self.first, for: SmallHub.budi) } == .caseNotFound)
        #expect(try await refusal { try await hub.book(state, Self.first, by: .stranger) } == .caseNotFound)
        let key = Array("booking-key-0000001".utf8)
        let booked = try await hub.book(state, Self.first, by: .officer, key: key)
        #expect(try await hub.book(state, Self.first, by: .officer, key: key) == booked)
        #expect(try await hub.held(Self.first) == 1)
        #expect(try await refusal { try await hub.book(state, Hub.at(6, 10)) } == .appointmentRefused)
        for call in [hub.checkIn, hub.noShow] {
            #expect(try await refusal { _ = try await call(state, .portal) } != nil, "counters are for officers")
        }
        #expect(try await refusal { try await hub.callNext(by: .stranger) } == .slotUnknown)
        #expect(try await refusal { try await hub.callNext(by: .portal) } == .slotUnknown)
    }

    @Test("an applicant changes in time and not for ever, an officer also after that")
    func limits() async throws {
        let hub = try await Hub.open()
        let state = try await hub.book(try await hub.waiting(), Self.first)
        try await hub.book(state, Hub.at(6, 8, 30), change: true)
        try await hub.book(state, Hub.at(6, 10), change: true)
        #expect(try await refusal { try await hub.book(state, Self.first, change: true) } == .appointmentRefused)
        try await hub.book(state, Self.first, change: true, by: .officer)
        try await hub.wait(until: Hub.at(6, 7))
        #expect(
            try await refusal { try await hub.cancel(state) } == .appointmentRefused, "an hour before it is too late")
        let cancelled = try await hub.cancel(state, by: .officer)
        #expect(cancelled.appointmentStates == [.cancelled, .wanted])
        #expect(try await hub.held(Self.first) == 0)
    }

    @Test("a case that is withdrawn gives its place back in the same commit")
    func withdrawn() async throws {
        let hub = try await Hub.open()
        let state = try await hub.book(try await hub.waiting(), Self.first)
        let gone = try await hub.small.act("tarik", .withdrawComplaint, on: state, by: .portal, for: SmallHub.anna)
        #expect(gone.stage == "ditarik" && gone.appointmentStates == [.cancelled])
        #expect(try await hub.held(Self.first) == 0)
    }

    // MARK: Missing

    @Test("who is not there when the grace is over has missed it, may book anew, and at last the case goes on without")
    func missed() async throws {
        let hub = try await Hub.open()
        let state = try await hub.book(try await hub.waiting(), Self.first)
        try await hub.wait(until: Hub.at(6, 8, 9))
        #expect(try await hub.state(state).appointmentStates == [.booked])
        try await hub.wait(until: Hub.at(6, 8, 10))
        #expect(try await hub.state(state).appointmentStates == [.missed, .wanted])
        try await hub.book(state, Hub.at(6, 10))
        try await hub.wait(until: Hub.at(6, 11))
        let after = try await hub.state(state)
        #expect(after.stage == "gugur" && after.ended && after.appointmentStates == [.missed, .missed])
    }

    @Test("who comes after the grace has missed it, also when nobody has looked since")
    func tooLate() async throws {
        let hub = try await Hub.open()
        let state = try await hub.book(try await hub.waiting(), Self.first)
        hub.small.clock.advance(toMillis: Hub.at(6, 8, 10))
        // Without an appointment now: there is a number for that, too.
        let there = try await hub.checkIn(state)
        #expect(there.appointmentStates == [.missed, .checkedIn] && there.appointment.walkIn)
    }

    // MARK: Rules that change

    @Test("a holiday that is declared later frees what is booked on it, tells it and lets people book anew")
    func holiday() async throws {
        let courier = NotingCourier()
        let hub = try await Hub.open(couriers: [courier])
        let state = try await hub.book(try await hub.waiting(), Self.first)
        let other = try await hub.book(try await hub.waiting(), Hub.at(7, 8))
        try await hub.publish(PublishingHub.calendarPath, PublishingHub.calendar("2", closed: ["2026-01-06"]))
        #expect(try await hub.conflicts().map(\.appointment.state) == [.booked], "named before anything was freed")
        try await hub.small.hub.deadlines.fire()
        #expect(try await hub.state(state).appointmentStates == [.freed, .wanted])
        #expect(try await hub.state(other).appointmentStates == [.booked])
        #expect(try await hub.conflicts().map(\.case) == [state.number], "named until it is booked anew")
        #expect(try await hub.conflicts(by: .stranger) == [])
        #expect(try await hub.slots(from: "2026-01-06", days: 1) == [])
        let outbox = try #require(hub.small.hub.outbox)
        _ = try await outbox.choose()
        _ = try await outbox.carry(.file, courier, Shared(ChannelCircuit()))
        #expect(courier.carried.map(\.subject).contains("tutup \(state.number)"))
        try await hub.book(state, Hub.at(7, 8))
        #expect(try await hub.conflicts() == [])
    }

    @Test("hours that would take booked slots away are refused with the cases; a day that is declared closed is not")
    func hours() async throws {
        let hub = try await Hub.open()
        let state = try await hub.book(try await hub.waiting(), Self.first)
        let shorter = Hub.offices("2") { office in
            for index in office.weekdays.indices { office.weekdays[index].hours = [Hub.hours(600, 630)] }
        }
        do {
            try await hub.publish("offices/kantor.bin", shorter)
            Issue.record("a booked slot was taken away")
        } catch let error as HubError {
            #expect(error.code == .rulesRefused && error.violations.map(\.rule) == ["running_cases"])
            #expect(error.violations.first?.english.contains(state.number) == true)
        }
        let closed = Hub.offices("3") {
            $0.dates = [.with { ($0.day, $0.title) = ("2026-01-06", .with { $0.id = "Banjir" }) }]
        }
        try await hub.publish("offices/kantor.bin", closed)
        try await hub.small.hub.deadlines.fire()
        #expect(try await hub.state(state).appointmentStates == [.freed, .wanted])
        #expect(try await hub.small.ledger.records(prefix: "slot/").count == 1)
    }

    @Test("offices that do not fit are refused: no calendar, no kind that a stage books")
    func unfit() async throws {
        let hub = try await Hub.open()
        for (change, rule) in [
            ({ $0.calendar = "lain" }, "calendar"), ({ $0.kinds.removeLast() }, "kinds"),
        ] as [((inout HubOffice) -> Void, String)] {
            do {
                try await hub.publish("offices/kantor.bin", Hub.offices("2", change))
                Issue.record("\(rule) was taken")
            } catch let error as HubError {
                #expect(error.code == .rulesRefused && error.violations.map(\.rule).contains(rule))
            }
        }
    }
}
