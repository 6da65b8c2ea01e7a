// The tables, and the steps that lead to them from any older version; forward only.

import GRDB
import HubCore
import HubDomain
import HubProto

/// Tables and indexes of the ledger.
///
/// A submit writes one row each of `case_row`, `event`, `idempotency`, `waiting`, where people are told `outbox`, and a few
/// of `deadline` and `index_entry`. Case ids are UUIDv7, numbers and sequences grow: new rows go to the end of most trees, and commits of one batch share pages.
/// Tables of short rows have no rowid; those with bodies have one, because bodies would make their trees deep.
enum Schema {
    /// What this hub reads and writes.
    static let version = Int64(steps.count)

    /// From which version on events have personal parts of their own.
    static let withPersonalParts: Int64 = 5

    /// Step n leads from version n to n + 1. A released step is never changed.
    private static let steps: [String] = [
        """
        CREATE TABLE log_head (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, chain BLOB NOT NULL);
        INSERT INTO log_head VALUES (1, 0, zeroblob(32));

        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY,
            case_id BLOB NOT NULL,
            case_version INTEGER NOT NULL,
            hash BLOB NOT NULL,
            body BLOB NOT NULL);
        CREATE INDEX event_by_case ON event (case_id, case_version);

        CREATE TABLE case_row (
            id BLOB PRIMARY KEY NOT NULL,
            number TEXT NOT NULL UNIQUE,
            version INTEGER NOT NULL,
            service TEXT NOT NULL,
            department TEXT NOT NULL,
            stage TEXT NOT NULL,
            applicant TEXT NOT NULL,
            ended INTEGER NOT NULL,
            overdue INTEGER NOT NULL,
            created_ms INTEGER NOT NULL,
            updated_ms INTEGER NOT NULL,
            due_ms INTEGER,
            side BLOB NOT NULL,
            body BLOB NOT NULL);
        CREATE INDEX case_by_department ON case_row (department, id);
        CREATE INDEX case_open_by_department ON case_row (department, id, overdue, due_ms) WHERE ended = 0;
        CREATE INDEX case_by_applicant ON case_row (applicant, id);
        CREATE INDEX case_by_stage ON case_row (service, stage, id);

        CREATE TABLE deadline (
            due_ms INTEGER NOT NULL,
            case_id BLOB NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (due_ms, case_id, name)) WITHOUT ROWID;

        CREATE TABLE index_entry (
            service TEXT NOT NULL,
            field TEXT NOT NULL,
            value TEXT NOT NULL,
            case_id BLOB NOT NULL,
            PRIMARY KEY (service, field, value, case_id)) WITHOUT ROWID;

        CREATE TABLE idempotency (
            key BLOB PRIMARY KEY NOT NULL,
            fingerprint BLOB NOT NULL,
            answer BLOB NOT NULL,
            at_ms INTEGER NOT NULL);

        CREATE TABLE record (
            key TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE number_series (series TEXT PRIMARY KEY NOT NULL, next INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE document (
            sha256 BLOB PRIMARY KEY NOT NULL,
            size INTEGER NOT NULL,
            media_type TEXT NOT NULL,
            owner TEXT NOT NULL,
            body BLOB NOT NULL);

        CREATE TABLE document_owner (
            sha256 BLOB NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (sha256, owner)) WITHOUT ROWID;
        """,
        // Bytes of new documents lie in the blob store; those that are here stay here.
        "ALTER TABLE document ADD COLUMN in_blobs INTEGER NOT NULL DEFAULT 0",
        // Where open cases wait; ``fillWaiting(_:)`` adds those that are there already.
        """
        CREATE TABLE waiting (
            place TEXT NOT NULL,
            due_ms INTEGER NOT NULL,
            case_id BLOB NOT NULL,
            PRIMARY KEY (place, due_ms, case_id)) WITHOUT ROWID;
        UPDATE case_row SET side = CAST(side || x'00' AS BLOB);
        CREATE INDEX case_open ON case_row (id) WHERE ended = 0;
        """,
        // Notices. What is delivered leaves the first index, what has lost its text the second: neither grows for ever.
        """
        CREATE TABLE outbox (
            id BLOB PRIMARY KEY NOT NULL,
            state INTEGER NOT NULL,
            channel INTEGER NOT NULL,
            due_ms INTEGER NOT NULL,
            settled_ms INTEGER,
            body BLOB NOT NULL);
        CREATE INDEX outbox_open ON outbox (state, channel, due_ms, id) WHERE state <> 2;
        CREATE INDEX outbox_settled ON outbox (settled_ms, id) WHERE settled_ms IS NOT NULL;
        """,
        // What is personal in an event stands apart, so that it can go; events from before are whole, and stay so. Which case
        // uses which document, so that it is known when none does; ``fillUses(_:)`` adds what is there already.
        """
        ALTER TABLE event ADD COLUMN personal BLOB;
        CREATE TABLE document_use (
            sha256 BLOB NOT NULL, case_id BLOB NOT NULL, PRIMARY KEY (sha256, case_id)) WITHOUT ROWID;
        CREATE TABLE released (sha256 BLOB PRIMARY KEY NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX idempotency_by_time ON idempotency (at_ms);
        """,
    ]

