// The slots of an office: they follow from its hours, its calendar and the day. Pure.

import HubDomain
import HubProto

/// A time for which one can come, milliseconds since 1970 UTC.
struct Slot: Sendable, Hashable {
    var startMillis: Int64
    var endMillis: Int64
}

/// When one office is open.
struct SlotGrid: Sendable {
    let office: HubOffice
    let calendar: WorkCalendar

    /// nil when the office's calendar is not in force: then nobody can say when it is open.
    init?(_ office: HubOffice, _ catalogue: ServiceCatalogue) {
        guard let calendar = catalogue.calendars[office.calendar] else { return nil }
        (self.office, self.calendar) = (office, calendar)
    }

    /// Hours of a day, in order; none = closed.
    func hours(on day: CalendarDate) -> [HubOpenHours] {
        guard day >= calendar.firstDay, day <= calendar.lastDay, !calendar.closedDays.contains(day) else { return [] }
        if let own = ownHours(of: day) { return own }
        guard calendar.openWeekdays.contains(day.weekday) else { return [] }
        return office.weekdays.first { Int($0.weekday) == day.weekday }?.hours ?? []
    }

    /// The office itself, or its calendar, says that this day is closed.
    func isDeclaredClosed(_ day: CalendarDate) -> Bool {
        calendar.closedDays.contains(day) || ownHours(of: day)?.isEmpty == true
    }

    /// Slots of a day, by time.
    func slots(of kind: HubAppointmentKind, on day: CalendarDate) -> [Slot] {
        guard kind.minutes > 0 else { return [] }
        let midnight = day.startMillis(utcOffsetMinutes: calendar.utcOffsetMinutes)
        return hours(on: day).flatMap { hours in
            stride(from: Int64(hours.fromMinute), to: Int64(hours.toMinute), by: Int(kind.minutes)).compactMap {
                minute in
                let end = minute + Int64(kind.minutes)
                guard end <= Int64(hours.toMinute) else { return nil }
                return Slot(startMillis: midnight + minute * 60_000, endMillis: midnight + end * 60_000)
            }
        }
    }

    /// The slot that begins then; nil = there is none.
    func slot(of kind: HubAppointmentKind, at startMillis: Int64) -> Slot? {
        slots(of: kind, on: day(of: startMillis)).first { $0.startMillis == startMillis }
    }

    /// The office is open at this moment.
    func isOpen(at millis: Int64) -> Bool {
        let day = day(of: millis)
        let minute = (millis - day.startMillis(utcOffsetMinutes: calendar.utcOffsetMinutes)) / 60_000
        return hours(on: day).contains { Int64($0.fromMinute) <= minute && minute < Int64($0.toMinute) }
    }

    func day(of millis: Int64) -> CalendarDate {
        CalendarDate(epochMillis: millis, utcOffsetMinutes: calendar.utcOffsetMinutes)
    }

    /// How many people without an appointment get a number on a day: the share of each slot that is kept for them.
    func walkInsMax(of kind: HubAppointmentKind, on day: CalendarDate) -> Int {
        slots(of: kind, on: day).count * Int(min(kind.walkIns, kind.counters))
    }

    private func ownHours(of day: CalendarDate) -> [HubOpenHours]? {
        let iso = day.iso
        return office.dates.first { $0.day == iso }?.hours
    }
}
