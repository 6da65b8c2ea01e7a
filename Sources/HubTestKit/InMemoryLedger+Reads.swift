// What can be read of the ledger in memory.

import Crypto
package import HubCore
package import HubDomain
package import HubProto

extension InMemoryLedger {
    package func caseState(id: [UInt8]) async throws(HubError) -> HubCase? { cases[id]?.state }

    package func caseState(number: String) async throws(HubError) -> HubCase? {
        numbers[number].flatMap { cases[$0]?.state }
    }

    package func cases(_ query: CaseQuery, nowMillis: Int64) async throws(HubError) -> [HubCase] {
        if query.index != nil, query.service == nil {
            throw HubError(.filterInvalid, "a search by field needs the service")
        }
        let limit = max(0, min(query.limit, CaseQuery.limitMax))
        var found: [HubCase] = []
        let candidates = query.index.map { indexed[$0] ?? SortedKeys() } ?? ids
        let end = query.before.map { candidates.place(CaseKey(id: $0)) } ?? candidates.keys.count
        for key in candidates.keys[..<end].reversed() {
            if found.count == limit { break }
            if let stored = cases[key.id], Self.meets(query, stored, nowMillis) { found.append(stored.state) }
        }
        return found
    }

    private static func meets(_ query: CaseQuery, _ stored: StoredCase, _ nowMillis: Int64) -> Bool {
        let state = stored.state
        return (query.department.map { $0 == state.department } ?? true)
            && (query.applicant.map { $0 == state.applicant } ?? true)
            && (query.service.map { $0 == state.service } ?? true)
            && (query.stage.map { $0 == state.stage } ?? true)
            && (query.index.map { stored.index.contains($0) } ?? true)
            && (!query.openOnly || !state.ended)
            && (!query.overdueOnly || isOverdue(state, nowMillis))
    }

    package func waiting(
        _ place: WaitingPlace, after: HubCase?, limit: Int
    ) async throws(HubError) -> [HubCase] {
        guard let turns = places[place] else { return [] }
        var first = 0
        if let after {
            guard let due = WaitingPlace.due(of: after, in: place) else { return [] }
            first = turns.place(behind: TurnKey(due, [UInt8](after.id)))
        }
        return turns.keys[first...].prefix(max(0, limit)).compactMap { cases[$0.id]?.state }
    }

    package func waitingCount(_ place: WaitingPlace) async throws(HubError) -> UInt64 {
        UInt64(places[place]?.keys.count ?? 0)
    }

    private static func isOverdue(_ state: HubCase, _ nowMillis: Int64) -> Bool {
        !state.ended
            && state.deadlines.contains { $0.state == .passed || ($0.state == .running && $0.dueMs <= nowMillis) }
    }

    package func events(ofCase id: [UInt8], afterVersion: UInt64, limit: Int) async throws(HubError) -> [HubEvent] {
        (events[id] ?? []).map { log[$0].event }.filter { $0.caseVersion > afterVersion }
            .sorted { ($0.caseVersion, $0.sequence) < ($1.caseVersion, $1.sequence) }.prefix(max(0, limit)).map { $0 }
    }

    package func events(after sequence: UInt64, limit: Int) async throws(HubError) -> [HubEvent] {
        log.dropFirst(Int(clamping: sequence)).prefix(max(0, limit)).map(\.event)
    }

    package func head() async throws(HubError) -> LedgerHead {
        LedgerHead(hubID: hubID, sequence: UInt64(log.count), chain: log.last?.hash ?? Self.chainStart)
    }

    package func record(_ key: String) async throws(HubError) -> (version: UInt64, body: [UInt8])? {
        stored[key].map { ($0.version, $0.body) }
    }

    package func records(prefix: String) async throws(HubError) -> [(key: String, version: UInt64, body: [UInt8])] {
        let first = recordKeys.place(RecordKey(text: prefix))
        return recordKeys.keys[first...].prefix { $0.text.utf8.starts(with: prefix.utf8) }.compactMap { key in
            stored[key.text].map { (key.text, $0.version, $0.body) }
        }
    }

    package func dueDeadlines(
        nowMillis: Int64, after: DueDeadline?, limit: Int
    ) async throws(HubError) -> [DueDeadline] {
        let first = after.map { timers.place(behind: TimerKey($0)) } ?? 0
        return timers.keys[first...].prefix { $0.due.dueMillis <= nowMillis }.prefix(max(0, limit)).map(\.due)
    }

    package func nextDueMillis(after millis: Int64) async throws(HubError) -> Int64? {
        let first = timers.place { $0.due.dueMillis > millis }
        return first < timers.keys.count ? timers.keys[first].due.dueMillis : nil
    }

    package func document(sha256: [UInt8]) async throws(HubError) -> StoredDocument? { documents[sha256] }

    package func documentFacts(
        _ hashes: [[UInt8]], owners wanted: [String]
    ) async throws(HubError) -> [[UInt8]: (size: UInt64, mediaType: String)] {
        var facts: [[UInt8]: (size: UInt64, mediaType: String)] = [:]
        for hash in hashes where !(owners[hash] ?? []).isDisjoint(with: wanted) {
            facts[hash] = documents[hash].map { ($0.size, $0.mediaType) }
        }
        return facts
    }

    package func counts() async throws(HubError) -> LedgerCounts {
        var counts = LedgerCounts()
        counts.cases = UInt64(cases.count)
        counts.open = UInt64(cases.values.filter { !$0.state.ended }.count)
        counts.deadlinesRunning = UInt64(timers.keys.count { DueTimer.isDeadline($0.due.name) })
        counts.noticesWaiting = UInt64(notices.values.count { $0.state == .waiting })
        counts.noticesDead = UInt64(notices.values.count { $0.state == .dead })
        counts.commits = commits
        counts.batches = commits  // Each is a transaction of its own.
        return counts
    }

    package func verifyChain() async throws(HubError) -> LedgerHead {
        var chain = Self.chainStart
        for (position, stored) in log.enumerated() {
            chain = Array(SHA256.hash(data: chain + stored.body))
            let sequence = position + 1
            let isWhole: Bool? = (try? EventParts.check(kept: stored.body, personal: stored.personal)).map {
                switch $0 {
                case .whole: true
                case .changed: false
                case .missing(let id, let version): isErased(id, after: version)
                }
            }
            guard chain == stored.hash, isWhole == true else {
                throw HubError(
                    .chainBroken, "the log was changed: event \(sequence) is not what was chained",
                    facts: ["sequence": "\(sequence)"])
            }
        }
        return try await head()
    }

    private func isErased(_ id: [UInt8], after version: UInt64) -> Bool {
        (events[id] ?? []).map { log[$0].event }.contains { $0.caseVersion > version && $0.kind == .anonymised }
    }
}
