// Days and times of day.

import HubDomain
import Testing

@Suite("calendar dates")
struct CalendarDateTests {
    @Test("every day from 1890 to 2110 comes back from its number, its parts and its text")
    func roundTrip() throws {
        let first = try #require(CalendarDate(iso: "1890-01-01"))
        let last = try #require(CalendarDate(iso: "2110-12-31"))
        var weekday = first.weekday
        var before = ""
        for number in first.dayNumber...last.dayNumber {
            let day = CalendarDate(dayNumber: number)
            #expect(CalendarDate(year: day.year, month: day.month, day: day.day) == day)
            #expect(CalendarDate(iso: day.iso) == day)
            #expect(day.iso > before && day.weekday == weekday)
            before = day.iso
            weekday = weekday % 7 + 1
        }
        #expect(last.dayNumber - first.dayNumber == 80_717)
    }

    @Test(
        "known days have their known numbers and weekdays",
        arguments: [
            ("1970-01-01", 0, 4), ("2000-02-29", 11_016, 2), ("1945-08-17", -8903, 5), ("2026-03-13", 20_525, 5),
            ("0001-01-01", -719_162, 1), ("9999-12-31", 2_932_896, 5),
        ])
    func known(iso: String, number: Int, weekday: Int) throws {
        let day = try #require(CalendarDate(iso: iso))
        #expect(day.dayNumber == number)
        #expect(day.weekday == weekday)
        #expect(day.iso == iso)
    }

    @Test(
        "a term of months ends before the same day comes again, or with a month that has no such day",
        arguments: [
            ("2026-03-01", 60, "2031-02-28"), ("2031-03-01", 60, "2036-02-29"), ("2028-02-29", 60, "2033-02-28"),
            ("2026-08-31", 6, "2027-02-28"), ("2026-07-01", 6, "2026-12-31"), ("2026-03-13", 60, "2031-03-12"),
            ("2026-01-31", 1, "2026-02-28"),
        ])
    func term(start: String, months: Int, last: String) throws {
        #expect(try #require(CalendarDate(iso: start)).lastDay(ofMonths: months).iso == last)
    }

    @Test(
        "what is not a day is refused",
        arguments: [
            "", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-4-3", "26-04-03",
            "2026/04/03", "2026-04-03 ", " 2026-04-03", "2026-04-03T00:00", "0000-00-00", "0000-01-01", "10000-01-01",
            "２０２６-04-03", "-026-04-03", "+026-04-03",
        ])
    func notADay(text: String) {
        #expect(CalendarDate(iso: text) == nil)
    }

    @Test("midnight falls where the regency's time says")
    func offsets() throws {
        let day = try #require(CalendarDate(iso: "2026-03-14"))
        let start = day.startMillis(utcOffsetMinutes: 420)
        #expect(start == 1_773_421_200_000)  // 2026-03-13T17:00:00Z
        #expect(CalendarDate(epochMillis: start, utcOffsetMinutes: 420) == day)
        #expect(CalendarDate(epochMillis: start - 1, utcOffsetMinutes: 420) == day.adding(days: -1))
        #expect(CalendarDate(epochMillis: -1, utcOffsetMinutes: 0).iso == "1969-12-31")
        #expect(CalendarDate(epochMillis: -1, utcOffsetMinutes: 1).iso == "1970-01-01")
    }

    @Test("no number and no offset traps; results stay within the bounds")
    func extremes() throws {
        #expect(CalendarDate(dayNumber: .max) == .latest)
        #expect(CalendarDate(dayNumber: .min) == .earliest)
        #expect(CalendarDate.latest.adding(days: .max) == .latest)
        #expect(CalendarDate.earliest.adding(days: .min) == .earliest)
        #expect(CalendarDate.latest.adding(days: .min) == .earliest)
        #expect(CalendarDate(epochMillis: .max, utcOffsetMinutes: .max) == .latest)
        #expect(CalendarDate(epochMillis: .min, utcOffsetMinutes: .min) == .earliest)
        #expect(CalendarDate(year: .max, month: .min, day: .max) == nil)
        #expect(CalendarDate.latest.startMillis(utcOffsetMinutes: .min) > 0)
        #expect(CalendarDate.daysBetween(.latest, .earliest) == -3_652_058)
        let leap = try #require(CalendarDate(iso: "2024-02-29"))
        #expect(leap.adding(days: 366).iso == "2025-03-01")
    }

    @Test("a time of day is HH:MM and nothing else")
    func timeOfDay() throws {
        let late = try #require(TimeOfDay("23:59"))
        #expect(late.minutesSinceMidnight == 1439 && late.text == "23:59")
        #expect(TimeOfDay("00:00")?.text == "00:00")
        #expect(try #require(TimeOfDay("07:30")) < late)
        for text in ["", "24:00", "12:60", "7:30", "07.30", "07:30 ", "07:3०", "-1:30"] {
            #expect(TimeOfDay(text) == nil)
        }
    }
}
