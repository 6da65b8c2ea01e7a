// One change as a value: cases, records, notices and events that are remembered together or not at all.

import HubDomain
package import HubProto

/// Which answer a repeated call gets: the same client, method and key always mean the same change.
package struct CommitKey: Sendable, Hashable {
    /// Principal and method, `urn:…\n<method>`.
    package var scope: String
    /// 16 to 64 bytes, made by the client.
    package var key: [UInt8]
    /// SHA-256 of the request message, 32 bytes.
    package var fingerprint: [UInt8]

    package init(scope: String, key: [UInt8], fingerprint: [UInt8]) {
        self.scope = scope
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// One searchable value of a case, already folded by its ``HubIndexKind``.
package struct IndexEntry: Sendable, Hashable {
    package var field: String
    package var value: String

    package init(field: String, value: String) {
        self.field = field
        self.value = value
    }
}

/// A case as it shall be. Its list columns, deadlines and body all follow from `state`.
package struct CaseWrite: Sendable {
    /// With `state.version == expectedVersion + 1` for a single event.
    package var state: HubCase
    /// Version the ledger must hold now; 0 = the case must not exist.
    package var expectedVersion: UInt64
    /// All searchable values; they replace those of the version before.
    package var index: [IndexEntry]
    /// What is personal in the case's events before this commit goes, for good; so do documents that it does not refer to any
    /// more and that no other case refers to.
    package var erases = false

    package init(state: HubCase, expectedVersion: UInt64, index: [IndexEntry]) {
        self.state = state
        self.expectedVersion = expectedVersion
        self.index = index
    }
}

/// A small value under a key of its own: a principal, a definition, the origin of an imported case.
package struct RecordWrite: Sendable {
    /// `<kind>/<name>`, at most 256 bytes.
    package var key: String
    /// Version the ledger must hold now; 0 = absent. The new version is one more.
    package var expectedVersion: UInt64
    package var body: [UInt8]
    /// The record is absent afterwards, as if it had never been; `body` is empty.
    package let removes: Bool

    package init(key: String, expectedVersion: UInt64, body: [UInt8]) {
        self.key = key
        self.expectedVersion = expectedVersion
        self.body = body
        removes = false
    }

    /// - Parameter version: That the ledger must hold now, not 0.
    package init(removing key: String, version: UInt64) {
        self.key = key
        expectedVersion = version
        body = []
        removes = true
    }
}

/// A notice as it shall be. One that is not as the writer thought is left alone, and nothing else fails by it: a notice that
/// was delivered meanwhile stays delivered.
package struct NoticeWrite: Sendable {
    package var notice: HubNotice
    /// State that the ledger must hold now; ``HubNoticeState/unspecified`` = there must be none of this id.
    package var expected: HubNoticeState

    package init(_ notice: HubNotice, expected: HubNoticeState = .unspecified) {
        self.notice = notice
        self.expected = expected
    }
}

/// Everything that one change means, as a value. It happens whole or not at all.
package struct Commit: Sendable {
    /// Absent for changes the hub makes by itself, such as a passed deadline.
    package var key: CommitKey?
    package var cases: [CaseWrite] = []
    package var records: [RecordWrite] = []
    /// Whom the change is told, and what became of what was told before.
    package var notices: [NoticeWrite] = []
    /// In order; `sequence` is left 0 and given by the ledger.
    package var events: [HubEvent] = []
    /// The serialised reply message without its receipt; the ledger appends the receipt as field 15 and keeps the whole.
    package var answer: [UInt8] = []
    /// The hub's clock, milliseconds since 1970 UTC.
    package var atMillis: Int64

    package init(key: CommitKey?, atMillis: Int64) {
        self.key = key
        self.atMillis = atMillis
    }
}

/// What became of a commit.
package enum CommitOutcome: Sendable {
    /// Durable. `events` carry their sequences; `answer` is complete.
    case committed(answer: [UInt8], receipt: HubReceipt, events: [HubEvent])
    /// The key was used before with the same fingerprint: the answer of that time, byte for byte.
    case replayed(answer: [UInt8])
    /// The key was used before with another fingerprint. Nothing happened.
    case keyReused
    /// `key` (`case/<uuid>` or a record's) holds `present`, not what was expected. Nothing happened.
    case conflict(key: String, present: UInt64)
}
