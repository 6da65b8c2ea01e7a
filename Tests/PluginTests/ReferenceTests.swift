// The data that every department uses: working days of 2026 and administrative codes.

import HubDomain
import HubModules
import HubProto
import Testing

@testable import HubCore

@Suite("Reference data")
struct ReferenceTests {
    private func bundle() throws -> LoadedBundle { try #require(Bundles.all.first { $0.id == "reference" }).bundle }

    @Test("row 38: 17 holidays and 8 days of joint leave in 2026, of which each is closed")
    func holidays() throws {
        let calendar = try #require(try bundle()[HubCalendar.self].first { $0.name == "id-2026" })
        let year = calendar.closed.filter { $0.day.hasPrefix("2026") }
        #expect(
            year.filter { !$0.jointLeave }.map { String($0.day.dropFirst(5)) } == [
                "01-01", "01-16", "02-17", "03-19", "03-21", "03-22", "04-03", "04-05", "05-01", "05-14", "05-27",
                "05-31",
                "06-01", "06-16", "08-17", "08-25", "12-25",
            ])
        #expect(
            year.filter(\.jointLeave).map { String($0.day.dropFirst(5)) } == [
                "02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24",
            ])
        let work = try WorkCalendar(calendar, among: [:])
        for day in year { #expect(work.isWorkingDay(try #require(CalendarDate(iso: day.day))) == false) }
    }

    @Test("row 39: the calendar says its version and source, and that the decree for 2027 is not in it")
    func versionAndSource() throws {
        let calendar = try #require(try bundle()[HubCalendar.self].first)
        #expect(!calendar.version.isEmpty)
        #expect(calendar.source.contains("SKB") && calendar.source.contains("2027"))
        #expect(calendar.utcOffsetMinutes == 420)
    }

    @Test("row 40: filed on Friday 13 March 2026, five working days end with Friday 27 March")
    func fiveDays() throws {
        let work = try WorkCalendar(try #require(try bundle()[HubCalendar.self].first), among: [:])
        let due = try work.deadlineMillis(startMillis: try Desk.millis("2026-03-13 10:00"), workingDays: 5)
        #expect(due == (try Desk.millis("2026-03-28 00:00")))
    }

    @Test("a deadline that begins in the last days of 2026 ends in 2027, New Year's Day not counted")
    func turnOfTheYear() throws {
        let work = try WorkCalendar(try #require(try bundle()[HubCalendar.self].first), among: [:])
        let due = try work.deadlineMillis(startMillis: try Desk.millis("2026-12-30 10:00"), workingDays: 2)
        #expect(due == (try Desk.millis("2027-01-05 00:00")))
    }

    @Test("administrative codes are those of 38 provinces, 514 regencies and cities and 7,285 districts, without dots")
    func areas() throws {
        let table = try #require(try bundle()[HubTable.self].first { $0.name == "wilayah" })
        let codes = table.rows.compactMap(\.values.first)
        #expect(
            codes.allSatisfy { code in code.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } })
        #expect([2, 4, 6].map { length in codes.filter { $0.utf8.count == length }.count } == [38, 514, 7_285])
        #expect(table.source.contains("MIT") && table.source.contains("Cahya DSN"))
    }
}
