// calendars/*.yaml → hub.v1.Calendar.

import HubDomain
import HubProto

/// A calendar of working days.
enum CalendarReader {
    static func read(_ top: YAMLObject) -> HubCalendar {
        var calendar = HubCalendar()
        calendar.name = top.text("name", required: true)
        calendar.version = top.text("version", required: true)
        calendar.source = top.text("source", required: true)
        calendar.basedOn = top.text("based_on")
        calendar.servesJointLeave = top.flag("serves_joint_leave")
        let rests = !calendar.basedOn.isEmpty
        if !rests {
            if calendar.servesJointLeave { top.find("serves_joint_leave", "based_on", "needs `based_on`") }
            calendar.firstDay = day(top, "first_day")
            calendar.lastDay = day(top, "last_day")
            calendar.utcOffsetMinutes = Int32(top.integer("utc_offset_minutes", -840...840, required: true) ?? 0)
            calendar.openWeekdays = weekdays(top)
        }
        calendar.closed = top.objects("closed", required: !rests).map { closed in
            defer { closed.finish() }
            return .with {
                $0.day = day(closed, "day")
                $0.jointLeave = closed.flag("joint_leave")
                $0.title = closed.title()
            }
        }
        if !calendar.name.isEmpty, !Name.isIdentifier(calendar.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        days(of: calendar, top)
        top.finish()
        return calendar
    }

    /// Dates as YYYY-MM-DD compare like texts; those that are none were told where they stand.
    private static func days(of calendar: HubCalendar, _ top: YAMLObject) {
        func wrong(_ remedy: String) { top.find("closed", "closed", remedy) }
        let rests = !calendar.basedOn.isEmpty
        if calendar.firstDay > calendar.lastDay {
            top.find("last_day", "last_day", "lies before first_day")
        }
        var seen: Set<String> = []
        for closed in calendar.closed where !closed.day.isEmpty {
            if !seen.insert(closed.day).inserted { wrong("\(closed.day) stands twice") }
            if !rests, closed.day < calendar.firstDay || closed.day > calendar.lastDay {
                wrong("\(closed.day) lies outside first_day to last_day")
            }
        }
    }

    private static func day(_ object: YAMLObject, _ key: String) -> String {
        let text = object.text(key, required: true)
        if !text.isEmpty, CalendarDate(iso: text) == nil {
            object.find(key, "date", "`\(key)` must be YYYY-MM-DD")
        }
        return text
    }

    private static func weekdays(_ top: YAMLObject) -> [UInt32] {
        let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        let open = top.texts("open_weekdays", required: true)
        for name in open where !names.contains(name) {
            top.find("open_weekdays", "open_weekdays", "monday … sunday")
        }
        return names.enumerated().filter { open.contains($0.element) }.map { UInt32($0.offset + 1) }
    }
}
