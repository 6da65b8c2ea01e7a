// Keys on a file: the same after a restart, after half a line, and not after they are acknowledged.

import FoundationEssentials
import HubClient
import HubDomain
import Testing

@Suite("A journal of keys")
final class KeyJournalTests {
    let folder: String
    var path: String { folder + "/keys" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func text() throws -> String { String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self) }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

    @Test("gives the same change the same key, also to the program that comes after this one")
    func sameKey() async throws {
        let keys: [[UInt8]]
        do {
            let journal = try KeyJournal(path: path)
            keys = [try await journal.key(for: "form-1"), try await journal.key(for: "form 2, corrected")]
            #expect(try await journal.key(for: "form-1") == keys[0])
            #expect(keys[0] != keys[1] && keys.allSatisfy { $0.count == 16 })
        }
        let later = try KeyJournal(path: path)
        #expect(later.pending == ["form-1": keys[0], "form 2, corrected": keys[1]])
        #expect(try await later.key(for: "form 2, corrected") == keys[1])
    }

    @Test("forgets what is acknowledged: the same name is another change then")
    func acknowledged() async throws {
        let first: [UInt8]
        do {
            let journal = try KeyJournal(path: path)
            first = try await journal.key(for: "form-1")
            try await journal.acknowledge("form-1")
            try await journal.acknowledge("never heard of")
            #expect(journal.pending.isEmpty)
            #expect(try await journal.key(for: "form-1") != first)
            try await journal.acknowledge("form-1")
        }
        let later = try KeyJournal(path: path)
        #expect(later.pending.isEmpty)
        #expect(try text() == "elayanan-keys 1\n", "what is done with is left out")
    }

    @Test("takes a half line at the end for what a power cut left, and nothing else")
    func halfLine() async throws {
        do {
            let journal = try KeyJournal(path: path)
            _ = try await journal.key(for: "form-1")
        }
        let whole = try text()
        try write(whole + "begin 00112233445566778899aabbccddee")
        let journal = try KeyJournal(path: path)
        #expect(Array(journal.pending.keys) == ["form-1"])
        #expect(try text() == whole)
    }

    @Test(
        "refuses a file that is none of its own, and says which line is wrong",
        arguments: [
            ("root:x:0:0\n", "not a key journal"), ("elayanan-keys 1\nbegin zz form\n", ":2: not a line"),
            ("elayanan-keys 1\nbegin 00112233445566778899aabbccddeeff\n", ":2: not a line"),
            ("elayanan-keys 1\n\n", ":2: not a line"),
        ])
    func notAJournal(_ row: (String, String)) throws {
        try write(row.0)
        let error = #expect(throws: HubError.self) { try KeyJournal(path: path) }
        #expect(error?.code == .configurationInvalid && error?.detail.contains(row.1) == true, "\(error?.detail ?? "")")
        #expect(try text() == row.0, "it is left as it is")
    }

    @Test("serves one program at a time, and is free when that ends")
    func oneProgram() throws {
        do {
            let journal = try KeyJournal(path: path)
            let error = #expect(throws: HubError.self) { try KeyJournal(path: path) }
            #expect(error?.detail.contains("another program") == true)
            #expect(journal.pending.isEmpty)
        }
        _ = try KeyJournal(path: path)
    }

    @Test("refuses names that would break its lines", arguments: ["", "a\nb", String(repeating: "x", count: 257)])
    func names(_ name: String) async throws {
        let journal = try KeyJournal(path: path)
        await #expect(throws: HubError(.configurationInvalid, "")) { try await journal.key(for: name) }
    }

    @Test("stays short however many changes go through it", .timeLimit(.minutes(5)))
    func compacted() async throws {
        let journal = try KeyJournal(path: path)
        _ = try await journal.key(for: "kept")
        for number in 0..<6_000 {
            _ = try await journal.key(for: "form-\(number)")
            try await journal.acknowledge("form-\(number)")
        }
        #expect(try text().split(separator: "\n").count < 2_500)
        #expect(Array(journal.pending.keys) == ["kept"])
    }
}
