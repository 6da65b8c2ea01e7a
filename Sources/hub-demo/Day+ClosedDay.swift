// The regency declares a day closed on which somebody has an appointment.

import HubClient
import HubDomain
import HubProto

extension Day {
    /// The booking is given back, its citizen is to book anew, and the day has no more places.
    mutating func closeADay() async throws {
        guard let open = cases.first(where: { needsAppointment($0) }) else {
            // Among very few cases there is none.
            promises.check(Self.closedDay, cases.count < 200, broken: "nobody was to book an appointment")
            return
        }
        let state = try await town.read(open.number, as: town.admin)
        try await town.book(state, for: open, after: 7 * 24)
        let booked = try await town.read(open.number, as: town.admin).appointments.last ?? HubAppointment()
        let day = CalendarDate(epochMillis: booked.startMs, utcOffsetMinutes: calendar.utcOffsetMinutes)
        let file = try HubRuleFile.with {
            ($0.path, $0.content) = ("calendars/\(calendar.name).yaml", .init(Array(try closing(day).utf8)))
        }
        let check = try await town.admin.rulebook.check(.with { $0.files = [file] }).message
        let published = try await town.admin.rulebook.publish(
            .with { ($0.files, $0.note) = ([file], "Hari libur daerah \(day.iso)") }
        ).message
        watcher.expectNothing(of: published.receipt.sequence)
        calendar = calendar.closing(day)
        let advanced = try await regency.admin(["clock", "advance", "1m"])
        let after = try await town.read(open.number, as: town.admin).appointments
        let conflicts = try await town.admin.appointments.conflicts(LayananConflictsRequest()).message.conflicts
        let slots = try await town.channel.appointments.slots(
            .with { ($0.office, $0.kind, $0.firstDay, $0.days) = (booked.office, booked.kind, day.iso, 1) }
        ).message.slots
        promises.check(
            Self.closedDay,
            check.findings.isEmpty && advanced.status == 0 && after.suffix(2).map(\.state) == [.freed, .wanted]
                && conflicts.contains { $0.case == open.number } && slots.isEmpty,
            broken: "\(open.number): \(after.map(\.state)), \(slots.count) slots")
        onlooker.tell("\(day.iso) is declared closed: the appointment on it is freed and will be booked anew")
    }

    private static let closedDay = "a day that is declared closed frees its bookings, and their people are to book anew"

    /// The calendar's file with one more closed day, in its order, and the next version.
    private func closing(_ day: CalendarDate) throws -> String {
        let path = regency.programs.modules + "/reference/calendars/\(calendar.name).yaml"
        var lines = (TextFile.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        let head = "  - day: "
        let entry = [head + day.iso, "    title: { id: \"Hari libur daerah\", en: \"Holiday of the regency\" }"]
        let later = lines.firstIndex { $0.hasPrefix(head) && $0.dropFirst(head.count) > day.iso }
        lines.insert(contentsOf: entry, at: later ?? (lines.last == "" ? lines.count - 1 : lines.count))
        guard let version = lines.firstIndex(where: { $0.hasPrefix("version: ") }) else {
            throw DemoFailure("\(path) has no version")
        }
        lines[version] += ".1"
        return lines.joined(separator: "\n")
    }
}

extension WorkCalendar {
    fileprivate func closing(_ day: CalendarDate) -> WorkCalendar {
        WorkCalendar(
            name: name, version: version + ".1", firstDay: firstDay, lastDay: lastDay, openWeekdays: openWeekdays,
            closedDays: closedDays.union([day]), utcOffsetMinutes: utcOffsetMinutes)
    }
}
