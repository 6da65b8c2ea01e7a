// Tables of the bundles, so that invented data holds codes that exist.

import HubDomain

extension People.Tables {
    /// Reads the tables of administrative codes and of business classes beside the assembled modules.
    ///
    /// - Throws: ``DemoFailure`` naming the table that is missing.
    static func load(_ programs: Programs) throws -> Self {
        let areas = try rows(programs.modules + "/reference/tables/wilayah.csv").compactMap(\.first)
        let businesses = try rows(programs.modules + "/permits/tables/kbli.csv").filter { $0.count >= 3 }
        return Self(
            districts: areas.filter { $0.utf8.count == 6 }, businesses: businesses, calendar: try calendar(programs))
    }

    /// The closed days of the regency's calendar; offices are open from Monday to Friday.
    private static func calendar(_ programs: Programs) throws -> WorkCalendar {
        let path = programs.modules + "/reference/calendars/id-2026.yaml"
        let lines = (TextFile.text(path) ?? "").split(separator: "\n")
        func days(_ key: String) -> [CalendarDate] {
            lines.filter { $0.hasPrefix(key) }.compactMap { CalendarDate(iso: String($0.dropFirst(key.count))) }
        }
        guard let first = days("first_day: ").first, let last = days("last_day: ").first else {
            throw DemoFailure("\(path) is no calendar; `make build` assembles the modules")
        }
        return WorkCalendar(
            name: "id-2026", version: "1", firstDay: first, lastDay: last, openWeekdays: [1, 2, 3, 4, 5],
            closedDays: Set(days("  - day: ")), utcOffsetMinutes: 420)
    }

    /// Classes whose risk is called that, or is not.
    func businesses(risk: String, is wanted: Bool) -> [[String]] { businesses.filter { ($0[2] == risk) == wanted } }

    /// Rows without the heading.
    private static func rows(_ path: String) throws -> [[String]] {
        guard let bytes = TextFile.bytes(path) else {
            throw DemoFailure("\(path) is missing; `make build` assembles the modules")
        }
        var reader = CSVReader()
        let rows = reader.feed(bytes) + reader.finish()
        return rows.dropFirst().compactMap { row in
            if case .fields(let fields, _) = row { fields } else { nil }
        }
    }
}
