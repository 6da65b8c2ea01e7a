// The ledger on one SQLite file: opens it, hands changes to the writer, closes it.

import GRDB
package import HubCore
package import HubDomain
import HubProto
import Synchronization

/// The embedded ledger: write-ahead log, synchronous FULL, one writer, a few readers beside it.
package final class SQLiteLedger: Ledger {
    /// The database in the state directory.
    package static let fileName = "ledger.sqlite"
    /// What is locked while a hub uses the directory.
    package static let lockName = "ledger.lock"

    let pool: DatabasePool
    let hubID: [UInt8]
    let writer: Writer
    /// Hides what is personal in events from whoever guesses at it.
    private let salt: @Sendable () -> [UInt8]
    private let checkpoints: Checkpoints
    /// Given back by ``close()``, or at the latest with the process.
    private let lock: Mutex<StateLock?>

    /// Opens the ledger of a state directory, and makes it where there is none; files have mode 0600.
    ///
    /// - Parameters:
    ///   - path: The state directory; it must exist.
    ///   - nowMillis: Milliseconds since 1970 UTC, kept with a new ledger as its birth.
    ///   - hubID: Makes the identity of a new log, 16 bytes; not asked for an old one.
    ///   - salt: Makes ``HubCore/EventParts/saltBytes`` bytes that nobody can guess, for each event.
    /// - Throws: ``HubError/Code/addressInUse`` when another hub has it open, ``HubError/Code/stateNewer`` when a newer hub
    ///   has written it, ``HubError/Code/chainBroken`` when its log ends elsewhere than it says,
    ///   ``HubError/Code/ledgerFailed`` when it cannot be read.
    package static func open(
        path: String, nowMillis: Int64, hubID: () -> [UInt8],
        salt: @escaping @Sendable () -> [UInt8] = { systemSalt() }
    ) throws(HubError) -> SQLiteLedger {
        let lock = try StateLock(path: "\(path)/\(lockName)")
        let file = "\(path)/\(fileName)"
        try StateFile.create(file, in: path)
        do {
            let pool = try DatabasePool(path: file, configuration: configuration)
            let (id, counts) = try pool.writeWithoutTransaction { db in
                try db.execute(
                    sql: """
                        PRAGMA synchronous = FULL;
                        PRAGMA cache_size = -\(writerCacheKiB);
                        PRAGMA secure_delete = ON -- What is removed is overwritten. Debian's SQLite does so by itself.
                        """)
                try Schema.migrate(db, hubID: hubID, nowMillis: nowMillis)
                try checkHead(db)
                return (try Schema.hubID(db), try count(db))
            }
            let checkpoints = try Checkpoints(path: file)
            pool.writeWithoutTransaction { checkpoints.watch($0) }
            return SQLiteLedger(
                pool: pool, hubID: id, writer: Writer(pool: pool, checkpoints: checkpoints, counts: counts),
                checkpoints: checkpoints, salt: salt, lock: lock)
        } catch {
            throw HubError(error, doing: "opening the ledger")
        }
    }

    private init(
        pool: DatabasePool, hubID: [UInt8], writer: Writer, checkpoints: Checkpoints,
        salt: @escaping @Sendable () -> [UInt8],
        lock: StateLock
    ) {
        self.pool = pool
        self.hubID = hubID
        self.writer = writer
        self.checkpoints = checkpoints
        self.salt = salt
        self.lock = Mutex(lock)
    }

    /// Ends the batch that is being written, refuses what waits, closes the file and gives the directory back. Later calls
    /// throw, a second close does nothing. Blocks until done.
    package func close() throws(HubError) {
        guard let lock = lock.withLock({ $0.take() }) else { return }
        defer { withExtendedLifetime(lock) {} }
        writer.refuse(HubError(.ledgerFailed, "the ledger is closed", status: .unavailable))
        if checkpoints.hasFailed { writer.abandon() }
        if writer.isAbandoned { return }  // Left as a crash would leave it.
        do {
            try pool.writeWithoutTransaction { db in
                checkpoints.close(db)
                // SQLite does so by itself only when the last connection may write; here readers are the last. What was erased
                // lies in older pages of the log until then.
                try PreparedStatement(db, "PRAGMA wal_checkpoint(TRUNCATE)").run()
            }
            try pool.close()
        } catch {
            throw HubError(error, doing: "closing the ledger")
        }
    }

    package func commit(_ commit: Commit) async throws(HubError) -> CommitOutcome {
        let prepared = try PreparedCommit(commit, salt: salt)
        let hubID = hubID
        let result = try await writer.write(bytes: prepared.size) { try $0.commit(prepared, hubID: hubID) }
        switch result {
        case .settled(let outcome): return outcome
        case .written(let answer, let receipt, let first):
            var events = commit.events
            for position in events.indices { events[position].sequence = first + UInt64(position) }
            return .committed(answer: answer, receipt: receipt, events: events)
        }
    }

    package func leaseNumbers(series: String, count: UInt64) async throws(HubError) -> Range<UInt64> {
        try await writer.write(bytes: 64) { try $0.lease(series: series, count: count) }
    }

    package func putDocument(sha256: [UInt8], _ document: StoredDocument) async throws(HubError) {
        guard sha256.count == 32 else { throw HubError(.internalFault, "a document's hash has 32 bytes") }
        try await writer.write(bytes: 256) { try $0.put(document, sha256: sha256) }
    }

    package func counts() async throws(HubError) -> LedgerCounts { writer.counts }
}

extension SQLiteLedger {
    /// Of the system's generator.
    package static func systemSalt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<EventParts.saltBytes / 8).flatMap { _ in
            withUnsafeBytes(of: generator.next() as UInt64) { Array($0) }
        }
    }

    /// Holds the inner pages of all trees at 100,000 cases, so that a submit reads nothing from the disk.
    private static let writerCacheKiB = 16_384
    private static let readerCacheKiB = 2_048

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA cache_size = -\(readerCacheKiB);
                    PRAGMA temp_store = MEMORY;
                    PRAGMA wal_autocheckpoint = 0
                    """)
        }
        return configuration
    }

    /// The last event is the one the head names; a hub must not chain on to a log that was cut.
    private static func checkHead(_ db: Database) throws {
        let batch = try Batch(db)
        let last =
            try PreparedStatement(db, "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1")
            .first { ($0.unsigned(0), $0.bytes(1)) } ?? (0, Chain.start)
        guard last == (batch.sequence, batch.chain) else {
            let wrong = min(last.0, batch.sequence) + (last.0 == batch.sequence ? 0 : 1)
            throw HubError(
                .chainBroken, "the log ends at event \(last.0), its head says \(batch.sequence); restore a backup",
                facts: ["sequence": "\(wrong)"])
        }
    }

    private static func count(_ db: Database) throws -> LedgerCounts {
        func number(_ sql: String) throws -> UInt64 { try PreparedStatement(db, sql).first { $0.unsigned(0) } ?? 0 }
        var counts = LedgerCounts()
        counts.cases = try number("SELECT count(*) FROM case_row")
        counts.open = try number("SELECT count(*) FROM case_row WHERE ended = 0")
        counts.deadlinesRunning = try number("SELECT count(*) FROM deadline WHERE instr(name, '/') = 0")
        counts.noticesWaiting = try number("SELECT count(*) FROM outbox WHERE state = 1 AND state <> 2")
        counts.noticesDead = try number("SELECT count(*) FROM outbox WHERE state = 3 AND state <> 2")
        return counts
    }
}
