// A commit checked and serialised on its caller's thread, so that the one writer only binds and steps.

import Crypto
import HubCore
import HubDomain
import HubProto

/// Everything of a ``Commit`` that does not depend on what the ledger holds.
struct PreparedCommit: Sendable {
    /// How table `idempotency` knows a call.
    struct Key: Sendable {
        let id: [UInt8]
        let fingerprint: [UInt8]

        /// The client's key first: clients that count up or use UUIDv7 touch few pages of the index. The first half of the
        /// scope's SHA-256 follows; its length is fixed, so two pairs never make the same bytes by shifting the border.
        init(_ key: CommitKey) {
            id = key.key + SHA256.hash(data: Array(key.scope.utf8)).prefix(16)
            fingerprint = key.fingerprint
        }
    }

    /// An event that waits for its sequence.
    struct Event: Sendable {
        let caseID: [UInt8]
        let caseVersion: UInt64
        let body: EventBody
        /// ``HubCore/EventParts/personal``
        let personal: [UInt8]?
    }

    let key: Key?
    let cases: [CaseRow]
    let records: [RecordWrite]
    let notices: [NoticeRow]
    let events: [Event]
    let answer: [UInt8]
    let atMillis: Int64

    /// - Parameter salt: ``HubCore/EventParts/saltBytes`` bytes of chance, asked once for each event.
    /// - Throws: ``HubError/Code/internalFault`` when the commit contradicts itself; that is a fault of the hub.
    init(_ commit: Commit, salt: () -> [UInt8]) throws(HubError) {
        try Self.check(commit)
        key = commit.key.map(Key.init)
        records = commit.records
        answer = commit.answer
        atMillis = commit.atMillis
        do {
            cases = try commit.cases.map(CaseRow.init)
            notices = try commit.notices.map(NoticeRow.init)
            events = try commit.events.map {
                let parts = try EventParts($0, salt: salt())
                return Event(
                    caseID: [UInt8]($0.caseID), caseVersion: $0.caseVersion, body: try EventBody(parts.kept),
                    personal: parts.personal)
            }
        } catch {
            throw HubError(.internalFault, "a case, a notice or an event cannot be serialised")
        }
    }

    /// Bytes it will take in memory and, roughly, on disk.
    var size: Int {
        cases.reduce(0) { $0 + $1.body.count } + events.reduce(0) { $0 + $1.body.count + ($1.personal?.count ?? 0) }
            + records.reduce(0) { $0 + $1.body.count } + notices.reduce(0) { $0 + $1.body.count } + answer.count + 512
    }

    /// What the writer's checks rely on: each row is written once, and a version grows.
    private static func check(_ commit: Commit) throws(HubError) {
        var ids: Set<[UInt8]> = []
        for write in commit.cases {
            guard write.state.id.count == 16 else { throw HubError(.internalFault, "a case id has 16 bytes") }
            guard ids.insert([UInt8](write.state.id)).inserted else {
                throw HubError(.internalFault, "a commit writes a case once")
            }
            guard write.state.version > write.expectedVersion else {
                throw HubError(.internalFault, "a case's version must grow")
            }
        }
        var notices: Set<[UInt8]> = []
        for write in commit.notices {
            guard write.notice.id.count == 24, notices.insert([UInt8](write.notice.id)).inserted else {
                throw HubError(.internalFault, "a commit writes a notice once, and its id has 24 bytes")
            }
        }
        var keys: Set<String> = []
        for record in commit.records {
            guard (1...256).contains(record.key.utf8.count) else {
                throw HubError(.internalFault, "a record's key has 1 to 256 bytes")
            }
            guard keys.insert(record.key).inserted else {
                throw HubError(.internalFault, "a commit writes a record once")
            }
            guard record.expectedVersion < UInt64.max else {
                throw HubError(.internalFault, "a record's version must grow")
            }
        }
    }
}