    /// What a step does beside its statements, by its position.
    private static let fillings: [Int64: @Sendable (Database) throws -> Void] = [2: fillWaiting, 4: fillUses]

    /// Every open case gets its places, and its side column says so.
    @Sendable private static func fillWaiting(_ db: Database) throws {
        try fill(db, "WHERE ended = 0 AND id > ?") { id, side, meant in
            side.waiting = meant.waiting
            for place in side.waiting {
                try PreparedStatement(db, "INSERT INTO waiting (place, due_ms, case_id) VALUES (?, ?, ?)")
                    .run(place.place, place.dueMillis, id)
            }
        }
    }

    /// Every case gets its documents, and its side column says so.
    @Sendable private static func fillUses(_ db: Database) throws {
        try fill(db, "WHERE id > ?") { id, side, meant in
            side.documents = meant.documents
            for hash in side.documents {
                try PreparedStatement(db, "INSERT INTO document_use (sha256, case_id) VALUES (?, ?)").run(hash, id)
            }
        }
    }

    /// Changes the side columns of cases, in the order of their ids.
    ///
    /// - Parameter change: Is given the id, the column to change, and what the case means.
    private static func fill(
        _ db: Database, _ condition: String, _ change: ([UInt8], inout SideRows, SideRows) throws -> Void
    ) throws {
        let page = try PreparedStatement(db, "SELECT id, side, body FROM case_row \(condition) ORDER BY id LIMIT 500")
        var last: [UInt8] = []
        while true {
            let rows = try page.all(last) { row in (id: row.bytes(0), side: row.bytes(1), body: row.bytes(2)) }
            guard let end = rows.last?.id else { return }
            for row in rows {
                guard var side = SideRows(bytes: row.side), let state = try? HubCase(serializedBytes: row.body) else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "case_row")
                }
                try change(row.id, &side, SideRows(CaseWrite(state: state, expectedVersion: 0, index: [])))
                try PreparedStatement(db, "UPDATE case_row SET side = ? WHERE id = ?").run(side.bytes, row.id)
            }
            last = end
        }
    }

    /// Brings the file to ``version``, each step in a transaction of its own with the new version.
    ///
    /// - Parameter hubID: Asked once, for a new ledger.
    /// - Throws: ``HubError/Code/stateNewer`` for a file of a newer hub, which stays as it is.
    static func migrate(_ db: Database, hubID: () -> [UInt8], nowMillis: Int64) throws {
        var present = try storedVersion(db)
        guard present <= version, present >= 0 else {
            throw newer(present)
        }
        if present == 0 {
            let id = hubID()
            guard id.count == 16 else { throw HubError(.internalFault, "a hub id has 16 bytes") }
            try transaction(db) {
                try db.execute(sql: "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value NOT NULL) WITHOUT ROWID")
                let insert = try PreparedStatement(db, "INSERT INTO meta (key, value) VALUES (?, ?)")
                try insert.run("hub_id", id)
                try insert.run("created_ms", nowMillis)
                try insert.run("schema_version", Int64(0))
                try step(db, from: 0)
            }
            present = 1
        }
        while present < version {
            try transaction(db) { try step(db, from: present) }
            present += 1
        }
    }

    /// A file of a newer hub.
    static func newer(_ present: Int64) -> HubError {
        HubError(
            .stateNewer,
            "the state directory has schema \(present), this hub knows schema \(version) and older: start the newer hub",
            facts: ["schema_present": "\(present)", "schema_known": "\(version)"])
    }

    /// Identity of the log, made once.
    static func hubID(_ db: Database) throws -> [UInt8] {
        let id = try PreparedStatement(db, "SELECT value FROM meta WHERE key = 'hub_id'").first { $0.bytes(0) }
        guard let id, id.count == 16 else { throw HubError(.ledgerFailed, "the ledger has lost its identity") }
        return id
    }

    /// 0 = an empty file.
    static func storedVersion(_ db: Database) throws -> Int64 {
        let tables = try PreparedStatement(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'")
            .first { $0.integer(0) }
        guard tables == 1 else { return 0 }
        return try PreparedStatement(db, "SELECT value FROM meta WHERE key = 'schema_version'")
            .first { $0.integer(0) } ?? 0
    }

    private static func step(_ db: Database, from present: Int64) throws {
        try db.execute(sql: steps[Int(present)])
        try fillings[present]?(db)
        try PreparedStatement(db, "UPDATE meta SET value = ? WHERE key = 'schema_version'").run(present + 1)
    }

    private static func transaction(_ db: Database, _ body: () throws -> Void) throws {
        try db.inTransaction(.immediate) {
            try body()
            return .commit
        }
    }
}
