// Appointments, offices and queues, as hubctl shows them.

import ArgumentParser
import HubDomain
import HubProto

extension [HubAppointment] {
    /// The lines of `case show`; none when nobody has to come.
    var lines: [String] {
        guard !isEmpty else { return [] }
        var table = Table([
            .text("APPOINTMENT"), .text("STATE"), .text("OFFICE", shrinks: true), .text("SLOT"), .text("NUMBER"),
            .text("COUNTER"), .count("CHANGES"),
        ])
        for appointment in self { table.add(appointment.row) }
        return ["", "Appointments (UTC):"] + table.lines()
    }
}

extension HubAppointment {
    fileprivate var row: [String] {
        [
            kind, state.word, office, startMs == 0 ? (walkIn ? "walk-in" : "") : Moment.minute(startMs), queueNumber,
            counter == 0 ? "" : String(counter), changes == 0 ? "" : String(changes),
        ]
    }

    /// `{"appointment","title","state","office","address","start","end","walk_in","queue_number","queue_day","counter","changes",
    /// "checked_in","called","ended","shown","by_proxy","by"}`; who came instead stays in the hub.
    var members: [(String, JSON)] {
        [
            ("appointment", .string(kind)), ("title", title.json), ("stage", .text(stage)),
            ("state", .string(state.word)), ("office", .text(office)), ("address", .text(address)),
            ("start", .moment(startMs)), ("end", .moment(endMs)), ("walk_in", .bool(walkIn)),
            ("queue_number", .text(queueNumber)), ("queue_day", .text(queueDay)),
            ("counter", counter == 0 ? .null : .unsigned(UInt64(counter))), ("changes", .unsigned(UInt64(changes))),
            ("checked_in", .moment(checkedInMs)), ("called", .moment(calledMs)), ("ended", .moment(endedMs)),
            ("shown", hasIdentity ? .string(identity.shown) : .null),
            ("by_proxy", hasIdentity ? .bool(identity.byProxy) : .null), ("by", .text(by)),
        ]
    }
}

extension HubAppointmentState {
    /// `wanted`, `booked`, `checked_in` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .wanted: "wanted"
        case .booked: "booked"
        case .checkedIn: "checked_in"
        case .called: "called"
        case .served: "served"
        case .missed: "missed"
        case .cancelled: "cancelled"
        case .freed: "freed"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension HubOffice {
    /// `08:00-12:00 13:00-15:00` for each weekday that is open.
    var hoursText: String {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        return weekdays.compactMap { day in
            guard (1...7).contains(day.weekday), !day.hours.isEmpty else { return nil }
            return "\(names[Int(day.weekday) - 1]) \(day.hours.map(\.text).joined(separator: " "))"
        }.joined(separator: ", ")
    }

    var members: [(String, JSON)] {
        [
            ("office", .string(code)), ("title", title.json), ("unit", .text(unit)), ("address", .text(address)),
            ("areas", .strings(areas)), ("calendar", .text(calendar)), ("hours", .text(hoursText)),
            ("kinds", .strings(kinds.map(\.name))),
        ]
    }
}

extension HubOpenHours {
    fileprivate var text: String { "\(Self.time(fromMinute))-\(Self.time(toMinute))" }

    private static func time(_ minute: UInt32) -> String {
        Digits.text(minute / 60, width: 2) + ":" + Digits.text(minute % 60, width: 2)
    }
}

/// A moment on the command line: `2026-11-27T09:00+07:00`, or `2026-11-27T02:00Z` as tables show it.
struct SlotTime: ExpressibleByArgument, Equatable {
    /// Milliseconds since 1970 UTC.
    let millis: Int64

    /// Nil without a date, a time and an offset.
    init?(argument: String) {
        let parts = argument.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = CalendarDate(iso: parts[0]), let time = TimeOfDay(parts[1].prefix(5)),
            let offset = Self.offset(parts[1].dropFirst(5))
        else { return nil }
        millis = day.startMillis(utcOffsetMinutes: offset) + Int64(time.minutesSinceMidnight) * 60_000
    }

    private static func offset(_ text: Substring) -> Int? {
        guard text != "Z" else { return 0 }
        guard let sign = text.first, "+-".contains(sign), let time = TimeOfDay(text.dropFirst()) else { return nil }
        return sign == "-" ? -time.minutesSinceMidnight : time.minutesSinceMidnight
    }
}
