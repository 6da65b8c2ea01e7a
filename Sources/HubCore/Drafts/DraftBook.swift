// Drafts as records of the ledger: found by a hash of whose they are, and gone for good when they are thrown away.

import HubDomain
import HubProto

/// Reads drafts, and says which records a change writes. Each draft is a record of its own beside one that says on which day
/// it ends; neither key names a person, and both are removed together.
struct DraftBook: Sendable {
    let ledger: any Ledger

    /// Drafts of one person.
    static let draftsMax = 20
    /// Form and documents of one draft, bytes.
    static let bytesMax = 65_536
    /// After the last save.
    static let keptMillis: Int64 = 30 * 86_400_000

    /// A draft as it is kept.
    struct Kept: Sendable {
        var draft: LayananDraft
        var version: UInt64
    }

    /// Those of a person that have not ended.
    func drafts(of person: String, nowMillis: Int64) async throws(HubError) -> [LayananDraft] {
        var drafts: [LayananDraft] = []
        for record in try await ledger.records(prefix: "\(Self.drafts)\(PersonMark.of(person))/") {
            if let draft = Self.draft(record.body), draft.expiresMs > nowMillis { drafts.append(draft) }
        }
        return drafts
    }

    /// Also one that has ended and was not removed yet: its record has to be written over.
    func kept(_ id: String, of person: String) async throws(HubError) -> Kept? {
        try await kept(id, marked: PersonMark.of(person))
    }

    /// - Parameter mark: What stands for the person in keys.
    func kept(_ id: String, marked mark: String) async throws(HubError) -> Kept? {
        guard let record = try await ledger.record(Self.key(id, mark)) else { return nil }
        return Kept(draft: Self.draft(record.body) ?? LayananDraft(), version: record.version)
    }

    /// What writes a draft in place of the one before, or removes it.
    ///
    /// - Parameter draft: nil = it is thrown away.
    func writes(
        _ id: String, of person: String, _ draft: LayananDraft?, before: Kept?
    ) throws(HubError) -> [RecordWrite] {
        try writes(id, marked: PersonMark.of(person), draft, before: before)
    }

    func writes(
        _ id: String, marked mark: String, _ draft: LayananDraft?, before: Kept?
    ) throws(HubError) -> [RecordWrite] {
        var writes: [RecordWrite] = []
        let oldEnd = before.map { Self.endKey(id, mark, $0.draft.expiresMs) }
        let newEnd = draft.map { Self.endKey(id, mark, $0.expiresMs) }
        if let oldEnd, oldEnd != newEnd { writes.append(RecordWrite(removing: oldEnd, version: 1)) }
        if let newEnd, oldEnd != newEnd { writes.append(RecordWrite(key: newEnd, expectedVersion: 0, body: [])) }
        let key = Self.key(id, mark)
        if let draft {
            writes.append(
                RecordWrite(key: key, expectedVersion: before?.version ?? 0, body: try draft.ledgerBytes()))
        } else if let before {
            writes.append(RecordWrite(removing: key, version: before.version))
        }
        return writes
    }

    /// What removes the draft of which a request is made; nothing when it is not there any more.
    ///
    /// - Parameter id: "" = of none.
    /// - Throws: ``HubError/Code/draftRefused`` when it is no id.
    func spent(_ id: String, by actor: HubActor) async throws(HubError) -> [RecordWrite] {
        guard !id.isEmpty else { return [] }
        let person = actor.applicantReference
        return try writes(
            id, of: person, nil, before: try await kept(try DraftService.checked(id), of: person))
    }

    /// Drafts that end on a day, with what stands for their persons.
    func ended(on day: Int64) async throws(HubError) -> [(mark: String, id: String)] {
        let prefix = "\(Self.ends)\(day)/"
        return try await ledger.records(prefix: prefix).compactMap { record in
            let parts = record.key.dropFirst(prefix.count).split(separator: "/")
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    /// Counted from 1970, UTC.
    static func day(_ millis: Int64) -> Int64 { millis / 86_400_000 }

    // MARK: Keys

    private static let drafts = "draft/"
    private static let ends = "draft-end/"

    private static func key(_ id: String, _ mark: String) -> String { "\(drafts)\(mark)/\(id)" }
    private static func endKey(_ id: String, _ mark: String, _ millis: Int64) -> String {
        "\(ends)\(day(millis))/\(mark)/\(id)"
    }

    private static func draft(_ body: [UInt8]) -> LayananDraft? { try? LayananDraft(serializedBytes: body) }

    /// A record of a draft, which its person may have saved anew.
    static func isOwn(_ key: String) -> Bool { key.hasPrefix(drafts) || key.hasPrefix(ends) }
}
