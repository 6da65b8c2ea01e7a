// People who book, change, stay away and come at random, several at once, while hubs die: places and numbers always add up.

import Foundation
import HubDomain
import HubProto
import HubStore
import HubTestKit
import Synchronization
import Testing

@testable import HubCore

@Suite("Random appointments", .serialized)
struct AppointmentSequenceTests {
    private typealias Hub = BookingHub
    private static let places: UInt32 = 2

    /// So that a failure repeats, as far as tasks allow.
    private struct Chance {
        private var numbers: SplitMix64
        init(seed: UInt64) { numbers = SplitMix64(seed: seed) }
        mutating func next(_ bound: Int) -> Int { Int(numbers.next() % UInt64(max(1, bound))) }
    }

    /// What somebody tries.
    private enum Deed: Sendable {
        case book(HubCase, Int64), change(HubCase, Int64), cancel(HubCase), withdraw(HubCase)
        case checkIn(HubCase), call(String, UInt32), serve(HubCase), noShow(HubCase)
    }

    @Test(
        "no slot is ever overbooked, every place that is counted has its case, and numbers have no gaps (in memory)",
        arguments: [1, 2_026] as [UInt64])
    func inMemory(seed: UInt64) async throws {
        let ledger = InMemoryLedger()
        try await run(seed: seed, turns: 100) { ledger }
    }

