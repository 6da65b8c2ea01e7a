// The one writer: what is ready shares a transaction and its fsync, and is acknowledged after it.

import GRDB
import GRDBSQLite
import HubCore
import HubDomain
import Synchronization

/// Carries out changes in batches on GRDB's serial writer queue.
///
/// A change that is alone is written at once. What arrives during an fsync waits for the next batch, so the batch grows
/// with the load and nobody waits on purpose.
///
/// A batch has no savepoints: a change checks what it needs by reads before it writes its first row, so a conflict leaves
/// nothing to take back. Should the engine refuse a row all the same, the batch is rolled back and its changes run again
/// one by one, each in a transaction of its own; the wrong one then fails alone.
final class Writer: Sendable {
    /// Changes in one transaction. More would lengthen the wait of the first without saving much of the fsync.
    static let batchMax = 256
    /// Changes that may wait.
    static let waitingMax = 4_096
    /// Bytes that may wait.
    static let waitingBytesMax = 64 << 20

    /// A change and whom to tell.
    private struct Job: Sendable {
        let bytes: Int
        /// Writes, and gives what acknowledges it once the batch is durable.
        let perform: @Sendable (inout Batch) throws -> @Sendable () -> Void
        let fail: @Sendable (HubError) -> Void
    }

    private struct Waiting {
        var jobs: [Job] = []
        var bytes = 0
        var isDraining = false
        /// Set once and for good: why nothing is written any more.
        var refusal: HubError?
        var isAbandoned = false
    }

    private let pool: DatabasePool
    private let checkpoints: Checkpoints
    private let waiting = Mutex(Waiting())
    private let totals: Mutex<LedgerCounts>

    /// - Parameter counts: What the ledger holds at its opening.
    init(pool: DatabasePool, checkpoints: Checkpoints, counts: LedgerCounts) {
        self.pool = pool
        self.checkpoints = checkpoints
        totals = Mutex(counts)
    }

    /// Kept beside the tables, because counting 100,000 rows for each status would cost more than a submit.
    var counts: LedgerCounts { totals.withLock { $0 } }

    /// Carries out `perform` in the next batch; returns when it is durable.
    ///
    /// - Parameter bytes: About what it holds in memory while it waits.
    /// - Parameter perform: Checks first, then writes; may run twice, each time on a ledger without its earlier rows.
    /// - Throws: ``HubError/Code/ledgerFailed``, with status `resourceExhausted` when too much waits or the disk is full.
    func write<Value: Sendable>(
        bytes: Int, _ perform: @escaping @Sendable (inout Batch) throws -> Value
    ) async throws(HubError) -> Value {
        let result: Result<Value, HubError> = await withCheckedContinuation { continuation in
            let job = Job(
                bytes: bytes,
                perform: { batch in
                    let value = try perform(&batch)
                    return { continuation.resume(returning: .success(value)) }
                },
                fail: { continuation.resume(returning: .failure($0)) })
            enqueue(job)
        }
        return try result.get()
    }

    /// Refuses every later change, and those that wait; the batch that is being written ends as it would.
    func refuse(_ reason: HubError) {
        waiting.withLock { if $0.refusal == nil { $0.refusal = reason } }
    }

    private var refusal: HubError? { waiting.withLock { $0.refusal } }

    /// An fsync has failed; see ``abandon()``.
    var isAbandoned: Bool { waiting.withLock { $0.isAbandoned } }

    /// Ends writing after an fsync that failed.
    ///
    /// The kernel may have dropped the pages it could not write and report success the next time, so nothing is
    /// acknowledged ever again by this process. Its connections are never closed: closing the last one would move the log
    /// into the database and delete it on the word of that disk. The next start finds the log as after a crash.
    func abandon() {
        let isFirst = waiting.withLock { waiting in
            if waiting.refusal == nil { waiting.refusal = Self.notDurable }
            defer { waiting.isAbandoned = true }
            return !waiting.isAbandoned
        }
        guard isFirst else { return }
        _ = Unmanaged.passRetained(pool)
        _ = Unmanaged.passRetained(checkpoints)
    }

    private static let notDurable = HubError(
        .ledgerFailed, "an earlier change could not be made durable; check the disk and start the hub anew")

    private func enqueue(_ job: Job) {
        let (refusal, starts) = waiting.withLock { waiting -> (HubError?, Bool) in
            if let refusal = waiting.refusal { return (refusal, false) }
            guard waiting.jobs.count < Self.waitingMax, waiting.bytes < Self.waitingBytesMax else {
                return (Self.overloaded, false)
            }
            waiting.jobs.append(job)
            waiting.bytes += job.bytes
            if waiting.isDraining { return (nil, false) }
            waiting.isDraining = true
            return (nil, true)
        }
        if let refusal { job.fail(refusal) }
        if starts { pool.asyncWriteWithoutTransaction { self.drain($0) } }
    }

    private static let overloaded = HubError(
        .ledgerFailed, "\(waitingMax) changes wait for the disk; try again", status: .resourceExhausted,
        retryAfterMillis: 100)

    /// Runs batches until nothing waits.
    private func drain(_ db: Database) {
        while let jobs = take() {
            if let refusal {
                for job in jobs { job.fail(refusal) }
                continue  // The connection may be closed.
            }
            run(jobs, on: db)
            checkpoints.afterBatch(db)
            if checkpoints.hasFailed { abandon() }
        }
    }

    /// The next batch; nil = the queue is empty and draining has ended.
    private func take() -> [Job]? {
        waiting.withLock { waiting in
            guard !waiting.jobs.isEmpty else {
                waiting.isDraining = false
                return nil
            }
            let jobs = Array(waiting.jobs.prefix(Self.batchMax))
            waiting.jobs.removeFirst(jobs.count)
            waiting.bytes -= jobs.reduce(0) { $0 + $1.bytes }
            return jobs
        }
    }

    /// One batch: all of it, or each alone, or none.
    private func run(_ jobs: [Job], on db: Database) {
        do {
            try transaction(jobs, on: db)
        } catch {
            try? rollBack(db)
            if jobs.count > 1, FailureKind(error) == .content {
                for job in jobs {
                    if let refusal { job.fail(refusal) } else { run([job], on: db) }
                }
            } else {
                let failure = HubError(error, doing: "writing")
                for job in jobs { job.fail(failure) }
            }
        }
    }

    /// Writes, commits, then acknowledges. Throws before the first acknowledgement or not at all.
    private func transaction(_ jobs: [Job], on db: Database) throws {
        try PreparedStatement(db, "BEGIN IMMEDIATE").run()
        var batch = try Batch(db)
        var acknowledgements: [@Sendable () -> Void] = []
        acknowledgements.reserveCapacity(jobs.count)
        for job in jobs {
            do {
                acknowledgements.append(try job.perform(&batch))
            } catch let refusal as HubError {
                acknowledgements.append { job.fail(refusal) }  // By its own checks, before it wrote a row.
            }
        }
        try batch.finish()
        try commit(db)
        totals.withLock { batch.growth.add(to: &$0) }
        for acknowledge in acknowledgements { acknowledge() }
    }

    /// The fsync of the batch.
    private func commit(_ db: Database) throws {
        do {
            try PreparedStatement(db, "COMMIT").run()
        } catch {
            if FailureKind(error) == .full { throw error }
            abandon()
            throw HubError(.ledgerFailed, HubError(error, doing: "making a change durable").detail)
        }
    }

    /// Some errors have rolled back already.
    private func rollBack(_ db: Database) throws {
        if db.isInsideTransaction { try PreparedStatement(db, "ROLLBACK").run() }
    }
}
