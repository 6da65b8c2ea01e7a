// One transaction of the writer: the head of the log moves through it, and rows are written by kind.

import GRDB
import HubCore
import HubDomain
import HubProto

/// The state of a transaction while its changes are written. Lives on the writer queue.
struct Batch {
    /// What a batch adds to ``LedgerCounts``; parts may be negative.
    struct Growth {
        var cases: Int64 = 0
        var open: Int64 = 0
        var running: Int64 = 0
        var commits: UInt64 = 0
        var noticesWaiting: Int64 = 0
        var noticesDead: Int64 = 0

        func add(to counts: inout LedgerCounts) {
            counts.cases &+= UInt64(bitPattern: cases)
            counts.open &+= UInt64(bitPattern: open)
            counts.deadlinesRunning &+= UInt64(bitPattern: running)
            counts.noticesWaiting &+= UInt64(bitPattern: noticesWaiting)
            counts.noticesDead &+= UInt64(bitPattern: noticesDead)
            counts.commits &+= commits
            counts.batches &+= commits > 0 ? 1 : 0
        }
    }

    let db: Database
    /// Sequence of the last event.
    private(set) var sequence: UInt64
    /// Hash of the last event.
    private(set) var chain: [UInt8]
    var growth = Growth()
    private var grew = false

    init(_ db: Database) throws {
        self.db = db
        let head = try PreparedStatement(db, "SELECT sequence, chain FROM log_head WHERE one = 1")
            .first { ($0.unsigned(0), $0.bytes(1)) }
        guard let head else { throw HubError(.ledgerFailed, "the ledger has lost the head of its log") }
        (sequence, chain) = head
    }

    /// Appends to the log.
    mutating func append(_ event: PreparedCommit.Event) throws {
        let body = event.body.bytes(sequence: sequence + 1)
        let hash = Chain.head(after: chain, body)
        try PreparedStatement(
            db, "INSERT INTO event (sequence, case_id, case_version, hash, body, personal) VALUES (?, ?, ?, ?, ?, ?)"
        ).run(sequence + 1, event.caseID, event.caseVersion, hash, body, event.personal)
        sequence += 1
        chain = hash
        grew = true
    }

    /// Writes the head, once for all events of the batch.
    func finish() throws {
        guard grew else { return }
        try PreparedStatement(db, "UPDATE log_head SET sequence = ?, chain = ? WHERE one = 1").run(sequence, chain)
    }

    /// Takes numbers for good.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when the series is used up (2⁶³ numbers).
    mutating func lease(series: String, count: UInt64) throws -> Range<UInt64> {
        // A restored ledger has a series without a name: where those begin that it does not know.
        let present = try PreparedStatement(
            db, "SELECT next FROM number_series WHERE series IN (?, '') ORDER BY series DESC LIMIT 1"
        ).first(series) { $0.unsigned(0) }
        let next = present ?? 1
        let (end, overflow) = next.addingReportingOverflow(count)
        guard !overflow, end <= UInt64(Int64.max) else {
            throw HubError(.internalFault, "a number series cannot give that many numbers")
        }
        try PreparedStatement(
            db, "INSERT INTO number_series (series, next) VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET next = ?"
        ).run(series, end, end)
        return next..<end
    }

    /// Keeps a document; one that is there stays as it is and gets one more owner.
    mutating func put(_ document: StoredDocument, sha256: [UInt8]) throws {
        try PreparedStatement(
            db,
            """
            INSERT INTO document (sha256, size, media_type, owner, body, in_blobs) VALUES (?, ?, ?, ?, ?, 1)
            ON CONFLICT (sha256) DO NOTHING
            """
        ).run(sha256, document.size, document.mediaType, document.owner, [UInt8]())
        try PreparedStatement(db, "DELETE FROM released WHERE sha256 = ?").run(sha256)
        try PreparedStatement(
            db, "INSERT INTO document_owner (sha256, owner) VALUES (?, ?) ON CONFLICT (sha256, owner) DO NOTHING"
        ).run(sha256, document.owner)
    }
}
