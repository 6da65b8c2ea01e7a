// The port behind which the hub remembers: values in, durable answers out. HubStore implements it.

package import HubDomain
package import HubProto

/// Which cases a list shows. Every condition that is set must hold. Newest first, by id.
package struct CaseQuery: Sendable, Hashable {
    /// Only cases of this department; nil = all.
    package var department: String?
    /// Only cases of this applicant; nil = all.
    package var applicant: String?
    package var service: String?
    package var stage: String?
    package var openOnly = false
    /// A marked field and its folded value; needs `service`.
    package var index: IndexEntry?
    /// Only open cases with a passed deadline.
    package var overdueOnly = false
    /// Only cases with an id below this one (16 bytes); nil = from the newest.
    package var before: [UInt8]?
    /// 1 to ``limitMax``.
    package var limit = 50

    /// The largest page of a list, and one more, which tells whether there is another page.
    package static let limitMax = 201

    package init() {}
}

/// What the ledger knows of a document; its bytes lie in the ``BlobStore``.
package struct StoredDocument: Sendable, Hashable {
    package var mediaType: String
    /// Bytes.
    package var size: UInt64
    /// Whose it is: the citizen for whom it was put, or the principal.
    package var owner: String
    /// The bytes themselves, where a hub before schema 2 kept them in the ledger; never written any more.
    package var body: [UInt8]?

    package init(mediaType: String, size: UInt64, owner: String, body: [UInt8]? = nil) {
        self.mediaType = mediaType
        self.size = size
        self.owner = owner
        self.body = body
    }
}

/// A deadline that has passed and whose event has not been made.
package struct DueDeadline: Sendable, Hashable {
    /// 16 bytes.
    package var caseID: [UInt8]
    package var name: String
    package var dueMillis: Int64

    package init(caseID: [UInt8], name: String, dueMillis: Int64) {
        self.caseID = caseID
        self.name = name
        self.dueMillis = dueMillis
    }
}

/// Where the log stands.
package struct LedgerHead: Sendable, Hashable {
    /// Identity of the log, 16 bytes, made once.
    package var hubID: [UInt8]
    /// Last sequence; 0 = empty.
    package var sequence: UInt64
    /// 32 bytes; all zero when empty.
    package var chain: [UInt8]

    package init(hubID: [UInt8], sequence: UInt64, chain: [UInt8]) {
        self.hubID = hubID
        self.sequence = sequence
        self.chain = chain
    }
}

/// Counts for `Admin/Status`.
package struct LedgerCounts: Sendable, Hashable {
    package var cases: UInt64 = 0
    package var open: UInt64 = 0
    package var deadlinesRunning: UInt64 = 0
    /// Commits acknowledged and transactions used for them, since the ledger was opened.
    package var commits: UInt64 = 0
    package var batches: UInt64 = 0
    package var noticesWaiting: UInt64 = 0
    package var noticesDead: UInt64 = 0

    package init() {}
}

