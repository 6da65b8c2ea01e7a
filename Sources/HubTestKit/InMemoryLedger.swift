// A ledger in memory that keeps the promises of the port, for tests that need no disk.

import Crypto
package import HubCore
package import HubDomain
import HubProto
import SwiftProtobuf

/// Everything but durability: it lives as long as the value. What is asked for often is found by indices, so that a year of
/// cases stays quick; the indices follow from the cases alone.
package actor InMemoryLedger: Ledger {
    struct StoredCase {
        var state: HubCase
        var index: Set<IndexEntry>
    }

    struct StoredRecord {
        var version: UInt64
        var body: [UInt8]
    }

    /// As a message, which is read again when somebody asks: a year has half a million of them.
    struct StoredEvent {
        /// What stays.
        var body: [UInt8]
        var personal: [UInt8]?
        var hash: [UInt8]

        /// Its own bytes: that they are an event was seen when they were written.
        var event: HubEvent { (try? EventParts.event(kept: body, personal: personal)) ?? HubEvent() }
    }

    private struct StoredAnswer {
        var fingerprint: [UInt8]
        var answer: [UInt8]
        var atMillis: Int64
    }

    private struct AnswerKey: Hashable {
        var scope: String
        var key: [UInt8]
    }

    let hubID: [UInt8]
    var cases: [[UInt8]: StoredCase] = [:]
    var numbers: [String: [UInt8]] = [:]
    /// By id, the order of lists.
    var ids = SortedKeys<CaseKey>()
    /// By searchable value.
    var indexed: [IndexEntry: SortedKeys<CaseKey>] = [:]
    /// Running timers of open cases, by time.
    var timers = SortedKeys<TimerKey>()
    /// Turns of open cases, by time.
    var places: [WaitingPlace: SortedKeys<TurnKey>] = [:]
    var log: [StoredEvent] = []
    /// Places in the log, by case.
    var events: [[UInt8]: [Int]] = [:]
    var stored: [String: StoredRecord] = [:]
    var recordKeys = SortedKeys<RecordKey>()
    var documents: [[UInt8]: StoredDocument] = [:]
    var owners: [[UInt8]: Set<String>] = [:]
    /// Cases that use a document.
    var uses: [[UInt8]: Set<[UInt8]>] = [:]
    /// Documents that are forgotten, and since when.
    var released: [[UInt8]: Int64] = [:]
    var notices: [[UInt8]: HubNotice] = [:]
    var commits: UInt64 = 0
    private var answers: [AnswerKey: StoredAnswer] = [:]
    /// Keys of the answers, the oldest first.
    private var answered: [AnswerKey] = []
    private let answersMax: Int
    private var series: [String: UInt64] = [:]

    /// - Parameters:
    ///   - hubID: Identity of the log, 16 bytes.
    ///   - answersMax: Answers that are kept for whoever asks again; older ones are forgotten in halves.
    package init(hubID: [UInt8] = Array(repeating: 7, count: 16), answersMax: Int = .max) {
        self.hubID = hubID
        self.answersMax = answersMax
    }

    /// The hash before the first event.
    static let chainStart = [UInt8](repeating: 0, count: 32)

    package func commit(_ commit: Commit) async throws(HubError) -> CommitOutcome {
        try check(commit)
        if let key = commit.key, let outcome = outcome(of: key) { return outcome }
        if let conflict = conflict(with: commit) { return conflict }
        do {
            let (chained, events) = try chain(commit.events)
            var receipt = HubReceipt()
            receipt.hubID = .init(hubID)
            receipt.sequence = UInt64(log.count + chained.count)
            receipt.chainHead = .init(chained.last?.hash ?? log.last?.hash ?? Self.chainStart)
            var answer = commit.answer
            try ReceiptField.append(receipt, to: &answer)
            // From here on nothing can fail: whole or not at all.
            for write in commit.cases where write.erases {
                for place in self.events[[UInt8](write.state.id)] ?? [] { log[place].personal = nil }
                for id in notices.keys where id.starts(with: write.state.id) { notices[id] = nil }
            }
            for event in events { self.events[[UInt8](event.caseID), default: []].append(Int(event.sequence) - 1) }
            log.append(contentsOf: chained)
            for write in commit.cases {
                let old = write.erases ? cases[[UInt8](write.state.id)]?.state.documentHashes ?? [] : []
                store(write)
                if write.erases { forget(old, atMillis: commit.atMillis) }
            }
            for record in commit.records {
                if record.removes {
                    recordKeys.remove(RecordKey(text: record.key))
                    stored[record.key] = nil
                    continue
                }
                if record.expectedVersion == 0 { recordKeys.insert(RecordKey(text: record.key)) }
                stored[record.key] = StoredRecord(version: record.expectedVersion + 1, body: record.body)
            }
            for write in commit.notices {
                let id = [UInt8](write.notice.id)
                if (notices[id]?.state ?? .unspecified) == write.expected { notices[id] = write.notice }
            }
            if let key = commit.key { keep(answer, of: key, atMillis: commit.atMillis) }
            commits += 1
            return .committed(answer: answer, receipt: receipt, events: events)
        } catch {
            throw HubError(.internalFault, "a case or an event cannot be serialised")
        }
    }

    package func answer(to key: CommitKey) async throws(HubError) -> CommitOutcome? { outcome(of: key) }

    package func leaseNumbers(series name: String, count: UInt64) async throws(HubError) -> Range<UInt64> {
        let next = series[name] ?? 1
        let (end, overflow) = next.addingReportingOverflow(count)
        guard !overflow, end <= UInt64(Int64.max) else {
            throw HubError(.internalFault, "a number series cannot give that many numbers")
        }
        series[name] = end
        return next..<end
    }

    package func putDocument(sha256: [UInt8], _ document: StoredDocument) async throws(HubError) {
        guard sha256.count == 32 else { throw HubError(.internalFault, "a document's hash has 32 bytes") }
        if documents[sha256] == nil {
            var kept = document
            kept.body = nil
            documents[sha256] = kept
        }
        owners[sha256, default: []].insert(document.owner)
        released[sha256] = nil
    }

    package func release(_ hashes: [[UInt8]], atMillis: Int64) async throws(HubError) {
        forget(hashes, atMillis: atMillis)
    }

    private func forget(_ hashes: [[UInt8]], atMillis: Int64) {
        for hash in hashes where uses[hash]?.isEmpty ?? true {
            (documents[hash], owners[hash], released[hash]) = (nil, nil, atMillis)
        }
    }

    package func released(before millis: Int64, limit: Int) async throws(HubError) -> [[UInt8]] {
        released.filter { $0.value < millis }
            .sorted { $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value < $1.value }
            .prefix(max(0, limit)).map(\.key)
    }

    package func settle(released hash: [UInt8]) async throws(HubError) { released[hash] = nil }

    package func forgetAnswers(before millis: Int64, limit: Int) async throws(HubError) -> Int {
        let old = answers.filter { $0.value.atMillis < millis }.sorted { $0.value.atMillis < $1.value.atMillis }
            .prefix(max(0, limit))
        for (key, _) in old { answers[key] = nil }
        return old.count
    }

    private func outcome(of key: CommitKey) -> CommitOutcome? {
        answers[AnswerKey(scope: key.scope, key: key.key)].map {
            $0.fingerprint == key.fingerprint ? .replayed(answer: $0.answer) : .keyReused
        }
    }

    private func conflict(with commit: Commit) -> CommitOutcome? {
        for write in commit.cases {
            let id = [UInt8](write.state.id)
            let present = cases[id]?.state.version ?? 0
            if present != write.expectedVersion { return .conflict(key: "case/\(uuidText(id))", present: present) }
        }
        for record in commit.records {
            let present = stored[record.key]?.version ?? 0
            if present != record.expectedVersion { return .conflict(key: record.key, present: present) }
        }
        return nil
    }

    /// The same rules as on disk: a commit that contradicts itself, or takes another case's number, is a fault of the hub.
    private func check(_ commit: Commit) throws(HubError) {
        let ids = commit.cases.map { [UInt8]($0.state.id) }
        let keys = commit.records.map(\.key)
        guard
            ids.allSatisfy({ $0.count == 16 }), Set(ids).count == ids.count, Set(keys).count == keys.count,
            keys.allSatisfy({ (1...256).contains($0.utf8.count) }),
            commit.cases.allSatisfy({ $0.state.version > $0.expectedVersion }),
            commit.records.allSatisfy({ $0.expectedVersion < UInt64.max }),
            commit.notices.allSatisfy({ $0.notice.id.count == 24 }),
            Set(commit.notices.map(\.notice.id)).count == commit.notices.count
        else { throw HubError(.internalFault, "the commit contradicts itself") }
        guard commit.key.flatMap(outcome) == nil, conflict(with: commit) == nil else { return }
        let free = commit.cases.allSatisfy { write in
            guard let owner = numbers[write.state.number] else { return true }
            return owner == [UInt8](write.state.id)
        }
        guard free, Set(commit.cases.map(\.state.number)).count == commit.cases.count else {
            throw HubError(.internalFault, "a case's number belongs to another case")
        }
    }

    private func chain(_ events: [HubEvent]) throws -> (stored: [StoredEvent], numbered: [HubEvent]) {
        var chained: [StoredEvent] = []
        var numbered: [HubEvent] = []
        for event in events {
            var event = event
            event.sequence = UInt64(log.count + chained.count + 1)
            // Nothing is hidden here from anybody, and the same seed shall give the same chain.
            let parts = try EventParts(event, salt: Array(repeating: 0, count: EventParts.saltBytes))
            let body: [UInt8] = try parts.kept.serializedBytes()
            let head = chained.last?.hash ?? log.last?.hash ?? Self.chainStart
            chained.append(
                StoredEvent(body: body, personal: parts.personal, hash: Array(SHA256.hash(data: head + body))))
            numbered.append(event)
        }
        return (chained, numbered)
    }

    private func keep(_ answer: [UInt8], of key: CommitKey, atMillis: Int64) {
        let name = AnswerKey(scope: key.scope, key: key.key)
        answers[name] = StoredAnswer(fingerprint: key.fingerprint, answer: answer, atMillis: atMillis)
        guard answersMax < .max else { return }
        answered.append(name)
        guard answered.count > answersMax else { return }
        for old in answered.prefix(answersMax / 2) { answers[old] = nil }
        answered.removeFirst(answersMax / 2)
    }

    private func store(_ write: CaseWrite) {
        let id = [UInt8](write.state.id)
        let before = cases[id]?.state
        for entry in cases[id]?.index ?? [] { indexed[entry]?.remove(CaseKey(id: id)) }
        for entry in write.index { indexed[entry, default: SortedKeys()].insert(CaseKey(id: id)) }
        if let before { numbers[before.number] = nil } else { ids.insert(CaseKey(id: id)) }
        numbers[write.state.number] = id
        cases[id] = StoredCase(state: write.state, index: Set(write.index))
        for hash in before?.documentHashes ?? [] { uses[hash]?.remove(id) }
        for hash in write.state.documentHashes { uses[hash, default: []].insert(id) }
        for timer in before?.timers ?? [] { timers.remove(TimerKey(timer, of: id)) }
        for timer in write.state.timers { timers.insert(TimerKey(timer, of: id)) }
        for turn in before.map(WaitingPlace.turns) ?? [] { places[turn.place]?.remove(TurnKey(turn.dueMillis, id)) }
        for turn in WaitingPlace.turns(of: write.state) {
            places[turn.place, default: SortedKeys()].insert(TurnKey(turn.dueMillis, id))
        }
    }
}

/// RFC 9562 text of a case id.
func uuidText(_ id: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return id.enumerated().reduce(into: "") { text, item in
        if [4, 6, 8, 10].contains(item.offset) { text.append("-") }
        text.append(digits[Int(item.element >> 4)])
        text.append(digits[Int(item.element & 15)])
    }
}
