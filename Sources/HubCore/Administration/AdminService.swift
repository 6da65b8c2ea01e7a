// What administrators ask and do, but for principals, which have a service of their own.

import HubDomain
import HubProto
import SwiftProtobuf

/// Facts about this process that only the program knows.
package struct ProcessFacts: Sendable {
    package var instanceID: [UInt8]
    package var software: String
    package var startedMillis: Int64
    package var pid: UInt32

    package init(instanceID: [UInt8], software: String, startedMillis: Int64, pid: UInt32) {
        self.instanceID = instanceID
        self.software = software
        self.startedMillis = startedMillis
        self.pid = pid
    }
}

/// `hub.v1.Admin`, but for what ``PrincipalService`` answers.
struct AdminService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let modules: any ModuleRuntime
    let clock: any HubClock
    let deadlines: DeadlineLoop
    let counters: HubCounters
    let facts: ProcessFacts
    let memory: @Sendable () -> UInt64
    let backups: any BackupVault
    let outbox: OutboxService
    let drafts: DraftKeeper
    let retention: RetentionKeeper

    /// Most that one call may advance a manual clock: 400 days, in milliseconds.
    static let advanceMillisMax: UInt64 = 400 * 86_400_000

    func status(_ context: CallContext, _ request: HubStatusRequest) async throws(HubError) -> HubStatusReply {
        let head = try await ledger.head()
        let counts = try await ledger.counts()
        let running = await modules.modules()
        let notices = try await outbox.counts()
        return .with {
            $0.hubID = .init(head.hubID)
            $0.instanceID = .init(facts.instanceID)
            $0.software = facts.software
            $0.nowMs = clock.nowMillis()
            $0.startedMs = facts.startedMillis
            $0.manualClock = clock is ManualClock
            $0.sequence = head.sequence
            $0.cases = counts.cases
            $0.casesOpen = counts.open
            $0.deadlinesRunning = counts.deadlinesRunning
            $0.commits = counts.commits
            $0.batches = counts.batches
            $0.connections = UInt32(clamping: counters.connections.load(ordering: .relaxed))
            $0.watchers = UInt32(clamping: journal.feed.watchers)
            $0.calls = UInt64(clamping: counters.calls.load(ordering: .relaxed))
            $0.callsFailed = UInt64(clamping: counters.callsFailed.load(ordering: .relaxed))
            $0.modules = running
            $0.pid = facts.pid
            $0.memoryBytes = memory()
            ($0.noticesWaiting, $0.noticesDead) = (notices.waiting, notices.dead)
            $0.noticesOldestMs = notices.oldestDueMs
        }
    }

    func listModules(
        _ context: CallContext, _ request: HubListModulesRequest
    ) async throws(HubError) -> HubListModulesReply {
        let all = await modules.modules()
        return .with { $0.modules = all }
    }

    func getModule(_ context: CallContext, _ request: HubGetModuleRequest) async throws(HubError) -> HubModuleInfo {
        guard let found = await modules.modules().first(where: { $0.id == request.module }) else {
            throw HubError(.moduleUnknown, "no module of this id; see hubctl module list")
        }
        return found
    }

    func restartModule(
        _ context: CallContext, _ request: HubGetModuleRequest
    ) async throws(HubError) -> HubModuleInfo {
        try await modules.restart(module: request.module)
    }

    func advanceClock(
        _ context: CallContext, _ request: HubAdvanceClockRequest
    ) async throws(HubError) -> HubAdvanceClockReply {
        guard let manual = clock as? ManualClock else {
            throw HubError(.clockNotManual, "this hub runs on real time")
        }
        guard (1...Self.advanceMillisMax).contains(request.byMs) else {
            throw HubError(.filterInvalid, "by_ms must be 1 to \(Self.advanceMillisMax)")
        }
        let passed = try await deadlines.advance(manual, byMillis: Int64(request.byMs))
        journal.outbox.ring()
        // Real time would have had these rounds on the way.
        try await drafts.sweep(daysBack: Int64(request.byMs) / 86_400_000 + 1)
        try await retention.sweep()
        return .with {
            $0.nowMs = manual.nowMillis()
            $0.passed = passed
        }
    }

    func verifyAudit(
        _ context: CallContext, _ request: HubVerifyAuditRequest
    ) async throws(HubError) -> HubVerifyAuditReply {
        let head = try await ledger.verifyChain()
        return .with {
            $0.events = head.sequence
            $0.chainHead = .init(head.chain)
        }
    }
}
