// Working days, with the holidays and joint leave of 2026. Rows 38 to 40 of the domain's facts.

import HubDomain
import Testing

@Suite("working days (rows 38 to 40)")
struct WorkCalendarTests {
    let calendar: WorkCalendar

    init() throws {
        calendar = try Self.indonesia2026()
    }

    /// Row 38: SKB of 19 September 2025.
    static let holidays = [
        "01-01", "01-16", "02-17", "03-19", "03-21", "03-22", "04-03", "04-05", "05-01", "05-14", "05-27", "05-31",
        "06-01", "06-16", "08-17", "08-25", "12-25",
    ]
    /// Row 38: Keppres 42/2025.
    static let jointLeave = ["02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24"]

    static func indonesia2026(
        version: String = "1", closed: [String] = holidays + jointLeave
    ) throws -> WorkCalendar {
        WorkCalendar(
            name: "id-2026", version: version, firstDay: try day("2026-01-01"), lastDay: try day("2026-12-31"),
            openWeekdays: [1, 2, 3, 4, 5], closedDays: Set(try closed.map { try day("2026-\($0)") }),
            utcOffsetMinutes: 420)
    }

    static func day(_ iso: String) throws -> CalendarDate { try #require(CalendarDate(iso: iso)) }

    /// Local time in the regency.
    func at(_ iso: String, _ time: String) throws -> Int64 {
        let minutes = try #require(TimeOfDay(time)).minutesSinceMidnight
        return try Self.day(iso).startMillis(utcOffsetMinutes: 420) + Int64(minutes) * 60_000
    }

    @Test("row 38: 2026 has 17 holidays, 8 days of joint leave and 240 working days")
    func year() throws {
        #expect(Set(Self.holidays).count == 17 && Set(Self.jointLeave).count == 8 && calendar.closedDays.count == 25)
        let days = (0..<365).map { try? Self.day("2026-01-01").adding(days: $0) }
        #expect(days.compactMap(\.self).count(where: calendar.isWorkingDay) == 240)
    }

    @Test("row 39: an office that serves on joint leave, and a holiday moved by decree, need another calendar alone")
    func otherCalendars() throws {
        let filed = try at("2026-03-13", "09:15")
        let serving = try Self.indonesia2026(closed: Self.holidays)
        #expect(try serving.deadlineMillis(startMillis: filed, workingDays: 5) == at("2026-03-24", "00:00"))
        // Eid al-Fitr a day earlier: Friday 20 and Saturday 21 March, and the leave behind it as well.
        let moved = Self.holidays.map { $0 == "03-22" ? "03-20" : $0 } + ["02-16", "03-18", "03-23"]
        let decreed = try Self.indonesia2026(version: "2", closed: moved)
        let due = try decreed.deadlineMillis(startMillis: filed, workingDays: 5)
        #expect(due == (try at("2026-03-27", "00:00")))
        #expect(try due < calendar.deadlineMillis(startMillis: filed, workingDays: 5))
    }

    @Test("row 40: arithmetic from Monday to Friday alone would end a week too early, on 20 March")
    func weekdaysAlone() throws {
        let filed = try at("2026-03-13", "09:15")
        let naive = try Self.indonesia2026(closed: [])
        #expect(try naive.deadlineMillis(startMillis: filed, workingDays: 5) == at("2026-03-21", "00:00"))
        #expect(try calendar.deadlineMillis(startMillis: filed, workingDays: 5) == at("2026-03-28", "00:00"))
    }

    @Test("row 40: filed on Friday 13 March 2026, five working days end with Friday 27 March")
    func eidAlFitr() throws {
        for time in ["00:00", "09:15", "23:59"] {
            let due = try calendar.deadlineMillis(startMillis: at("2026-03-13", time), workingDays: 5)
            #expect(due == (try at("2026-03-28", "00:00")))
        }
    }

    @Test(
        "deadlines skip weekends, holidays and joint leave",
        arguments: [
            ("2026-03-16", 1, "2026-03-18"), ("2026-03-17", 1, "2026-03-26"), ("2026-08-14", 1, "2026-08-19"),
            ("2026-03-21", 1, "2026-03-26"), ("2026-06-12", 3, "2026-06-19"), ("2026-01-05", 60, "2026-04-11"),
        ])
    func deadlines(filed: String, days: Int, due: String) throws {
        #expect(
            try calendar.deadlineMillis(startMillis: at(filed, "10:00"), workingDays: days) == at(due, "00:00"))
    }

