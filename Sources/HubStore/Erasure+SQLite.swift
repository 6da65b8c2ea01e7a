// What the ledger forgets: what is personal in the events of a case, documents that no case uses, answers that nobody asks for.

import GRDB
import HubCore
package import HubDomain

extension Batch {
    /// Removes what is personal in the events of a case, whose chain covers its hash and so holds, and the case's notices.
    mutating func erasePersonal(ofCase id: [UInt8]) throws {
        try PreparedStatement(db, "UPDATE event SET personal = NULL WHERE case_id = ? AND personal IS NOT NULL").run(id)
        let (first, last) = (id, id + [UInt8](repeating: 0xFF, count: 8))
        let states = try PreparedStatement(db, "SELECT state FROM outbox WHERE id > ? AND id <= ?")
            .all(first, last) { $0.integer(0) }
        for state in states { count(state, -1) }
        try PreparedStatement(db, "DELETE FROM outbox WHERE id > ? AND id <= ?").run(first, last)
    }

    /// Forgets those documents that no case uses.
    func release(_ hashes: [[UInt8]], atMillis: Int64) throws {
        for hash in hashes {
            let isUsed = try PreparedStatement(db, "SELECT 1 FROM document_use WHERE sha256 = ? LIMIT 1")
                .first(hash) { _ in true }
            guard isUsed == nil else { continue }
            try PreparedStatement(db, "DELETE FROM document WHERE sha256 = ?").run(hash)
            try PreparedStatement(db, "DELETE FROM document_owner WHERE sha256 = ?").run(hash)
            try PreparedStatement(db, "INSERT OR REPLACE INTO released (sha256, at_ms) VALUES (?, ?)")
                .run(hash, atMillis)
        }
    }

    /// - Returns: How many answers were forgotten.
    func forgetAnswers(before millis: Int64, limit: Int) throws -> Int {
        try PreparedStatement(
            db,
            """
            DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE at_ms < ? ORDER BY at_ms LIMIT ?)
            """
        ).run(millis, Int64(max(0, limit)))
        return Int(db.changesCount)
    }
}

extension SQLiteLedger {
    package func release(_ hashes: [[UInt8]], atMillis: Int64) async throws(HubError) {
        try await writer.write(bytes: 64 + 32 * hashes.count) { try $0.release(hashes, atMillis: atMillis) }
    }

    package func released(before millis: Int64, limit: Int) async throws(HubError) -> [[UInt8]] {
        try await read("reading what was released") { db in
            try PreparedStatement(db, "SELECT sha256 FROM released WHERE at_ms < ? ORDER BY at_ms, sha256 LIMIT ?")
                .all(millis, Int64(max(0, limit))) { $0.bytes(0) }
        }
    }

    package func settle(released hash: [UInt8]) async throws(HubError) {
        try await writer.write(bytes: 64) {
            try PreparedStatement($0.db, "DELETE FROM released WHERE sha256 = ?").run(hash)
        }
    }

    package func forgetAnswers(before millis: Int64, limit: Int) async throws(HubError) -> Int {
        try await writer.write(bytes: 64) { try $0.forgetAnswers(before: millis, limit: limit) }
    }
}
