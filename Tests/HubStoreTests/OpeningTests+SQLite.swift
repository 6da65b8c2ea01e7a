// Opening: who may, what is refused, and what is left on the disk.

import Foundation
import HubCore
import HubDomain
import HubTestKit
import Testing

@testable import HubStore

@Suite("Opening a state directory")
struct OpeningTests {
    @Test("a second hub on the same directory is refused while the first runs, and served after it")
    func open_twice_isRefused() async throws {
        try await StateDirectory.use { directory in
            try directory.open()
            let error = #expect(throws: HubError.self) {
                try SQLiteLedger.open(path: directory.path, nowMillis: 0) { Array(0..<16) }
            }
            #expect(error?.code == .addressInUse)
            #expect(error?.detail.contains("another hub") == true)
            try directory.close()
            try directory.open()
        }
    }

    @Test("a state directory of a newer hub is refused with both versions and left as it is")
    func open_newerSchema_isRefused() async throws {
        try await StateDirectory.use { directory in
            try await directory.open().write(Sample.commit(Sample.newCase(1)))
            try directory.close()
            try directory.tamper("UPDATE meta SET value = 99 WHERE key = 'schema_version'")
            let error = #expect(throws: HubError.self) { try directory.open() }
            #expect(error?.code == .stateNewer)
            #expect(error?.facts == ["schema_present": "99", "schema_known": "\(Schema.version)"])
            try directory.tamper("UPDATE meta SET value = \(Schema.version) WHERE key = 'schema_version'")
            #expect(try await directory.open().head().sequence == 1)
        }
    }

    @Test("open cases of a ledger that knew no waiting places have theirs after it was opened")
    func open_fillsWaitingPlaces() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            var ended = Sample.newCase(2)
            ended.ended = true
            for state in [Sample.newCase(1), ended] { try await ledger.write(Sample.commit(state)) }
            try directory.close()
            try directory.tamper(
                "DROP TABLE waiting; DROP INDEX case_open; DROP TABLE outbox; \(Self.withoutRetention)")
            // Without the documents and the places: their number, and of the open case one with its time.
            try directory.tamper("UPDATE case_row SET side = substr(side, 1, length(side) - 1 - iif(ended, 1, 26))")
            try directory.tamper("UPDATE meta SET value = 2 WHERE key = 'schema_version'")
            let again = try directory.open()
            let front = WaitingPlace.unclaimedAtFront(of: "perizinan")
            #expect(try await again.waiting(front, limit: 10).map(\.number) == ["IZN-2026-1"])
            var state = Sample.newCase(1)
            (state.version, state.ended) = (2, true)
            try await again.write(Sample.commit(state))
            #expect(try await again.waiting(front, limit: 10).isEmpty)
        }
    }

    @Test("a ledger that knew no notices takes them after it was opened, and keeps what it had")
    func open_addsOutbox() async throws {
        try await StateDirectory.use { directory in
            try await directory.open().write(Sample.commit(Sample.newCase(1)))
            try directory.close()
            try directory.tamper(
                "DROP TABLE outbox; \(Self.withoutRetention); UPDATE meta SET value = 3 WHERE key = 'schema_version'")
            let again = try directory.open()
            #expect(try await again.caseState(id: Sample.id(1))?.number == "IZN-2026-1")
            var commit = Sample.commit(Sample.newCase(2))
            commit.notices = [
                NoticeWrite(.with { ($0.id, $0.state) = (.init(repeating: 1, count: 24), .waiting) })
            ]
            try await again.write(commit)
            #expect(try await again.dueNotices(.unspecified, nowMillis: 0, limit: 9).count == 1)
        }
    }

    /// Takes back the step to schema 5.
    static let withoutRetention = """
        DROP TABLE document_use; DROP TABLE released; DROP INDEX idempotency_by_time;
        ALTER TABLE event DROP COLUMN personal
        """

    @Test("a ledger whose events were whole keeps them, knows which case uses which document, and erases what comes")
    func open_splitsEvents() async throws {
        try await StateDirectory.use { directory in
            let hash = [UInt8](repeating: 5, count: 32)
            var state = Sample.newCase(1)
            state.documents = [.with { $0.sha256 = .init(hash) }]
            let ledger = try directory.open()
            // One without anything personal, as the chain of an older hub holds it whole.
            var commit = Sample.commit(state)
            commit.events[0].applicant = ""
            try await ledger.write(commit)
            try await ledger.putDocument(
                sha256: hash, StoredDocument(mediaType: "image/png", size: 3, owner: "nik:1"))
            try directory.close()
            try directory.tamper(
                """
                \(Self.withoutRetention); UPDATE case_row SET side = substr(side, 1, length(side) - 33);
                UPDATE meta SET value = 4 WHERE key = 'schema_version'
                """)
            let again = try directory.open()
            #expect(try await again.verifyChain().sequence == 1)
            try await again.release([hash], atMillis: 1)
            #expect(try await again.document(sha256: hash) != nil)
            try await again.write(Sample.erasing(1))
            #expect(try await again.document(sha256: hash) == nil)
        }
    }

    @Test("database, log and lock can be read by their owner alone")
    func files_haveMode0600() async throws {
        try await StateDirectory.use { directory in
            try await directory.open().write(Sample.commit(Sample.newCase(1)))
            let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(files.count >= 4, "database, -wal, -shm and lock")
            for file in files {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(file)")
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file)")
            }
        }
    }

    @Test("the writer is on a write-ahead log with synchronous FULL and checkpoints nothing by itself")
    func writer_isDurable() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            let settings = try ledger.pool.writeWithoutTransaction { db in
                try ["journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys"].map {
                    try PreparedStatement(db, "PRAGMA \($0)").first { $0.text(0) }
                }
            }
            #expect(settings == ["wal", "2", "0", "0"])
        }
    }

    @Test("a file that is no ledger is refused in words an operator understands")
    func open_foreignFile_isRefused() async throws {
        try await StateDirectory.use { directory in
            try Data(repeating: 0x41, count: 9_000).write(to: URL(fileURLWithPath: directory.file))
            let error = #expect(throws: HubError.self) { try directory.open() }
            #expect(error?.code == .ledgerFailed)
            #expect(error?.detail.contains("no ledger") == true)
        }
    }

    @Test("a directory that does not exist is refused and not made")
    func open_missingDirectory_isRefused() {
        let path = "/nonexistent/elayanan"
        let error = #expect(throws: HubError.self) { try SQLiteLedger.open(path: path, nowMillis: 0) { Array(0..<16) } }
        #expect(error?.code == .ledgerFailed)
    }

    @Test("a closed ledger answers every call with an error and never traps")
    func closed_refuses() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            try ledger.close()
            await #expect(throws: HubError(.ledgerFailed, "")) {
                try await ledger.commit(Sample.commit(Sample.newCase(1)))
            }
            await #expect(throws: HubError(.ledgerFailed, "")) { try await ledger.head() }
            await #expect(throws: HubError(.ledgerFailed, "")) { try await ledger.leaseNumbers(series: "A", count: 1) }
        }
    }
}
