// Which files `hubctl service check|diff|publish` sends, and under which names.

import Foundation
import HubDomain
import Testing

@testable import hubctl

@Suite("Files of rules on the command line")
struct RuleFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString)")

    private func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let url = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    private func read(_ paths: String...) throws -> [String] {
        try RuleFiles.parse(paths.map { folder.appendingPathComponent($0).path }).read().map(\.path)
    }

    @Test("a bundle's folder gives its services, calendars, tables and organisation, and nothing else of it")
    func bundle() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write([
            "manifest.yaml": "", "services/a.yaml": "", "calendars/c.yaml": "", "organisation/o.yaml": "",
            "tables/t.csv": "", "tables/t.yaml": "", "lib.so": "",
        ])
        #expect(
            try read("") == [
                "calendars/c.yaml", "organisation/o.yaml", "services/a.yaml", "tables/t.csv", "tables/t.yaml",
            ])
    }

    @Test("a file that lies anywhere is known by what it says, and a table brings what belongs to it")
    func single() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write([
            "x/izin.yaml": "service: izin\n", "x/kalender.yaml": "name: k\nbased_on: n\n",
            "x/orang.yaml": "name: o\npositions:\n", "x/t.csv": "k\n", "x/t.yaml": "version: 1\n",
        ])
        #expect(
            try read("x/izin.yaml", "x/kalender.yaml", "x/orang.yaml", "x/t.yaml") == [
                "services/izin.yaml", "calendars/kalender.yaml", "organisation/orang.yaml", "tables/t.csv",
                "tables/t.yaml",
            ])
    }

    @Test("two files that would be one to the hub, and files that nobody would read, are an error")
    func refused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(["a/services/s.yaml": "1", "b/services/s.yaml": "2", "c/services/s.yml": ""])
        #expect(try read("a/services/s.yaml", "a/services/s.yaml") == ["services/s.yaml"])
        #expect(throws: HubError(.configurationInvalid, "")) { try read("a/services/s.yaml", "b/services/s.yaml") }
        #expect(throws: HubError(.configurationInvalid, "")) { try read("c") }
        #expect(throws: HubError(.configurationInvalid, "")) { try read("nowhere.yaml") }
    }
}
