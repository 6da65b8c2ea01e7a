// A calendar from the text in which it was published, and from the one on which it rests.

import HubDomain
import HubProto

extension WorkCalendar {
    /// - Parameter texts: All calendars by name, for the one on which this one rests.
    /// - Throws: ``HubError/Code/definitionInvalid`` when a day is none, or the other calendar is not there.
    init(_ text: HubCalendar, among texts: [String: HubCalendar]) throws(HubError) {
        guard !text.basedOn.isEmpty else {
            try self.init(text, version: text.version, closed: Self.days(text.closed, of: text.name))
            return
        }
        guard let base = texts[text.basedOn], base.basedOn.isEmpty else {
            throw HubError(
                .definitionInvalid, "calendar \(text.name): based_on must name a calendar that rests on none")
        }
        let inherited = base.closed.filter { !(text.servesJointLeave && $0.jointLeave) }
        var whole = base
        whole.name = text.name
        // What counts is both texts: a new version of either counts deadlines anew.
        try self.init(
            whole, version: "\(text.version)+\(base.version)",
            closed: Self.days(inherited + text.closed, of: text.name))
    }

    private init(_ text: HubCalendar, version: String, closed: Set<CalendarDate>) throws(HubError) {
        guard let first = CalendarDate(iso: text.firstDay), let last = CalendarDate(iso: text.lastDay) else {
            throw HubError(.definitionInvalid, "calendar \(text.name): first_day and last_day must be dates")
        }
        self.init(
            name: text.name, version: version, firstDay: first, lastDay: last,
            openWeekdays: Set(text.openWeekdays.map(Int.init)), closedDays: closed,
            utcOffsetMinutes: Int(text.utcOffsetMinutes))
    }

    private static func days(_ closed: [HubClosedDay], of name: String) throws(HubError) -> Set<CalendarDate> {
        var days: Set<CalendarDate> = []
        for day in closed {
            guard let date = CalendarDate(iso: day.day) else {
                throw HubError(.definitionInvalid, "calendar \(name): \(day.day) is not a date")
            }
            days.insert(date)
        }
        return days
    }
}
