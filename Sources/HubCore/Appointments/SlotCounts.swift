// Places and queue numbers in the ledger: each slot and each queue has one small record, whose version decides who was first.

import HubDomain
import HubProto
import SwiftProtobuf

/// Counts of slots and queues. What it gives is written in the commit of the case, or not at all.
struct SlotCounts: Sendable {
    let ledger: any Ledger

    private static let slotPrefix = "slot/"
    private static let queuePrefix = "queue/"

    /// A record of slots or queues: whoever meets another writer there looks again.
    static func isOwn(_ key: String) -> Bool { key.hasPrefix(slotPrefix) || key.hasPrefix(queuePrefix) }

    // MARK: Slots

    /// One place more is taken.
    ///
    /// - Throws: ``HubError/Code/slotFull`` when there is none left.
    func taking(_ slot: Slot, at place: AppointmentPlace) async throws(HubError) -> RecordWrite {
        let key = Self.key(of: slot.startMillis, place.grid.office.code, place.kind.name, place.grid.calendar)
        let (version, count) = try await count(key)
        guard count.booked < place.kind.places else {
            throw HubError(.slotFull, "every place of this slot is taken")
        }
        return RecordWrite(
            key: key, expectedVersion: version,
            body: try HubSlotCount.with { $0.booked = count.booked + 1 }.ledgerBytes())
    }

    /// Places that are free again, each slot once.
    func releasing(
        _ appointments: [HubAppointment], _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> [RecordWrite] {
        var records: [RecordWrite] = []
        for appointment in appointments {
            let key = Self.key(
                of: appointment.startMs, appointment.office, appointment.kind,
                utcOffsetMinutes: catalogue.utcOffsetMinutes)
            let (version, count) = try await count(key)
            guard count.booked > 0 else { continue }
            records.append(
                RecordWrite(
                    key: key, expectedVersion: version,
                    body: try HubSlotCount.with { $0.booked = count.booked - 1 }.ledgerBytes()))
        }
        return records
    }

    /// How many hold each slot of a day, by its begin as `HHMM`.
    func booked(_ office: String, _ kind: String, on day: CalendarDate) async throws(HubError) -> [String: UInt32] {
        let prefix = "\(Self.slotPrefix)\(day.iso)/\(office)/\(kind)/"
        var booked: [String: UInt32] = [:]
        for record in try await ledger.records(prefix: prefix) {
            let count: HubSlotCount = try decoded(record.body, record.key)
            booked[String(record.key.dropFirst(prefix.count))] = count.booked
        }
        return booked
    }

    /// More people hold the slot of an appointment than it has places.
    func isOverfull(_ appointment: HubAppointment, _ catalogue: ServiceCatalogue) async throws(HubError) -> Bool {
        guard let place = AppointmentPlace(appointment.office, appointment.kind, catalogue) else { return true }
        let key = Self.key(of: appointment.startMs, appointment.office, appointment.kind, place.grid.calendar)
        return try await count(key).count.booked > place.kind.places
    }

    /// Slots of a day that somebody holds, of every office, and how many do.
    func held(
        on day: CalendarDate, utcOffsetMinutes: Int
    ) async throws(HubError) -> [(office: String, kind: String, startMillis: Int64, count: UInt32)] {
        let prefix = "\(Self.slotPrefix)\(day.iso)/"
        var held: [(office: String, kind: String, startMillis: Int64, count: UInt32)] = []
        for record in try await ledger.records(prefix: prefix) {
            let count: HubSlotCount = try decoded(record.body, record.key)
            let parts = record.key.dropFirst(prefix.count).split(separator: "/")
            guard count.booked > 0, parts.count == 3, let time = Int64(parts[2]) else { continue }
            let minute = time / 100 * 60 + time % 100
            held.append(
                (
                    String(parts[0]), String(parts[1]),
                    day.startMillis(utcOffsetMinutes: utcOffsetMinutes) + minute * 60_000, count.booked
                ))
        }
        return held
    }

    // MARK: Queues

    /// The next number of a queue.
    ///
    /// - Parameter walkInsMax: With somebody who has no appointment: how many of them a day has; nil = has one.
    /// - Throws: ``HubError/Code/slotFull`` when all numbers for people without an appointment are given.
    func numbering(
        at place: AppointmentPlace, on day: CalendarDate, walkInsMax: Int?
    ) async throws(HubError) -> (number: String, record: RecordWrite) {
        let key = Self.queueKey(place.grid.office.code, place.kind.name, day)
        let record = try await ledger.record(key)
        var count = HubQueueCount()
        if let record { count = try decoded(record.body, key) }
        if let walkInsMax {
            guard count.walkIns < walkInsMax else {
                throw HubError(.slotFull, "all of today's numbers for people without an appointment are given")
            }
            count.walkIns += 1
        }
        count.last += 1
        return (
            "\(place.kind.prefix)-\(Digits.text(count.last, width: 3))",
            RecordWrite(key: key, expectedVersion: record?.version ?? 0, body: try count.ledgerBytes())
        )
    }

    /// Numbers given by a queue.
    func given(_ office: String, _ kind: String, on day: CalendarDate) async throws(HubError) -> UInt32 {
        let key = Self.queueKey(office, kind, day)
        guard let record = try await ledger.record(key) else { return 0 }
        let count: HubQueueCount = try decoded(record.body, key)
        return count.last
    }

    // MARK: Keys

    private func count(_ key: String) async throws(HubError) -> (version: UInt64, count: HubSlotCount) {
        guard let record = try await ledger.record(key) else { return (0, HubSlotCount()) }
        return (record.version, try decoded(record.body, key))
    }

    static func key(of startMillis: Int64, _ office: String, _ kind: String, _ calendar: WorkCalendar) -> String {
        key(of: startMillis, office, kind, utcOffsetMinutes: calendar.utcOffsetMinutes)
    }

    /// By day first, so that what comes is read without what was: `slot/2026-11-27/office/kind/0900`.
    static func key(of startMillis: Int64, _ office: String, _ kind: String, utcOffsetMinutes: Int) -> String {
        let day = CalendarDate(epochMillis: startMillis, utcOffsetMinutes: utcOffsetMinutes)
        return "\(slotPrefix)\(day.iso)/\(office)/\(kind)/\(time(of: startMillis, utcOffsetMinutes))"
    }

    /// `HHMM`
    static func time(of startMillis: Int64, _ utcOffsetMinutes: Int) -> String {
        let day = CalendarDate(epochMillis: startMillis, utcOffsetMinutes: utcOffsetMinutes)
        let minute = Int((startMillis - day.startMillis(utcOffsetMinutes: utcOffsetMinutes)) / 60_000)
        return Digits.text(minute / 60, width: 2) + Digits.text(minute % 60, width: 2)
    }

    private static func queueKey(_ office: String, _ kind: String, _ day: CalendarDate) -> String {
        "\(queuePrefix)\(day.iso)/\(office)/\(kind)"
    }
}
