// What the disk does to the ledger: copies taken while it writes, no space, a commit that cannot be made durable.

import Foundation
import HubCore
import HubDomain
import HubTestKit
import Synchronization
import Testing

@testable import HubStore

@Suite("The disk under the ledger")
struct DurabilityTests {
    /// Cases whose commits have been acknowledged.
    private final class Acknowledged: Sendable {
        private let numbers = Mutex<[Int]>([])
        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
        var now: [Int] { numbers.withLock { $0 } }
    }

    @Test("files copied in the middle of writing hold every commit acknowledged before, and the chain")
    func copyWhileWriting_holdsAcknowledged() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            let acknowledged = Acknowledged()
            let writers = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<16 {
                        group.addTask {
                            for step in 0..<60 {
                                let number = writer * 1_000 + step
                                try await ledger.write(Sample.commit(Sample.newCase(number), key: Sample.key(number)))
                                acknowledged.add(number)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            var copies: [(directory: StateDirectory, before: [Int])] = []
            while copies.count < 3 {
                // What a power cut would leave: the log as it is, no shared memory. Fewer pages than the first checkpoint
                // needs are written here, so the database file does not change between the two copies.
                try await Task.sleep(for: .milliseconds(10))
                let before = acknowledged.now
                if before.isEmpty { continue }
                let copy = try StateDirectory()
                for file in [SQLiteLedger.fileName, SQLiteLedger.fileName + "-wal"] {
                    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(file)"))
                    try bytes.write(to: URL(fileURLWithPath: "\(copy.path)/\(file)"))
                }
                copies.append((copy, before))
            }
            try await writers.value
            for copy in copies {
                let restored = try copy.directory.open()
                for number in copy.before {
                    #expect(try await restored.caseState(id: Sample.id(number)) != nil, "case \(number) was lost")
                    #expect(
                        try await restored.answer(to: Sample.key(number)) != nil, "the answer to \(number) was lost")
                }
                let head = try await restored.verifyChain()
                #expect(head.sequence >= UInt64(copy.before.count))
                #expect(try await restored.counts().cases == head.sequence)
            }
        }
    }

    @Test("without space writes are refused for now, reads go on, and writes too when space returns")
    func fullDisk_recovers() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            try await ledger.write(Sample.commit(Sample.newCase(1)))
            try ledger.onWriter("PRAGMA max_page_count = 1")  // SQLite takes the present size instead.
            var large = Sample.newCase(2)
            large.note = String(repeating: "x", count: 100_000)
            for _ in 1...3 {
                let commit = Sample.commit(large, key: Sample.key(2))
                let error = await #expect(throws: HubError.self) { try await ledger.commit(commit) }
                #expect(error?.code == .ledgerFailed)
                #expect(error?.status == .resourceExhausted)
                #expect(error?.retryAfterMillis != nil)
                #expect(try await ledger.caseState(id: Sample.id(1)) != nil)
                #expect(try await ledger.caseState(id: Sample.id(2)) == nil)
            }
            #expect(try await ledger.counts().cases == 1)
            try ledger.onWriter("PRAGMA max_page_count = 1000000")
            try await ledger.write(Sample.commit(large, key: Sample.key(2)))
            #expect(try await ledger.verifyChain().sequence == 2)
        }
    }

    @Test("after a commit that could not be made durable nothing is acknowledged again, and reads go on")
    func failedCommit_endsWriting() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            try await ledger.write(Sample.commit(Sample.newCase(1)))
            ledger.failCommits()
            await #expect(throws: HubError(.ledgerFailed, "")) {
                try await ledger.commit(Sample.commit(Sample.newCase(2)))
            }
            ledger.healCommits()
            for number in 3...5 {
                let error = await #expect(throws: HubError.self) {
                    try await ledger.commit(Sample.commit(Sample.newCase(number)))
                }
                #expect(error?.status == .internalError)
                #expect(error?.detail.contains("start the hub anew") == true)
            }
            await #expect(throws: HubError(.ledgerFailed, "")) { try await ledger.leaseNumbers(series: "A", count: 1) }
            #expect(try await ledger.caseState(id: Sample.id(1)) != nil)
            #expect(try await ledger.counts().commits == 1)
            #expect(try await directory.open().head().sequence == 1)
        }
    }

    @Test("a failed commit fails every change of its batch")
    func failedCommit_failsWholeBatch() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            ledger.failCommits()
            let release = ledger.holdWriter()
            let failed = await withTaskGroup(of: Bool.self) { group in
                for number in 1...40 {
                    group.addTask {
                        do {
                            _ = try await ledger.commit(Sample.commit(Sample.newCase(number)))
                            return false
                        } catch { return (error as? HubError)?.code == .ledgerFailed }
                    }
                }
                release()
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failed == 40)
        }
    }

    @Test("changes that arrive while the writer is busy share one transaction")
    func waitingChanges_shareBatch() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            let release = ledger.holdWriter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...200 {
                    group.addTask { try await ledger.write(Sample.commit(Sample.newCase(number))) }
                }
                try await Task.sleep(for: .milliseconds(100))
                release()
                try await group.waitForAll()
            }
            let counts = try await ledger.counts()
            #expect(counts.commits == 200)
            #expect(counts.batches <= 20, "\(counts.batches) transactions")
        }
    }

    @Test("a queue that is full refuses more for now and keeps what it has")
    func fullQueue_refuses() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            let release = ledger.holdWriter()
            let more = 50
            let outcomes = await withTaskGroup(of: HubError?.self) { group in
                for _ in 0..<(Writer.waitingMax + more) {
                    group.addTask {
                        do {
                            _ = try await ledger.leaseNumbers(series: "A", count: 1)
                            return nil
                        } catch { return error as? HubError }
                    }
                }
                var refused: [HubError] = []
                while refused.count < more, let outcome = await group.next() { refused += outcome.map { [$0] } ?? [] }
                release()
                return await group.reduce(into: refused) { all, error in all += error.map { [$0] } ?? [] }
            }
            #expect(outcomes.count == more)
            #expect(outcomes.allSatisfy { $0.status == .resourceExhausted && $0.retryAfterMillis != nil })
            #expect(try await ledger.leaseNumbers(series: "A", count: 1).lowerBound == UInt64(Writer.waitingMax) + 1)
        }
    }

    @Test("the log is moved into the database beside the writer, without anyone asking")
    func longLog_isCheckpointed() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            let body = [UInt8](repeating: 7, count: 262_144)  // 65 pages.
            for number in 0..<80 {
                try await ledger.write(Sample.record("p/\(number)", body))
            }
            var size = 0
            for _ in 0..<200 where size < Checkpoints.interval * 2_048 {
                try await Task.sleep(for: .milliseconds(10))
                size = try FileManager.default.attributesOfItem(atPath: directory.file)[.size] as? Int ?? 0
            }
            #expect(size >= Checkpoints.interval * 2_048)
        }
    }
}
