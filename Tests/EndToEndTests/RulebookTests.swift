// Rules that change while the hub serves, by hubctl alone: what a department's officer does in the middle of a year.

import Foundation
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Rulebook")
    struct RulebookTests {
        @Test("a holiday declared in mid-year moves exactly the deadlines that it touches, and the history says why")
        func holiday() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let numbers = try await bench.cases(Service.complaint, count: 3, seed: 71).map(\.number)
                let before = try await Self.deadlines(numbers, hub)
                let due = try #require(before.flatMap(\.self).filter { $0.unit == .workingDays }.map(\.dueMs).min())
                let holiday = CalendarDate(epochMillis: due - 1, utcOffsetMinutes: 420)
                let file = try Self.calendar(closedOn: holiday, in: hub)

                let check = try await hub.regency.admin(["service", "check", file])
                #expect(check.status == 0, "\(check.output)")
                #expect(check.output.contains("calendar id-2026: 1 → 2"))
                #expect(check.output.contains("running deadlines move"))
                let diff = try await hub.regency.admin(["service", "diff", file])
                #expect(diff.output.contains("closed/\(holiday.iso)/day"), "\(diff.output)")
                let published = try await hub.regency.admin(["service", "publish", file, "--note", "SKB 9/2026"])
                #expect(published.status == 0, "\(published.output)")

                try await hub.town.pass(hours: 1)
                let after = try await Self.deadlines(numbers, hub)
                for (old, new) in zip(before.flatMap(\.self), after.flatMap(\.self)) {
                    let touched = old.unit == .workingDays
                    #expect((new.dueMs > old.dueMs) == touched, "\(old.name)")
                    #expect(new.calendar == (touched ? "id-2026/2" : old.calendar))
                }
                let history = try await hub.regency.admin(["case", "history", numbers[0], "-o", "json"])
                #expect(history.output.contains("\"recounted\""), "\(history.output)")
                #expect(history.output.contains("id-2026/2"))
                let rules = try await hub.regency.admin(["service", "history", "id-2026", "-o", "wide"])
                #expect(rules.output.contains("SKB 9/2026"), "\(rules.output)")
                #expect(try await hub.regency.admin(["audit", "verify"]).status == 0)
            }
        }

        @Test("a broken definition is told with file and line, all at once, and changes nothing")
        func broken() async throws {
            try await RunningHub.serve { hub in
                let source = try String(
                    contentsOfFile: Place.checkout + "/Plugins/Permits/bundle/services/izin-usaha.yaml", encoding: .utf8
                )
                let folder = try Place.temporary()
                defer { try? FileManager.default.removeItem(atPath: folder) }
                let text = source.replacingOccurrences(of: "version: \"2026.1\"", with: "version: \"2026.2\"")
                    .replacingOccurrences(of: "calendar: id-2026", with: "calendar: id-2099")
                    .replacingOccurrences(of: "move_to: gugur", with: "move_to: nowhere")
                try text.write(toFile: "\(folder)/izin-usaha.yaml", atomically: true, encoding: .utf8)
                let before = try await hub.regency.admin(["service", "history", "izin-usaha", "-o", "name"])
                let check = try await hub.regency.admin(["service", "check", "\(folder)/izin-usaha.yaml"])
                #expect(check.status == 3, "\(check.output)")
                let line = text.split(separator: "\n", omittingEmptySubsequences: false)
                    .firstIndex { $0.contains("name: perbaikan\n") || $0 == "  - name: perbaikan" }
                #expect(check.output.contains("services/izin-usaha.yaml:\((line ?? 0) + 1) move_to"), "\(check.output)")
                #expect(check.output.contains("no calendar id-2099 is in force"))
                let published = try await hub.regency.admin([
                    "service", "publish", "\(folder)/izin-usaha.yaml", "--note", "x",
                ])
                #expect(published.status == 7, "\(published.output)")
                #expect(published.output.contains("E4017"))
                let history = try await hub.regency.admin(["service", "history", "izin-usaha", "-o", "name"])
                #expect(history.output == before.output && history.output.hasPrefix("izin-usaha\n"))
            }
        }

        private static func deadlines(_ numbers: [String], _ hub: RunningHub) async throws -> [[HubDeadline]] {
            var all: [[HubDeadline]] = []
            for number in numbers {
                all.append(
                    try await hub.town.read(number, as: hub.town.admin).deadlines.filter { $0.state == .running })
            }
            return all
        }

        /// The regency's calendar, as its next version with one more holiday.
        private static func calendar(closedOn day: CalendarDate, in hub: RunningHub) throws -> String {
            let source = Place.checkout + "/Plugins/Reference/bundle/calendars/id-2026.yaml"
            let text = try String(contentsOfFile: source, encoding: .utf8)
                .replacingOccurrences(of: "version: 1\n", with: "version: 2\n")
            let file = hub.regency.folder + "/id-2026.yaml"
            try (text + "  - day: \(day.iso)\n    title: { id: \"Hari daerah\", en: \"Regional day\" }\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            return file
        }
    }
}
