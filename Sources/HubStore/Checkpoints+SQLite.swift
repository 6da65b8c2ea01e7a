// Moves the write-ahead log into the database beside the writer, and keeps the log from growing for ever.

import GRDB
import GRDBSQLite
import HubDomain
import Synchronization

/// PASSIVE checkpoints on a connection of their own.
///
/// A passive checkpoint waits for nobody and makes nobody wait. But SQLite begins the log anew only when a checkpoint has
/// caught up with the writer, and under constant load one beside the writer never does. When the log has become long, and
/// a checkpoint has come close to its end, the writer itself moves the few pages that are left, between two batches.
final class Checkpoints: Sendable {
    /// Pages (4 KiB) of log after which a checkpoint starts.
    static let interval = 4_000
    /// Pages of log from which the writer helps to begin it anew.
    static let longLog = 16_384
    /// Pages the writer moves at most, so that nobody waits long.
    static let helpMax = 512
    /// Checkpoints in a row that try to come close to a writer that writes on.
    private static let chaseMax = 8

    private struct State {
        /// Pages that are in the database already.
        var done = 0
        var isRunning = false
        var wantsHelp = false
        var hasFailed = false
    }

    private let connection: DatabaseQueue
    /// Pages in the log after the last commit, as SQLite's hook tells.
    private let gauge = LogGauge()
    private let state = Mutex(State())

    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "ledger.checkpoint"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -256; PRAGMA wal_autocheckpoint = 0")
        }
        connection = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Lets SQLite tell the length of the log after each commit of `writer`; this ends automatic checkpoints on it.
    func watch(_ writer: Database) {
        let context = Unmanaged.passUnretained(gauge).toOpaque()  // Lives as long as the ledger that owns both.
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<LogGauge>.fromOpaque(context).takeUnretainedValue().pages.store(
                    Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, context)
    }

    /// Ends the hook and the connection.
    func close(_ writer: Database) {
        sqlite3_wal_hook(writer.sqliteConnection, nil, nil)
        try? connection.close()
    }

    /// The disk has refused a page or an fsync. There will be no other checkpoint: one that seems to succeed after that
    /// could begin the log anew although the database never got its pages.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// Called by the writer between two batches, on a connection that is open.
    func afterBatch(_ writer: Database) {
        let pages = gauge.pages.load(ordering: .relaxed)
        let (starts, helps) = state.withLock { state -> (Bool, Bool) in
            if state.hasFailed { return (false, false) }
            if pages < state.done { state.done = 0 }  // The log began anew.
            if state.wantsHelp {
                state.wantsHelp = false
                return (false, pages - state.done <= Self.helpMax * 2)
            }
            guard !state.isRunning, pages - state.done >= Self.interval else { return (false, false) }
            state.isRunning = true
            return (true, false)
        }
        if helps { pass(writer) }
        if starts { connection.asyncWriteWithoutTransaction { self.chase($0) } }
    }

    /// Checkpoints until close to the end of the log.
    private func chase(_ db: Database) {
        var left = Int.max
        for _ in 0..<Self.chaseMax {
            pass(db)
            let pages = gauge.pages.load(ordering: .relaxed)
            left = pages - state.withLock { $0.done }
            if pages < Self.longLog || left <= Self.helpMax { break }
        }
        let isLong = gauge.pages.load(ordering: .relaxed) >= Self.longLog
        state.withLock {
            $0.isRunning = false
            $0.wantsHelp = isLong && left <= Self.helpMax
        }
    }

    /// One checkpoint. Without space, or with readers in the way, the rest is left to the next one.
    private func pass(_ db: Database) {
        guard !hasFailed else { return }
        do {
            let done = try PreparedStatement(db, "PRAGMA wal_checkpoint(PASSIVE)").first { Int($0.integer(2)) }
            if let done { state.withLock { $0.done = max(0, done) } }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
            state.withLock { $0.hasFailed = true }
        } catch {
            return
        }
    }
}

/// A number that a C callback can reach.
private final class LogGauge: Sendable {
    let pages = Atomic<Int>(0)
}
