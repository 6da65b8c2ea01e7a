// A hub whose one service wants people to come: two offices, two stages that book, and counters.

import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf

@testable import HubCore

/// `SmallHub` with offices. The clock begins on Monday, 5 January 2026, at 07:00.
struct BookingHub {
    let small: SmallHub

    static func open(
        ledger: any Ledger = InMemoryLedger(), offices: HubOfficeRules = offices(), couriers: [any NoticeCourier] = [],
        _ change: (inout HubServiceDefinition) -> Void = { _ in },
        equip: (inout HubPorts) -> Void = { _ in }
    ) async throws -> BookingHub {
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition(change)],
            standing: [PublishingHub.calendar(), offices, notices])
        let answer: @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance = { question, _ in
            .with { $0.stage = leads[question.command.action] ?? "" }
        }
        return BookingHub(
            small: try await SmallHub.open(
                ledger: ledger, bundle: bundle, principals: [.officer, .clerk, .stranger], answer: answer
            ) { ports in
                equip(&ports)
                if let courier = couriers.first {
                    ports.couriers = [.file: courier]
                    ports.outbox.standardChannels = [.file]
                }
            })
    }

    // MARK: Rules

    static let annasNumber = "3318010101900001"
    static let leads = ["submit": "menunggu", "tarik": "ditarik"]

    static func definition(_ change: (inout HubServiceDefinition) -> Void = { _ in }) -> HubServiceDefinition {
        var definition = SmallHub.definition
        definition.fields = [
            .with { ($0.name, $0.type, $0.personal) = ("nik", .nik, true) },
            .with { ($0.name, $0.type) = ("wilayah", .text) },
            .with { ($0.name, $0.type, $0.decided) = ("diambil", .date, true) },
        ]
        definition.documents = [.with { $0.kind = "surat_kuasa" }]
        definition.stages = ["menunggu", "siap", "selesai", "ditarik", "gugur"].map { name in
            .with { ($0.name, $0.ended) = (name, ["selesai", "ditarik", "gugur"].contains(name)) }
        }
        definition.stages[0].books = .with {
            ($0.kind, $0.servedTo, $0.missedTo, $0.missedMax) = ("rekam", "siap", "gugur", 2)
            $0.walkIn = true
        }
        definition.stages[1].books = .with {
            ($0.kind, $0.servedTo, $0.servedOn, $0.walkIn) = ("ambil", "selesai", "diambil", true)
            $0.identity = .with { ($0.nik, $0.shows, $0.letter) = ("nik", ["ktp", "kk"], "surat_kuasa") }
        }
        definition.actions = [
            .with {
                ($0.name, $0.kind, $0.to, $0.roles) = ("submit", .submit, ["menunggu"], ["applicant", "officer"])
            },
            .with {
                ($0.name, $0.kind, $0.from, $0.to) = ("tarik", .withdraw, ["menunggu", "siap"], ["ditarik"])
                $0.roles = ["applicant"]
            },
        ]
        definition.clocks = []
        change(&definition)
        return definition
    }

    /// Open from 08:00 to 09:00 and from 10:00 to 10:30, in slots of 30 minutes; on Saturdays never.
    static func offices(
        _ version: String = "1", places: UInt32 = 2, walkIns: UInt32 = 1, _ change: (inout HubOffice) -> Void = { _ in }
    ) -> HubOfficeRules {
        var office = HubOffice.with {
            ($0.code, $0.unit, $0.calendar, $0.address) = ("pusat", "loket", "kalender", "Jalan Uji 1")
            $0.title = .with { ($0.id, $0.en) = ("Kantor pusat", "Main office") }
            $0.weekdays = (1...5).map { (weekday: UInt32) in
                .with {
                    $0.weekday = weekday
                    $0.hours = [hours(480, 540), hours(600, 630)]
                }
            }
            $0.kinds = [
                kind("rekam", "A", places: places, walkIns: walkIns),
                kind("ambil", "B", places: places, walkIns: walkIns),
            ]
        }
        change(&office)
        return .with { ($0.name, $0.version, $0.offices) = ("kantor", version, [office]) }
    }

    static func hours(_ from: UInt32, _ to: UInt32) -> HubOpenHours {
        .with { ($0.fromMinute, $0.toMinute) = (from, to) }
    }

    private static func kind(
        _ name: String, _ prefix: String, places: UInt32, walkIns: UInt32
    ) -> HubAppointmentKind {
        .with {
            ($0.name, $0.prefix, $0.minutes, $0.counters, $0.walkIns) = (name, prefix, 30, places + walkIns, walkIns)
            ($0.daysAhead, $0.changeMinutes, $0.changesMax, $0.graceMinutes) = (14, 60, 2, 10)
            ($0.walkInAfterMinutes, $0.remindDays, $0.remindMinute) = (1_440, 1, 960)
            $0.title = .with { ($0.id, $0.en) = ("Janji \(name)", "Appointment \(name)") }
        }
    }

    private static let notices = HubNoticeRules.with {
        ($0.name, $0.version) = ("umum", "1")
        $0.templates = [
            template(.appointmentBooked, "dipesan"), template(.appointmentNear, "ingat"),
            template(.appointmentCancelled, "batal"), template(.appointmentMissed, "terlewat"),
            template(.appointmentFreed, "tutup"),
        ]
    }

    private static func template(_ occasion: HubNoticeOccasion, _ word: String) -> HubNoticeTemplate {
        .with {
            ($0.occasion, $0.reader) = (occasion, .applicant)
            $0.subject = .with { ($0.id, $0.en) = ("\(word) {nomor}", "\(word) {nomor}") }
            $0.text = .with { ($0.id, $0.en) = ("\(word) {janji} {kantor} {waktu}", "\(word) {waktu}") }
        }
    }

    // MARK: Time

    /// A moment of January 2026 in the regency's time.
    static func at(_ day: Int, _ hour: Int, _ minute: Int = 0) -> Int64 {
        (CalendarDate(year: 2026, month: 1, day: day) ?? .earliest).startMillis(utcOffsetMinutes: 420)
            + Int64(hour * 60 + minute) * 60_000
    }

    /// Lets time pass, and whatever is due on the way.
    func wait(until millis: Int64) async throws {
        _ = try await small.hub.deadlines.advance(small.clock, byMillis: millis - small.clock.nowMillis())
    }

    // MARK: What people do

    @discardableResult
    func waiting(
        nik: String = annasNumber, area: String? = nil, for citizen: String = SmallHub.anna
    ) async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = [.with { ($0.name, $0.text) = ("nik", nik) }]
            if let area { $0.form.append(.with { ($0.name, $0.text) = ("wilayah", area) }) }
        }
        return try await small.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: citizen
        ).case
    }

    func slots(_ kind: String = "rekam", from day: String = "", days: UInt32 = 7) async throws -> [LayananSlot] {
        let request = LayananSlotsRequest.with {
            ($0.office, $0.kind, $0.firstDay, $0.days) = ("pusat", kind, day, days)
        }
        return try await small.call(.listSlots, request, as: LayananSlotsReply.self, by: .portal).slots
    }

    @discardableResult
    func book(
        _ state: HubCase, _ startMillis: Int64, change: Bool = false, by caller: Caller = .portal,
        for citizen: String = SmallHub.anna, key: [UInt8]? = nil
    ) async throws -> HubCase {
        let request = LayananBookRequest.with {
            ($0.case, $0.office, $0.startMs) = (state.number, "pusat", startMillis)
        }
        return try await small.call(
            change ? .changeAppointment : .bookAppointment, request, as: LayananCaseReply.self, by: caller,
            for: caller.role == "applicant" ? citizen : "", key: key
        ).case
    }

    @discardableResult
    func cancel(
        _ state: HubCase, by caller: Caller = .portal, for citizen: String = SmallHub.anna
    ) async throws -> HubCase {
        let request = LayananCancelAppointmentRequest.with { $0.case = state.number }
        return try await small.call(
            .cancelAppointment, request, as: LayananCaseReply.self, by: caller,
            for: caller.role == "applicant" ? citizen : ""
        ).case
    }

    @discardableResult
    func checkIn(_ state: HubCase, by caller: Caller = .officer) async throws -> HubCase {
        let request = LayananCheckInRequest.with { ($0.case, $0.office) = (state.number, "pusat") }
        return try await small.call(.checkIn, request, as: LayananCaseReply.self, by: caller).case
    }

    /// Number that was called; nil = nobody waits.
    @discardableResult
    func callNext(
        _ kind: String = "", counter: UInt32 = 1, by caller: Caller = .officer, key: [UInt8]? = nil
    ) async throws -> String? {
        let request = LayananCallNextRequest.with { ($0.office, $0.kind, $0.counter) = ("pusat", kind, counter) }
        let reply = try await small.call(.callNext, request, as: LayananCallNextReply.self, by: caller, key: key)
        return reply.hasCase ? reply.case.appointment.queueNumber : nil
    }

    @discardableResult
    func serve(
        _ state: HubCase, by caller: Caller = .officer, _ fill: (inout LayananServeRequest) -> Void = { _ in }
    ) async throws -> HubCase {
        var request = LayananServeRequest.with { $0.case = state.number }
        fill(&request)
        return try await small.call(.serveAtCounter, request, as: LayananCaseReply.self, by: caller).case
    }

    @discardableResult
    func noShow(_ state: HubCase, by caller: Caller = .officer) async throws -> HubCase {
        let request = LayananNoShowRequest.with { $0.case = state.number }
        return try await small.call(.noShow, request, as: LayananCaseReply.self, by: caller).case
    }

    func queue() async throws -> LayananOfficeQueueReply {
        let request = LayananOfficeQueueRequest.with { $0.office = "pusat" }
        return try await small.call(.officeQueue, request, as: LayananOfficeQueueReply.self, by: .portal)
    }

    func conflicts(by caller: Caller = .officer) async throws -> [LayananConflict] {
        try await small.call(
            .listConflicts, LayananConflictsRequest(), as: LayananConflictsReply.self, by: caller
        ).conflicts
    }

    func state(_ state: HubCase) async throws -> HubCase { try await small.get(state, by: .officer) }

    @discardableResult
    func publish(_ path: String, _ rule: some Message) async throws -> HubPublication {
        let request = HubPublishRulesRequest.with {
            $0.note = "Perbup 1/2026"
            $0.files = (try? MessageRules.file(path, rule)).map { [$0] } ?? []
        }
        return try await small.call(.publishRules, request, as: HubPublishRulesReply.self, by: .officer).publication
    }

    /// How many hold a slot, as the ledger counts.
    func held(_ startMillis: Int64, _ kind: String = "rekam") async throws -> UInt32 {
        let slot = try await slots(kind, from: CalendarDate(epochMillis: startMillis, utcOffsetMinutes: 420).iso)
            .first { $0.startMs == startMillis }
        guard let slot else { return .max }
        return slot.places - slot.free
    }
}

extension HubCase {
    /// The newest one.
    var appointment: HubAppointment { appointments.last ?? HubAppointment() }
    /// How they stand, in order.
    var appointmentStates: [HubAppointmentState] { appointments.map(\.state) }
}