/// The hub's memory.
///
/// Promises, kept by every implementation and tested by one suite (`HubTestKit.LedgerSuite`): a commit is durable when
/// `commit` returns; it happens whole or not at all; one that conflicts fails alone; sequences have no gaps; event n's
/// chain hash is SHA-256(hash n−1 ‖ what stays of event n, serialised with its sequence; ``EventParts``), with 32 zero bytes
/// before the first; reads see a snapshot and never wait for the writer.
///
/// Every function throws ``HubError`` with ``HubError/Code/ledgerFailed`` when the disk or the engine fails.
package protocol Ledger: Sendable {
    func commit(_ commit: Commit) async throws(HubError) -> CommitOutcome

    /// The answer stored with this key, or `.keyReused`, or nil when the key is new. Saves a decision; `commit` checks again.
    func answer(to key: CommitKey) async throws(HubError) -> CommitOutcome?
    func caseState(id: [UInt8]) async throws(HubError) -> HubCase?
    func caseState(number: String) async throws(HubError) -> HubCase?
    func cases(_ query: CaseQuery, nowMillis: Int64) async throws(HubError) -> [HubCase]
    /// Open cases that wait in a place, in the order of their turns (``WaitingPlace/turns(of:)``).
    ///
    /// - Parameter after: Only those behind this one in that order, as it was when it was read; nil = from the first.
    func waiting(_ place: WaitingPlace, after: HubCase?, limit: Int) async throws(HubError) -> [HubCase]
    /// How many do.
    func waitingCount(_ place: WaitingPlace) async throws(HubError) -> UInt64
    /// Events of one case with `case_version` above `afterVersion`, in order.
    func events(ofCase id: [UInt8], afterVersion: UInt64, limit: Int) async throws(HubError) -> [HubEvent]
    /// Events of all cases with a sequence above `sequence`, in order.
    func events(after sequence: UInt64, limit: Int) async throws(HubError) -> [HubEvent]
    func head() async throws(HubError) -> LedgerHead
    func record(_ key: String) async throws(HubError) -> (version: UInt64, body: [UInt8])?
    /// Records whose key begins with `prefix`, by key.
    func records(prefix: String) async throws(HubError) -> [(key: String, version: UInt64, body: [UInt8])]
    /// Running deadlines with `due <= nowMillis`, by time, case and name.
    ///
    /// - Parameter after: Only those behind this one in that order; nil = from the earliest.
    func dueDeadlines(nowMillis: Int64, after: DueDeadline?, limit: Int) async throws(HubError) -> [DueDeadline]
    /// When the earliest running deadline passes that passes after `millis`; nil = none does.
    func nextDueMillis(after millis: Int64) async throws(HubError) -> Int64?
    /// Notices that wait for a channel, or for one to be chosen (`unspecified`), and are due: by time and id.
    func dueNotices(_ channel: HubNoticeChannel, nowMillis: Int64, limit: Int) async throws(HubError) -> [HubNotice]
    /// When the first notice that waits for a channel is due; nil = none waits.
    func nextNoticeMillis(_ channel: HubNoticeChannel) async throws(HubError) -> Int64?
    /// Notices of a state by channel, due time and id; delivered ones as long as they have their texts.
    ///
    /// - Parameter after: Only those behind this one in that order; nil = from the first.
    func notices(_ state: HubNoticeState, after: HubNotice?, limit: Int) async throws(HubError) -> [HubNotice]
    func notice(id: [UInt8]) async throws(HubError) -> HubNotice?
    /// Notices that still have their texts and were settled before a time, the earliest first.
    func settledNotices(before millis: Int64, limit: Int) async throws(HubError) -> [HubNotice]
    /// Takes `count` numbers of a series for good, durably, before they are used. Never gives one twice.
    func leaseNumbers(series: String, count: UInt64) async throws(HubError) -> Range<UInt64>
    /// Keeps what is known of a document under its SHA-256, after its bytes are durable in the ``BlobStore``. The same
    /// hash twice is one document, of everyone who put it; what is kept of it is the first one's. A `body` is not kept.
    func putDocument(sha256: [UInt8], _ document: StoredDocument) async throws(HubError)
    func document(sha256: [UInt8]) async throws(HubError) -> StoredDocument?
    /// Size and media type of those of `hashes` (32 bytes each) that one of `owners` put.
    func documentFacts(_ hashes: [[UInt8]], owners: [String]) async throws(HubError) -> [[UInt8]: (
        size: UInt64, mediaType: String
    )]
    /// Forgets documents that no case refers to, and lets ``released(before:limit:)`` tell of them.
    func release(_ hashes: [[UInt8]], atMillis: Int64) async throws(HubError)
    /// Documents that were forgotten before a time, the earliest first: their bytes can go. One that was put again since is
    /// not among them.
    func released(before millis: Int64, limit: Int) async throws(HubError) -> [[UInt8]]
    /// Their bytes are gone.
    func settle(released hash: [UInt8]) async throws(HubError)
    /// Forgets answers that were kept for whoever asks again and are older than a time; at most `limit` of them.
    ///
    /// - Returns: How many.
    func forgetAnswers(before millis: Int64, limit: Int) async throws(HubError) -> Int
    func counts() async throws(HubError) -> LedgerCounts
    /// Recomputes the whole chain; what is personal may be missing only where an event says that it was removed. Throws ``HubError/Code/chainBroken`` with the first wrong sequence as fact `sequence`.
    func verifyChain() async throws(HubError) -> LedgerHead
}

extension Ledger {
    /// The first cases that wait in a place.
    package func waiting(_ place: WaitingPlace, limit: Int) async throws(HubError) -> [HubCase] {
        try await waiting(place, after: nil, limit: limit)
    }

    /// What somebody is shown of a place, in the order of its turns. What others work on takes nobody's room.
    ///
    /// - Parameter shown: nil = the case is not the caller's business.
    package func waiting<Shown>(
        _ place: WaitingPlace, limit: Int, _ shown: (HubCase) -> Shown?
    ) async throws(HubError) -> [Shown] {
        var found: [Shown] = []
        var last: HubCase?
        repeat {
            let page = try await waiting(place, after: last, limit: limit)
            found += page.compactMap(shown)
            last = page.count == limit ? page.last : nil
        } while found.count < limit && last != nil
        return Array(found.prefix(limit))
    }
}
