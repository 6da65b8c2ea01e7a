// A second, raw connection: what someone with the file and a SQLite shell could do.

import Dispatch
import GRDB
import GRDBSQLite
import HubCore
import HubTestKit

@testable import HubStore

extension StateDirectory {
    /// Runs statements behind the ledger's back.
    func tamper(_ sql: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

extension SQLiteLedger {
    /// Runs statements on the writer's own connection.
    func onWriter(_ sql: String) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    /// Makes every COMMIT fail from now on, as a failed fsync would.
    func failCommits() {
        pool.writeWithoutTransaction { db in
            _ = sqlite3_commit_hook(db.sqliteConnection, { _ in 1 }, nil)
        }
    }

    /// Lets commits through again.
    func healCommits() {
        pool.writeWithoutTransaction { db in
            _ = sqlite3_commit_hook(db.sqliteConnection, nil, nil)
        }
    }

    /// Occupies the writer; what is handed to it waits until the result is called.
    func holdWriter() -> @Sendable () -> Void {
        let gate = DispatchSemaphore(value: 0)
        pool.asyncWriteWithoutTransaction { _ in gate.wait() }
        return { gate.signal() }
    }

    /// How SQLite would carry out the listing of `query`, a line for each step.
    func plan(_ query: CaseQuery) throws -> [String] {
        let listing = try CaseListing(query, nowMillis: Sample.now)
        return try pool.read { db in
            try PreparedStatement(db, "EXPLAIN QUERY PLAN " + listing.sql).all(binding: listing.values) { $0.text(3) }
        }
    }
}
