// What can be read of the ledger: each function is one statement, and so sees one snapshot, beside the writer.

import GRDB
package import HubCore
package import HubDomain
package import HubProto
import SwiftProtobuf

extension SQLiteLedger {
    /// Runs one statement on a reader. GRDB's transaction around it would cost more than the statement.
    func read<Value: Sendable>(
        _ doing: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(HubError) -> Value {
        do {
            return try await pool.unsafeRead(body)
        } catch {
            throw HubError(error, doing: doing)
        }
    }

    package func answer(to key: CommitKey) async throws(HubError) -> CommitOutcome? {
        let key = PreparedCommit.Key(key)
        return try await read("reading an answer") { try StoredAnswer.outcome($0, key) }
    }

    package func caseState(id: [UInt8]) async throws(HubError) -> HubCase? {
        try await read("reading a case") { db in
            try PreparedStatement(db, "SELECT body FROM case_row WHERE id = ?").first(id, read: Self.caseState)
        }
    }

    package func caseState(number: String) async throws(HubError) -> HubCase? {
        try await read("reading a case") { db in
            try PreparedStatement(db, "SELECT body FROM case_row WHERE number = ?").first(number, read: Self.caseState)
        }
    }

    package func cases(_ query: CaseQuery, nowMillis: Int64) async throws(HubError) -> [HubCase] {
        let listing = try CaseListing(query, nowMillis: nowMillis)
        return try await read("listing cases") { db in
            try PreparedStatement(db, listing.sql).all(binding: listing.values, read: Self.caseState)
        }
    }

    package func waiting(
        _ place: WaitingPlace, after: HubCase?, limit: Int
    ) async throws(HubError) -> [HubCase] {
        // Behind what does not wait there is nothing.
        guard let due = after.map({ WaitingPlace.due(of: $0, in: place) }) ?? .min else { return [] }
        let id = [UInt8](after?.id ?? .init())
        return try await read("reading what waits") { db in
            try PreparedStatement(
                db,
                """
                SELECT c.body FROM waiting AS w CROSS JOIN case_row AS c ON c.id = w.case_id WHERE w.place = ? \
                AND (w.due_ms, w.case_id) > (?, ?) ORDER BY w.due_ms, w.case_id LIMIT ?
                """
            ).all(place.key, due, id, Int64(max(0, limit)), read: Self.caseState)
        }
    }

    package func waitingCount(_ place: WaitingPlace) async throws(HubError) -> UInt64 {
        try await read("counting what waits") { db in
            try PreparedStatement(db, "SELECT count(*) FROM waiting WHERE place = ?")
                .first(place.key) { $0.unsigned(0) } ?? 0
        }
    }

    package func events(ofCase id: [UInt8], afterVersion: UInt64, limit: Int) async throws(HubError) -> [HubEvent] {
        try await read("reading a history") { db in
            try PreparedStatement(
                db,
                "SELECT body, personal FROM event WHERE case_id = ? AND case_version > ? ORDER BY case_version LIMIT ?"
            ).all(id, Int64(clamping: afterVersion), Int64(max(0, limit)), read: Self.event)
        }
    }

    package func events(after sequence: UInt64, limit: Int) async throws(HubError) -> [HubEvent] {
        try await read("reading the log") { db in
            try PreparedStatement(db, "SELECT body, personal FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?")
                .all(Int64(clamping: sequence), Int64(max(0, limit)), read: Self.event)
        }
    }

    package func head() async throws(HubError) -> LedgerHead {
        let hubID = hubID
        let head = try await read("reading the head of the log") { db in
            try PreparedStatement(db, "SELECT sequence, chain FROM log_head WHERE one = 1").first {
                LedgerHead(hubID: hubID, sequence: $0.unsigned(0), chain: $0.bytes(1))
            }
        }
        guard let head else { throw HubError(.ledgerFailed, "the ledger has lost the head of its log") }
        return head
    }

    package func record(_ key: String) async throws(HubError) -> (version: UInt64, body: [UInt8])? {
        try await read("reading a record") { db in
            try PreparedStatement(db, "SELECT version, body FROM record WHERE key = ?")
                .first(key) { ($0.unsigned(0), $0.bytes(1)) }
        }
    }

    package func records(prefix: String) async throws(HubError) -> [(key: String, version: UInt64, body: [UInt8])] {
        try await read("reading records") { db in
            // Keys with the prefix stand together from the prefix on; the first without it ends the reading.
            try PreparedStatement(db, "SELECT key, version, body FROM record WHERE key >= ? ORDER BY key").all(prefix) {
                let key = $0.text(0)
                return key.utf8.starts(with: prefix.utf8) ? (key, $0.unsigned(1), $0.bytes(2)) : nil
            }
        }
    }

    package func dueDeadlines(
        nowMillis: Int64, after: DueDeadline?, limit: Int
    ) async throws(HubError) -> [DueDeadline] {
        try await read("reading deadlines") { db in
            // Nothing stands before the least time with an empty case and name.
            try PreparedStatement(
                db,
                """
                SELECT due_ms, case_id, name FROM deadline WHERE due_ms <= ? AND (due_ms, case_id, name) > (?, ?, ?)
                ORDER BY due_ms, case_id, name LIMIT ?
                """
            ).all(
                nowMillis, after?.dueMillis ?? .min, after?.caseID ?? [], after?.name ?? "", Int64(max(0, limit))
            ) {
                DueDeadline(caseID: $0.bytes(1), name: $0.text(2), dueMillis: $0.integer(0))
            }
        }
    }

    package func nextDueMillis(after millis: Int64) async throws(HubError) -> Int64? {
        try await read("reading deadlines") { db in
            try PreparedStatement(db, "SELECT due_ms FROM deadline WHERE due_ms > ? ORDER BY due_ms LIMIT 1")
                .first(millis) { $0.integer(0) }
        }
    }

    package func document(sha256: [UInt8]) async throws(HubError) -> StoredDocument? {
        try await read("reading a document") { db in
            try PreparedStatement(
                db, "SELECT media_type, size, owner, in_blobs, body FROM document WHERE sha256 = ?"
            ).first(sha256) {
                StoredDocument(
                    mediaType: $0.text(0), size: $0.unsigned(1), owner: $0.text(2),
                    body: $0.integer(3) == 1 ? nil : $0.bytes(4))
            }
        }
    }

    package func documentFacts(
        _ hashes: [[UInt8]], owners: [String]
    ) async throws(HubError) -> [[UInt8]: (size: UInt64, mediaType: String)] {
        // Several statements; a document never changes, so they need no snapshot in common.
        try await read("reading documents") { db in
            var facts: [[UInt8]: (size: UInt64, mediaType: String)] = [:]
            for owner in owners {
                for hash in hashes where facts[hash] == nil {
                    facts[hash] = try PreparedStatement(
                        db,
                        """
                        SELECT size, media_type FROM document JOIN document_owner USING (sha256)
                        WHERE sha256 = ? AND document_owner.owner = ?
                        """
                    ).first(hash, owner) { ($0.unsigned(0), $0.text(1)) }
                }
            }
            return facts
        }
    }

    /// Events per read of ``verifyChain()``; a few hundred kilobytes.
    private static let verifyPiece: Int64 = 1_000

    package func verifyChain() async throws(HubError) -> LedgerHead {
        let head = try await head()
        var sequence: UInt64 = 0
        var chain = Chain.start
        while sequence < head.sequence {
            let (from, before) = (sequence, chain)
            (sequence, chain) = try await read("verifying the log") { db in
                try Self.verify(db, after: from, before, upTo: head.sequence)
            }
            // Nothing where something should be: the rows after the last one found are missing.
            if sequence == from { throw Self.broken(at: from + 1) }
        }
        guard chain == head.chain else { throw Self.broken(at: head.sequence) }
        return head
    }

    /// Recomputes one piece; gives where it ends.
    static func verify(
        _ db: Database, after sequence: UInt64, _ chain: [UInt8], upTo last: UInt64
    ) throws -> (sequence: UInt64, chain: [UInt8]) {
        var (sequence, chain) = (sequence, chain)
        var missing: [(sequence: UInt64, caseID: [UInt8], version: UInt64)] = []
        // A backup is of the version of its day, and stays so until it is restored.
        let personal = try Schema.storedVersion(db) >= Schema.withPersonalParts ? "personal" : "NULL"
        _ = try PreparedStatement(
            db,
            """
            SELECT sequence, hash, body, \(personal) FROM event WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
            """
        ).all(sequence, last, verifyPiece) { row -> Void? in
            let body = row.bytes(2)
            let hash = Chain.head(after: chain, body)
            guard row.unsigned(0) == sequence + 1, row.bytes(1) == hash else { throw broken(at: sequence + 1) }
            switch try EventParts.check(kept: body, personal: row.personal(3)) {
            case .whole: break
            case .missing(let caseID, let version): missing.append((sequence + 1, caseID, version))
            case .changed: throw broken(at: sequence + 1)
            }
            sequence += 1
            chain = hash
        }
        // A case misses many parts at once, and is looked at once.
        var erased: [[UInt8]: Int64] = [:]
        for part in missing {
            let version = try erased[part.caseID] ?? erasure(db, part.caseID)
            erased[part.caseID] = version
            guard version > Int64(clamping: part.version) else { throw broken(at: part.sequence) }
        }
        return (sequence, chain)
    }

    /// Version of a case with which the log says that what was personal before is removed; 0 = it does not.
    private static func erasure(_ db: Database, _ id: [UInt8]) throws -> Int64 {
        try PreparedStatement(db, "SELECT case_version, body FROM event WHERE case_id = ?")
            .all(id) { row in
                try HubEvent(serializedBytes: row.bytes(1)).kind == .anonymised ? row.integer(0) : 0
            }.max() ?? 0
    }

    static func broken(at sequence: UInt64) -> HubError {
        HubError(
            .chainBroken, "the log was changed: event \(sequence) is not what was chained",
            facts: ["sequence": "\(sequence)"])
    }

    private static func caseState(_ row: SQLRow) throws -> HubCase { try HubCase(serializedBytes: row.bytes(0)) }

    private static func event(_ row: SQLRow) throws -> HubEvent {
        try EventParts.event(kept: row.bytes(0), personal: row.personal(1))
    }
}
