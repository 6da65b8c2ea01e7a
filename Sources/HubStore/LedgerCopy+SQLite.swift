// A copy of the ledger in one file: made beside the writer, read without changing it, adopted by a restored hub.

import Foundation
import GRDB
import Glibc
import HubCore
import HubDomain

/// What a copy says of itself.
struct LedgerFacts: Hashable {
    var hubID: [UInt8]
    var schema: Int64
    var sequence: UInt64
    var chain: [UInt8]
    var cases: UInt64
    var casesOpen: UInt64
    /// Documents whose bytes lie in the blob store.
    var documents: UInt64
}

/// An SQLite file without a write-ahead log. Reading it leaves no file beside it.
struct LedgerCopy {
    private let queue: DatabaseQueue

    /// Pages (4 KiB) copied before they are flushed: what piles up in memory would hold up the writer's own fsync.
    private static let pagesPerStep: CInt = 1_024

    /// Copies the ledger as it is at the moment of the first step, whatever is written meanwhile; durable.
    ///
    /// A connection of its own reads one snapshot of the write-ahead log. The writer does not wait for it; checkpoints stop
    /// before what the snapshot needs, and catch up after it.
    static func write(from source: String, to target: String) throws(HubError) {
        let file = open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileCopy.failure("the copy of the ledger cannot be made") }
        defer { Glibc.close(file) }
        do {
            let reader = try DatabaseQueue(path: source, configuration: configuration("ledger.backup", readonly: true))
            let copy = try DatabaseQueue(path: target, configuration: unlogged)
            try reader.read { source in
                _ = try PreparedStatement(source, "SELECT sequence FROM log_head").first { $0.unsigned(0) }
                try copy.writeWithoutTransaction { target in
                    try source.backup(to: target, pagesPerStep: pagesPerStep) { _ in
                        guard fdatasync(file) == 0 else {
                            throw FileCopy.failure("the copy of the ledger cannot be made durable")
                        }
                    }
                }
            }
            try copy.close()
            try reader.close()
        } catch {
            throw HubError(error, doing: "copying the ledger")
        }
        guard fsync(file) == 0 else { throw FileCopy.failure("the copy of the ledger cannot be made durable") }
    }

    /// Opens a copy to read it.
    init(_ path: String) throws(HubError) {
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration("ledger.copy", readonly: true))
        } catch {
            throw HubError(error, doing: "opening a copy of the ledger")
        }
    }

    /// - Throws: ``HubError/Code/stateNewer`` when a newer hub has written it.
    func facts() throws(HubError) -> LedgerFacts {
        try read("reading a copy of the ledger") { db in
            func number(_ sql: String) throws -> UInt64 { try PreparedStatement(db, sql).first { $0.unsigned(0) } ?? 0 }
            let schema = try Schema.storedVersion(db)
            guard (1...Schema.version).contains(schema) else { throw Schema.newer(schema) }
            let head = try PreparedStatement(db, "SELECT sequence, chain FROM log_head WHERE one = 1")
                .first { ($0.unsigned(0), $0.bytes(1)) }
            guard let head else { throw HubError(.ledgerFailed, "the ledger has lost the head of its log") }
            return LedgerFacts(
                hubID: try Schema.hubID(db), schema: schema, sequence: head.0, chain: head.1,
                cases: try number("SELECT count(*) FROM case_row"),
                casesOpen: try number("SELECT count(*) FROM case_row WHERE ended = 0"),
                documents: try number("SELECT count(*) FROM document WHERE in_blobs = 1"))
        }
    }

    /// Documents of the blob store, by hash.
    ///
    /// - Parameter last: Only those behind this hash; empty = from the first.
    func documents(after last: [UInt8], limit: Int64) throws(HubError) -> [(sha256: [UInt8], size: UInt64)] {
        try read("reading a copy of the ledger") { db in
            try PreparedStatement(
                db, "SELECT sha256, size FROM document WHERE in_blobs = 1 AND sha256 > ? ORDER BY sha256 LIMIT ?"
            ).all(last, limit) { ($0.bytes(0), $0.unsigned(1)) }
        }
    }

    /// Looks at every page and recomputes the chain.
    ///
    /// - Throws: ``HubError/Code/chainBroken`` with the first wrong sequence as fact `sequence`,
    ///   ``HubError/Code/ledgerFailed`` when the file is damaged.
    func verify() throws(HubError) {
        let facts = try facts()
        try read("checking a copy of the ledger") { db in
            let said = try PreparedStatement(db, "PRAGMA integrity_check(1)").first { $0.text(0) }
            guard said == "ok" else { throw HubError(.ledgerFailed, "the file is damaged") }
            var end = (sequence: UInt64(0), chain: Chain.start)
            while end.sequence < facts.sequence {
                let next = try SQLiteLedger.verify(db, after: end.sequence, end.chain, upTo: facts.sequence)
                guard next.sequence > end.sequence else { throw SQLiteLedger.broken(at: end.sequence + 1) }
                end = next
            }
            guard end.chain == facts.chain else { throw SQLiteLedger.broken(at: facts.sequence) }
        }
    }

    func close() throws(HubError) {
        do { try queue.close() } catch { throw HubError(error, doing: "closing a copy of the ledger") }
    }

    /// Makes a copy the beginning of a new log: another identity, and numbers that nobody can have seen.
    ///
    /// - Parameters:
    ///   - hubID: 16 bytes.
    ///   - skipping: How many numbers of every series are left out; series that the copy does not know begin behind as many.
    static func adopt(_ path: String, hubID: [UInt8], skipping: UInt64, nowMillis: Int64) throws(HubError) {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration("ledger.restore", readonly: false))
            try queue.writeWithoutTransaction { db in
                try Schema.migrate(db, hubID: { hubID }, nowMillis: nowMillis)
                try db.inTransaction(.immediate) {
                    let origin = try Schema.hubID(db)
                    let keep = try PreparedStatement(db, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
                    try keep.run("restored_from", origin)
                    try keep.run("restored_ms", nowMillis)
                    try keep.run("hub_id", hubID)
                    try PreparedStatement(
                        db, "UPDATE number_series SET next = min(next, 9223372036854775807 - ?1) + ?1"
                    ).run(skipping)
                    try PreparedStatement(db, "INSERT OR IGNORE INTO number_series (series, next) VALUES ('', ?)")
                        .run(skipping + 1)
                    return .commit
                }
            }
            try queue.close()
        } catch {
            throw HubError(error, doing: "making a new log of a copy")
        }
    }

    private func read<Value>(_ doing: String, _ body: (Database) throws -> Value) throws(HubError) -> Value {
        do { return try queue.read(body) } catch { throw HubError(error, doing: doing) }
    }

    private static func configuration(_ label: String, readonly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.readonly = readonly
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        if !readonly { configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") } }
        return configuration
    }

    /// A copy that is cut short is thrown away: it needs no journal, and is flushed by its file.
    private static var unlogged: Configuration {
        var configuration = configuration("ledger.backup.copy", readonly: false)
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096")
        }
        return configuration
    }
}
