// tables/NAME.csv with its NAME.yaml → hub.v1.Table, and calendars/*.yaml → hub.v1.Calendar.

import HubDomain
import HubProto
import SwiftProtobuf

/// A table: the CSV's first line names its columns, the first column is the key.
enum TableReader {
    /// Largest table, bytes and rows.
    static let bytesMax = 4_194_304
    static let rowsMax = 100_000

    /// - Parameters:
    ///   - about: The YAML beside the CSV: version, source, licence.
    ///   - file: Path of the CSV within the bundle.
    static func read(name: String, csv: [UInt8], about: YAMLObject, file: String, _ findings: Findings) -> HubTable {
        var table = HubTable()
        table.name = name
        table.version = about.text("version", required: true)
        table.source = about.text("source", required: true) + ". " + about.text("licence", required: true)
        about.finish()
        var reader = CSVReader()
        var seen: Set<String> = []
        for row in reader.feed(csv) + reader.finish() {
            switch row {
            case .refused(let fault, let line): findings.add(file, line: line, "csv", fault.remedy)
            case .fields(let fields, let line):
                if table.columns.isEmpty {
                    table.columns = fields
                    if Set(fields).count < fields.count || fields.contains("") {
                        findings.add(file, line: line, "columns", "each column needs a name of its own")
                    }
                } else if fields.count != table.columns.count {
                    findings.add(file, line: line, "columns", "expected \(table.columns.count), found \(fields.count)")
                } else if !seen.insert(fields[0]).inserted {
                    findings.add(file, line: line, "unique", "the key stands twice")
                } else if table.rows.count >= rowsMax {
                    findings.add(file, line: line, "rows", "at most \(rowsMax)")
                    return table
                } else {
                    table.rows.append(.with { $0.values = fields })
                }
            }
        }
        if table.rows.isEmpty { findings.add(file, line: 1, "rows", "the table is empty") }
        return table
    }
}

/// A calendar of working days.
enum CalendarReader {
    static func read(_ top: YAMLObject) -> HubCalendar {
        var calendar = HubCalendar()
        calendar.name = top.text("name", required: true)
        calendar.version = top.text("version", required: true)
        calendar.source = top.text("source", required: true)
        calendar.firstDay = day(top, "first_day")
        calendar.lastDay = day(top, "last_day")
        calendar.utcOffsetMinutes = Int32(top.integer("utc_offset_minutes", -840...840, required: true) ?? 0)
        calendar.openWeekdays = weekdays(top)
        calendar.closed = top.objects("closed", required: true).map { closed in
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
        if calendar.firstDay > calendar.lastDay {
            top.find("last_day", "last_day", "lies before first_day")
        }
        var seen: Set<String> = []
        for closed in calendar.closed where !closed.day.isEmpty {
            if !seen.insert(closed.day).inserted { wrong("\(closed.day) stands twice") }
            if closed.day < calendar.firstDay || closed.day > calendar.lastDay {
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
