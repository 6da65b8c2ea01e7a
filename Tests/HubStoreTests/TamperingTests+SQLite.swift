// The chain finds what someone changes in the file.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubStore

@Suite("Tampering with the log")
struct TamperingTests {
    /// What is done to a log of 2,500 events, and the first sequence that is then wrong.
    static let deeds: [(deed: String, sql: String, wrong: String)] = [
        (
            "a byte flipped",
            "UPDATE event SET body = substr(body, 1, 40) || x'00' || substr(body, 42) WHERE sequence = 700", "700"
        ),
        ("a byte of the first flipped", "UPDATE event SET body = body || x'00' WHERE sequence = 1", "1"),
        ("a hash replaced", "UPDATE event SET hash = zeroblob(32) WHERE sequence = 1001", "1001"),
        ("one removed from the middle", "DELETE FROM event WHERE sequence = 1200", "1200"),
        ("the last removed", "DELETE FROM event WHERE sequence = 2500", "2500"),
        ("all removed", "DELETE FROM event", "1"),
        ("the first thousand removed", "DELETE FROM event WHERE sequence <= 1000", "1"),
        (
            "two exchanged",
            """
            UPDATE event SET sequence = -1 WHERE sequence = 2000;
            UPDATE event SET sequence = 2000 WHERE sequence = 2001;
            UPDATE event SET sequence = 2001 WHERE sequence = -1
            """, "2000"
        ),
        (
            "one removed and the gap closed",
            """
            DELETE FROM event WHERE sequence = 2400;
            UPDATE event SET sequence = sequence - 1 WHERE sequence > 2400
            """, "2400"
        ),
        ("what is personal changed", "UPDATE event SET personal = personal || x'00' WHERE sequence = 800", "800"),
        (
            "what is personal of another event",
            "UPDATE event SET personal = (SELECT personal FROM event WHERE sequence = 5) WHERE sequence = 900", "900"
        ),
        (
            "what is personal removed, and no event that says so",
            "UPDATE event SET personal = NULL WHERE sequence = 77", "77"
        ),
        ("the head of the log replaced", "UPDATE log_head SET chain = zeroblob(32)", "2500"),
    ]

    @Test("is found, with the first wrong sequence", arguments: deeds.indices)
    func verify_findsDeed(_ number: Int) async throws {
        try await StateDirectory.use { directory in
            let deed = Self.deeds[number]
            let ledger = try directory.open()
            var commit = Sample.commit(Sample.newCase(1))
            commit.events = (0..<2_500).map { Sample.event(Sample.newCase(1), note: "catatan nomor \($0)") }
            try await ledger.write(commit)
            try directory.tamper(deed.sql)
            let error = await #expect(throws: HubError.self, "\(deed.deed)") { try await ledger.verifyChain() }
            #expect(error?.code == .chainBroken)
            #expect(error?.facts["sequence"] == deed.wrong, "\(deed.deed)")
        }
    }

    @Test("each hash is SHA-256(hash before ‖ what stays of the event, with its sequence), and covers what may go")
    func rows_areChained() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            for number in [1, 2, 200, 70_000] {
                var commit = Sample.commit(Sample.newCase(number))
                commit.events[0].note = "catatan"
                try await ledger.write(commit)
            }
            let rows = try await ledger.pool.unsafeRead { db in
                try PreparedStatement(db, "SELECT hash, body, personal FROM event ORDER BY sequence")
                    .all { (hash: $0.bytes(0), body: $0.bytes(1), personal: $0.personal(2)) }
            }
            var chain = [UInt8](repeating: 0, count: 32)
            var salts: Set<[UInt8]> = []
            for row in rows {
                chain = Array(SHA256.hash(data: chain + row.body))
                #expect(row.hash == chain)
                let personal = try #require(row.personal)
                let kept = try HubEvent(serializedBytes: row.body)
                #expect([UInt8](kept.personalSha256) == Array(SHA256.hash(data: personal)))
                #expect(kept.note.isEmpty && kept.applicant.isEmpty)
                #expect(salts.insert(Array(personal.prefix(16))).inserted, "a salt that was used before")
            }
            #expect(rows.count == 4)
        }
    }

    @Test("what was erased lies in no page of the file any more")
    func erased_isOverwritten() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            var commit = Sample.commit(Sample.newCase(1))
            commit.events[0].note = "sangat pribadi sekali"
            try await ledger.write(commit)
            for number in 2...40 { try await ledger.write(Sample.commit(Sample.newCase(number))) }
            try await ledger.write(Sample.erasing(1))
            try directory.close()
            let file = try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(SQLiteLedger.fileName)"))
            #expect(file.range(of: Data("sangat pribadi sekali".utf8)) == nil)
            #expect(file.range(of: Data("warga-1\u{0}".utf8)) == nil && file.range(of: Data("warga-2".utf8)) != nil)
            #expect(try await directory.open().verifyChain().sequence == 41)
        }
    }

    @Test("a log that was cut is not chained on: the hub does not start")
    func open_afterCut_isRefused() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            for number in 1...3 { try await ledger.write(Sample.commit(Sample.newCase(number))) }
            try directory.close()
            try directory.tamper("DELETE FROM event WHERE sequence = 3")
            let error = #expect(throws: HubError.self) { try directory.open() }
            #expect(error?.code == .chainBroken)
            #expect(error?.facts["sequence"] == "3")
        }
    }
}
