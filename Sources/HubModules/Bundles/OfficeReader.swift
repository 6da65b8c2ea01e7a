// offices/*.yaml → hub.v1.OfficeRules, with every rule that must hold within them.

import HubCore
import HubDomain
import HubProto
import Yams

/// Reads where people come, when offices are open and what can be booked there.
enum OfficeReader {
    /// Offices of one file, kinds of one office, days with hours of their own.
    private static let (officesMax, kindsMax, datesMax) = (64, 16, 400)
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    static func read(_ top: YAMLObject) -> HubOfficeRules {
        var rules = HubOfficeRules()
        rules.name = top.text("name", required: true)
        rules.version = top.text("version", required: true)
        rules.source = top.text("source", required: true)
        let blocks = top.objects("offices", required: true)
        limit(blocks.count, officesMax, "offices", top)
        var seen: Set<String> = []
        rules.offices = blocks.prefix(officesMax).map { block in
            let office = office(block)
            if !office.code.isEmpty, !seen.insert(office.code).inserted {
                wrong(block, "unique", "office \(office.code.prefix(32)) stands twice")
            }
            return office
        }
        top.finish()
        if !rules.name.isEmpty, !Name.isIdentifier(rules.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        return rules
    }

    private static func office(_ block: YAMLObject) -> HubOffice {
        var office = HubOffice()
        office.code = block.text("code", required: true)
        office.title = block.title()
        office.unit = block.text("unit", required: true)
        office.address = block.text("address", required: true)
        office.areas = block.texts("areas")
        office.calendar = block.text("calendar", required: true)
        if let hours = block.object("hours", required: true) { office.weekdays = week(hours) }
        let dates = block.objects("dates")
        limit(dates.count, datesMax, "dates", block)
        office.dates = dates.prefix(datesMax).map(date)
        if Set(office.dates.map(\.day)).count < office.dates.count {
            block.find("dates", "unique", "a day stands twice")
        }
        let kinds = block.objects("kinds", required: true)
        limit(kinds.count, kindsMax, "kinds", block)
        office.kinds = kinds.prefix(kindsMax).map(kind)
        block.finish()
        check(office, block)
        return office
    }

    private static func check(_ office: HubOffice, _ block: YAMLObject) {
        if !office.code.isEmpty, !Name.isCode(office.code) {
            block.find("code", "code", "must match [a-z][a-z0-9-]{0,31}")
        }
        if office.address.unicodeScalars.count > 200 || office.address.contains(where: \.isNewline) {
            block.find("address", "length", "one line of at most 200 characters")
        }
        for (key, names) in [("name", office.kinds.map(\.name)), ("prefix", office.kinds.map(\.prefix))]
        where Set(names).count < names.count {
            block.find("kinds", "unique", "two kinds have the same \(key)")
        }
        if office.weekdays.allSatisfy(\.hours.isEmpty) { block.find("hours", "hours", "the office is never open") }
    }

    // MARK: Hours

    /// `monday: ["08:00-12:00", "13:00-15:00"]`
    private static func week(_ hours: YAMLObject) -> [HubWeekdayHours] {
        defer { hours.finish() }
        return weekdays.enumerated().filter { hours.has($0.element) }.map { number, name in
            .with {
                $0.weekday = UInt32(number + 1)
                $0.hours = intervals(name, hours)
            }
        }
    }

    private static func date(_ block: YAMLObject) -> HubDateHours {
        defer { block.finish() }
        return .with {
            $0.day = block.text("day", required: true)
            if !$0.day.isEmpty, CalendarDate(iso: $0.day) == nil { block.find("day", "date", "must be YYYY-MM-DD") }
            $0.hours = intervals("hours", block)
            $0.title = block.title()
        }
    }

    private static func intervals(_ key: String, _ block: YAMLObject) -> [HubOpenHours] {
        var intervals: [HubOpenHours] = []
        for text in block.texts(key) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let from = TimeOfDay(parts[0]), let to = TimeOfDay(parts[1]) else {
                block.find(key, "hours", "write hours as HH:MM-HH:MM")
                continue
            }
            guard from < to, intervals.last.map({ Int($0.toMinute) <= from.minutesSinceMidnight }) ?? true else {
                block.find(key, "hours", "hours follow each other, and end after they begin")
                continue
            }
            intervals.append(
                .with {
                    $0.fromMinute = UInt32(from.minutesSinceMidnight)
                    $0.toMinute = UInt32(to.minutesSinceMidnight)
                })
        }
        return intervals
    }

    // MARK: Kinds

    private static func kind(_ block: YAMLObject) -> HubAppointmentKind {
        var kind = HubAppointmentKind()
        kind.name = block.text("name", required: true)
        kind.title = block.title()
        kind.minutes = number("minutes", 5...240, block)
        kind.counters = number("counters", 1...60, block)
        kind.walkIns = UInt32(block.integer("walk_ins", 0...60) ?? 0)
        kind.daysAhead = number("days_ahead", 0...90, block)
        kind.changeMinutes = number("change_minutes", 0...20_160, block)
        kind.changesMax = number("changes_max", 0...20, block)
        kind.graceMinutes = number("grace_minutes", 0...480, block)
        kind.prefix = block.text("prefix", required: true)
        kind.walkInAfterMinutes = UInt32(block.integer("walk_in_after_minutes", 0...1_440) ?? 1_440)
        if let remind = block.object("remind") {
            kind.remindDays = number("days_before", 1...14, remind)
            let time = remind.text("at", required: true)
            if let time = TimeOfDay(time) {
                kind.remindMinute = UInt32(time.minutesSinceMidnight)
            } else if !time.isEmpty {
                remind.find("at", "time", "must be HH:MM")
            }
            remind.finish()
        }
        block.finish()
        if !kind.name.isEmpty, !Name.isIdentifier(kind.name) {
            block.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        if !(1...2).contains(kind.prefix.utf8.count) || !kind.prefix.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) {
            if !kind.prefix.isEmpty { block.find("prefix", "prefix", "must be one or two letters A-Z") }
        }
        if kind.walkIns > kind.counters {
            block.find("walk_ins", "walk_ins", "cannot keep more places than there are counters")
        }
        return kind
    }

    private static func number(_ key: String, _ range: ClosedRange<Int>, _ block: YAMLObject) -> UInt32 {
        UInt32(block.integer(key, range, required: true) ?? range.lowerBound)
    }

    private static func limit(_ count: Int, _ most: Int, _ key: String, _ block: YAMLObject) {
        if count > most { block.find(key, "length", "at most \(most) \(key)") }
    }

    private static func wrong(_ block: YAMLObject, _ rule: String, _ remedy: String) {
        block.findings.add(block.file, line: block.line, rule, remedy)
    }
}
