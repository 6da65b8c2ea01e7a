// A ledger in memory that fails when it is told to, and counts what it is asked.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Synchronization

/// Everything is the ledger's behind it; only reading deadlines can fail.
final class FlakyLedger: Ledger {
    private let ledger = InMemoryLedger()
    private let isFailing = Atomic<Bool>(false)
    private let asked = Atomic<Int>(0)

    var fails: Bool {
        get { isFailing.load(ordering: .relaxed) }
        set { isFailing.store(newValue, ordering: .relaxed) }
    }
    /// How often documents were looked up.
    var factsAsked: Int { asked.load(ordering: .relaxed) }

    func dueDeadlines(nowMillis: Int64, after: DueDeadline?, limit: Int) async throws(HubError) -> [DueDeadline] {
        if fails { throw HubError(.ledgerFailed, "told to") }
        return try await ledger.dueDeadlines(nowMillis: nowMillis, after: after, limit: limit)
    }

    func documentFacts(
        _ hashes: [[UInt8]], owners: [String]
    ) async throws(HubError) -> [[UInt8]: (size: UInt64, mediaType: String)] {
        asked.add(1, ordering: .relaxed)
        return try await ledger.documentFacts(hashes, owners: owners)
    }

    func commit(_ commit: Commit) async throws(HubError) -> CommitOutcome { try await ledger.commit(commit) }
    func answer(to key: CommitKey) async throws(HubError) -> CommitOutcome? { try await ledger.answer(to: key) }
    func caseState(id: [UInt8]) async throws(HubError) -> HubCase? { try await ledger.caseState(id: id) }
    func caseState(number: String) async throws(HubError) -> HubCase? { try await ledger.caseState(number: number) }
    func cases(_ query: CaseQuery, nowMillis: Int64) async throws(HubError) -> [HubCase] {
        try await ledger.cases(query, nowMillis: nowMillis)
    }
    func waitingCount(_ place: WaitingPlace) async throws(HubError) -> UInt64 { try await ledger.waitingCount(place) }
    func waiting(_ place: WaitingPlace, after: HubCase?, limit: Int) async throws(HubError) -> [HubCase] {
        try await ledger.waiting(place, after: after, limit: limit)
    }
    func events(ofCase id: [UInt8], afterVersion: UInt64, limit: Int) async throws(HubError) -> [HubEvent] {
        try await ledger.events(ofCase: id, afterVersion: afterVersion, limit: limit)
    }
    func events(after sequence: UInt64, limit: Int) async throws(HubError) -> [HubEvent] {
        try await ledger.events(after: sequence, limit: limit)
    }
    func head() async throws(HubError) -> LedgerHead { try await ledger.head() }
    func record(_ key: String) async throws(HubError) -> (version: UInt64, body: [UInt8])? {
        try await ledger.record(key)
    }
    func records(prefix: String) async throws(HubError) -> [(key: String, version: UInt64, body: [UInt8])] {
        try await ledger.records(prefix: prefix)
    }
    func nextDueMillis(after millis: Int64) async throws(HubError) -> Int64? {
        try await ledger.nextDueMillis(after: millis)
    }
    func leaseNumbers(series: String, count: UInt64) async throws(HubError) -> Range<UInt64> {
        try await ledger.leaseNumbers(series: series, count: count)
    }
    func putDocument(sha256: [UInt8], _ document: StoredDocument) async throws(HubError) {
        try await ledger.putDocument(sha256: sha256, document)
    }
    func release(_ hashes: [[UInt8]], atMillis: Int64) async throws(HubError) {
        try await ledger.release(hashes, atMillis: atMillis)
    }
    func released(before millis: Int64, limit: Int) async throws(HubError) -> [[UInt8]] {
        try await ledger.released(before: millis, limit: limit)
    }
    func settle(released hash: [UInt8]) async throws(HubError) { try await ledger.settle(released: hash) }
    func forgetAnswers(before millis: Int64, limit: Int) async throws(HubError) -> Int {
        try await ledger.forgetAnswers(before: millis, limit: limit)
    }
    func document(sha256: [UInt8]) async throws(HubError) -> StoredDocument? {
        try await ledger.document(sha256: sha256)
    }
    func dueNotices(
        _ channel: HubNoticeChannel, nowMillis: Int64, limit: Int
    ) async throws(HubError) -> [HubNotice] {
        try await ledger.dueNotices(channel, nowMillis: nowMillis, limit: limit)
    }
    func nextNoticeMillis(_ channel: HubNoticeChannel) async throws(HubError) -> Int64? {
        try await ledger.nextNoticeMillis(channel)
    }
    func notices(_ state: HubNoticeState, after: HubNotice?, limit: Int) async throws(HubError) -> [HubNotice] {
        try await ledger.notices(state, after: after, limit: limit)
    }
    func notice(id: [UInt8]) async throws(HubError) -> HubNotice? { try await ledger.notice(id: id) }
    func settledNotices(before millis: Int64, limit: Int) async throws(HubError) -> [HubNotice] {
        try await ledger.settledNotices(before: millis, limit: limit)
    }
    func counts() async throws(HubError) -> LedgerCounts { try await ledger.counts() }
    func verifyChain() async throws(HubError) -> LedgerHead { try await ledger.verifyChain() }
}
