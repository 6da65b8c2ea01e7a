// How much time is left, in the words of whoever waits.

import HubDomain
import HubProto

extension LayananCountdown {
    /// What a deadline leaves at a moment; nil when it neither runs nor pauses.
    ///
    /// - Parameter calendars: By name; a deadline whose calendar is not here is left out.
    init?(_ deadline: HubDeadline, calendars: [String: WorkCalendar], nowMillis: Int64) {
        guard deadline.state == .running || deadline.state == .paused else { return nil }
        self.init()
        name = deadline.name
        unit = deadline.unit
        paused = deadline.state == .paused
        switch (deadline.unit, paused) {
        case (.workingDays, true): left = deadline.left
        case (.workingDays, false):
            guard let calendar = deadline.calendarName.flatMap({ calendars[$0] })
            else { return nil }
            left = Int64(calendar.workingDaysLeft(nowMillis: nowMillis, dueMillis: deadline.dueMs))
        case (_, true): left = deadline.left / unit.millis
        case (_, false):
            left = max(0, deadline.dueMs.subtractingReportingOverflow(nowMillis).partialValue) / unit.millis
        }
        text = words(isLate: !paused && deadline.dueMs <= nowMillis)
    }

    private func words(isLate: Bool) -> HubText {
        let (indonesian, english) =
            switch unit {
            case .workingDays: ("hari kerja", left == 1 ? "working day" : "working days")
            case .days: ("hari", left == 1 ? "day" : "days")
            case .hours, .unspecified, .UNRECOGNIZED: ("jam", left == 1 ? "hour" : "hours")
            }
        let last = unit.isDays ? ("Hari terakhir", "Last day") : ("Kurang dari satu jam", "Less than an hour")
        return .with {
            switch (isLate, paused, left) {
            case (true, _, _): ($0.id, $0.en) = ("Lewat waktu", "Overdue")
            case (_, true, _):
                ($0.id, $0.en) = ("Berhenti sementara, sisa \(left) \(indonesian)", "Paused, \(left) \(english) left")
            case (_, _, 0): ($0.id, $0.en) = last
            default: ($0.id, $0.en) = ("Sisa \(left) \(indonesian)", "\(left) \(english) left")
            }
        }
    }
}

extension HubClockUnit {
    fileprivate var isDays: Bool { self == .workingDays || self == .days }
    /// Of what is counted in real time.
    fileprivate var millis: Int64 { self == .days ? 86_400_000 : 3_600_000 }
}