    @Test("no working day at all means the end of today, or of the next day that offices are open")
    func none() throws {
        #expect(
            try calendar.deadlineMillis(startMillis: at("2026-03-13", "10:00"), workingDays: 0)
                == at("2026-03-14", "00:00"))
        #expect(
            try calendar.deadlineMillis(startMillis: at("2026-03-18", "10:00"), workingDays: -4)
                == at("2026-03-26", "00:00"))
    }

    @Test("a day that the calendar does not know is an error that names it")
    func unknownDays() throws {
        let error = #expect(throws: HubError(.definitionInvalid, "")) {
            try calendar.deadlineMillis(startMillis: at("2026-12-23", "10:00"), workingDays: 6)
        }
        #expect(error?.detail.contains("id-2026") == true && error?.detail.contains("2027-01-01") == true)
        #expect(throws: HubError(.definitionInvalid, "")) {
            try calendar.deadlineMillis(startMillis: 1_300_000_000_000, workingDays: 3)  // 2011
        }
        #expect(throws: HubError(.definitionInvalid, "")) {
            try calendar.deadlineMillis(startMillis: .max, workingDays: .max)
        }
        #expect(throws: HubError(.definitionInvalid, "")) {
            try calendar.deadlineMillis(startMillis: .min, workingDays: .min)
        }
        #expect(!calendar.isWorkingDay(try Self.day("2025-12-31")))
    }

    @Test("a calendar on which offices never open ends in an error, not in an endless search")
    func neverOpen() throws {
        let closed = WorkCalendar(
            name: "never", version: "1", firstDay: .earliest, lastDay: calendar.lastDay, openWeekdays: [],
            closedDays: [], utcOffsetMinutes: 420)
        #expect(throws: HubError(.definitionInvalid, "")) {
            try closed.deadlineMillis(startMillis: at("2026-03-13", "10:00"), workingDays: 1)
        }
    }

    @Test("the days left shrink only on working days and are 0 on the last day and after it")
    func daysLeft() throws {
        let due = try calendar.deadlineMillis(startMillis: at("2026-03-13", "10:00"), workingDays: 5)
        let expected = [
            ("2026-03-13", 5), ("2026-03-14", 5), ("2026-03-16", 4), ("2026-03-17", 3), ("2026-03-20", 3),
            ("2026-03-24", 3), ("2026-03-25", 2), ("2026-03-26", 1), ("2026-03-27", 0), ("2026-03-28", 0),
            ("2026-05-05", 0),
        ]
        for (day, left) in expected {
            #expect(calendar.workingDaysLeft(nowMillis: try at(day, "12:00"), dueMillis: due) == left, "\(day)")
        }
        #expect(calendar.workingDaysLeft(nowMillis: .min, dueMillis: .max) == 240)
        #expect(calendar.workingDaysLeft(nowMillis: .max, dueMillis: .min) == 0)
    }

    @Test("a deadline moved by some working days and back is where it was")
    func shifting() throws {
        let due = try calendar.deadlineMillis(startMillis: at("2026-03-13", "10:00"), workingDays: 5)
        for days in 0...100 {
            let later = try calendar.shifted(dueMillis: due, byWorkingDays: days)
            #expect(try later == calendar.deadlineMillis(startMillis: at("2026-03-13", "10:00"), workingDays: 5 + days))
            #expect(try calendar.shifted(dueMillis: later, byWorkingDays: -days) == due)
        }
    }
}