    @Test("the last place is given to one of many who book it at once, on disk too", arguments: 1...3)
    func lastPlaceOnDisk(round: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("janji-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try SQLiteLedger.open(path: folder, nowMillis: Sample.now) { Array(0..<16) }
        let hub = try await Hub.open(ledger: ledger, offices: Hub.offices(places: 3))
        try await AppointmentTests.race(in: hub, people: 24, places: 3)
        try ledger.close()
    }

    @Test(
        "no slot is ever overbooked, every place that is counted has its case, and numbers have no gaps (on disk, restarted)",
        arguments: [4] as [UInt64])
    func onDisk(seed: UInt64) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("janji-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let present = Mutex<SQLiteLedger?>(nil)
        try await run(seed: seed, turns: 75) {
            try present.withLock { ledger in
                try ledger?.close()
                let opened = try SQLiteLedger.open(path: folder, nowMillis: Sample.now) { Array(0..<16) }
                ledger = opened
                return opened
            }
        }
        try present.withLock { try $0?.close() }
    }

    private func run(seed: UInt64, turns: Int, _ open: () throws -> any Ledger) async throws {
        var chance = Chance(seed: seed)
        let rules = Hub.offices(places: Self.places)
        var hub = try await Hub.open(ledger: try open(), offices: rules)
        var cases: [HubCase] = []
        var done = 0
        for turn in 0..<turns {
            if cases.count < 16 || chance.next(12) == 0 { cases.append(try await hub.waiting()) }
            let deeds = try await plan(1 + chance.next(6), cases, hub, &chance)
            done += try await attempt(deeds, hub)
            try await hub.wait(until: hub.small.clock.nowMillis() + Int64(chance.next(40) * 60_000 + 1))
            if turn == turns / 2 {
                let day = CalendarDate(epochMillis: hub.small.clock.nowMillis(), utcOffsetMinutes: 420).adding(days: 2)
                try await hub.publish(PublishingHub.calendarPath, PublishingHub.calendar("2", closed: [day.iso]))
            }
            if turn % 25 == 24 {
                try await judge(hub)
                let now = hub.small.clock.nowMillis()
                hub = try await Hub.open(ledger: try open(), offices: rules)
                try await hub.wait(until: now + 1)
            }
        }
        try await judge(hub)
        #expect(done > turns / 2, "hardly anything succeeded")
        _ = try await hub.small.ledger.verifyChain()
    }

    // MARK: What people do

    private func plan(
        _ count: Int, _ cases: [HubCase], _ hub: BookingHub, _ chance: inout Chance
    ) async throws -> [Deed] {
        let kinds = ["rekam", "ambil"]
        var starts: [String: [Int64]] = [:]
        // Few slots, so that people meet there; full ones too.
        for kind in kinds { starts[kind] = try await hub.slots(kind, days: 4).prefix(6).map(\.startMs) }
        var deeds: [Deed] = []
        for _ in 0..<count {
            let state = try await hub.state(cases[chance.next(cases.count)])
            let slots = starts[state.stage == "siap" ? "ambil" : "rekam"] ?? []
            let start = slots.isEmpty ? 0 : slots[chance.next(slots.count)]
            switch chance.next(20) {
            case 0..<6: deeds.append(.book(state, start))
            case 6..<9: deeds.append(.change(state, start))
            case 9: deeds.append(.cancel(state))
            case 10: deeds.append(chance.next(6) == 0 ? .withdraw(state) : .noShow(state))
            case 11..<15: deeds.append(.checkIn(state))
            case 15..<18: deeds.append(.call(kinds[chance.next(2)], UInt32(1 + chance.next(4))))
            default: deeds.append(.serve(state))
            }
        }
        return deeds
    }

    /// All at once. Returns how many succeeded; only refusals that are meant may happen.
    private func attempt(_ deeds: [Deed], _ hub: BookingHub) async throws -> Int {
        let meant: Set<UInt32> = Set(
            [
                HubError.Code.slotFull, .slotUnknown, .appointmentRefused, .identityRefused, .actionNotAllowed,
                .versionStale,
            ].map(\.number))
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for deed in deeds {
                group.addTask {
                    do { try await Self.perform(deed, hub) } catch let error as HubError {
                        #expect(meant.contains(error.code.number), "\(deed): \(error)")
                        return false
                    }
                    return true
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    private static func perform(_ deed: Deed, _ hub: BookingHub) async throws {
        switch deed {
        case .book(let state, let start): try await hub.book(state, start, by: .officer)
        case .change(let state, let start): try await hub.book(state, start, change: true, by: .officer)
        case .cancel(let state): try await hub.cancel(state, by: .officer)
        case .withdraw(let state):
            try await hub.small.act("tarik", .withdrawComplaint, on: state, by: .portal, for: SmallHub.anna)
        case .checkIn(let state): try await hub.checkIn(state)
        case .call(let kind, let counter): try await hub.callNext(kind, counter: counter)
        case .serve(let state):
            try await hub.serve(state) { ($0.shown, $0.nik) = ("ktp", BookingHub.annasNumber) }
        case .noShow(let state): try await hub.noShow(state)
        }
    }

    // MARK: What must hold

    private func judge(_ hub: BookingHub) async throws {
        var cases: [HubCase] = []
        var query = CaseQuery()
        query.limit = 200
        while true {
            let page = try await hub.small.ledger.cases(query, nowMillis: hub.small.clock.nowMillis())
            cases += page
            guard page.count == 200, let last = page.last else { break }
            query.before = [UInt8](last.id)
        }
        for state in cases {
            let open = state.appointments.filter(\.isOpen)
            #expect(open.count == (state.ended ? 0 : 1), "\(state.number) has \(open.count) open appointments")
            #expect(open.allSatisfy { $0.stage == state.stage })
        }
        let held = cases.flatMap(\.appointments).filter(\.holdsSlot).map {
            SlotCounts.key(of: $0.startMs, $0.office, $0.kind, utcOffsetMinutes: 420)
        }
        let holders = Dictionary(held.map { ($0, 1 as UInt32) }, uniquingKeysWith: +)
        var counted: [String: UInt32] = [:]
        for record in try await hub.small.ledger.records(prefix: "slot/") {
            let count = try HubSlotCount(serializedBytes: record.body).booked
            #expect(count <= Self.places, "\(record.key) is overbooked")
            if count > 0 { counted[record.key] = count }
        }
        #expect(counted == holders, "a place is counted that nobody has, or the other way round")
        try await judgeNumbers(cases, hub)
    }

    private func judgeNumbers(_ cases: [HubCase], _ hub: BookingHub) async throws {
        var numbers: [String: [String]] = [:]
        for one in cases.flatMap(\.appointments) where !one.queueNumber.isEmpty {
            numbers["queue/\(one.queueDay)/\(one.office)/\(one.kind)", default: []].append(one.queueNumber)
        }
        for record in try await hub.small.ledger.records(prefix: "queue/") {
            let last = try HubQueueCount(serializedBytes: record.body).last
            let given = (numbers[record.key] ?? []).compactMap { Int($0.dropFirst(2)) }
            #expect(given.sorted() == Array(1...Int(max(1, last))), "\(record.key): \(given.sorted()), last \(last)")
            numbers[record.key] = nil
        }
        #expect(numbers.isEmpty)
    }
}
