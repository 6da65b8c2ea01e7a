// Who follows which public case: two records for each tie, written in one commit, so that neither side can be wrong.

import HubDomain
import HubProto

/// Reads and changes follows. Whom a person follows stands in a record under the person's hash, who follows a case in one
/// under the case's id; both are short, and counted exactly because each change goes by their versions.
struct FollowBook: Sendable {
    let ledger: any Ledger

    /// Cases that one person follows, and persons who follow one case.
    static let (casesMax, personsMax) = (200, 500)

    static func isOwn(_ key: String) -> Bool { key.hasPrefix("follow") }

    /// Ids of the cases that somebody follows, the newest last, and the version of that record.
    func cases(of person: String) async throws(HubError) -> (ids: [[UInt8]], version: UInt64) {
        let record = try await ledger.record(Self.key(of: person))
        let body = record?.body ?? []
        let ids = stride(from: 0, to: body.count - body.count % 16, by: 16).map { Array(body[$0..<$0 + 16]) }
        return (ids, record?.version ?? 0)
    }

    func persons(of caseID: [UInt8]) async throws(HubError) -> (names: [String], version: UInt64) {
        let record = try await ledger.record(Self.key(of: caseID))
        return (Self.names(record?.body ?? []), record?.version ?? 0)
    }

    /// What makes somebody follow a case, or follow it no more; nil = it is so already.
    ///
    /// - Throws: ``HubError/Code/followRefused`` when one of them is full.
    func change(
        _ person: String, _ caseID: [UInt8], follows: Bool
    ) async throws(HubError) -> (records: [RecordWrite], followed: Int)? {
        var (ids, idsVersion) = try await cases(of: person)
        var (names, namesVersion) = try await persons(of: caseID)
        guard ids.contains(caseID) != follows || names.contains(person) != follows else { return nil }
        ids.removeAll { $0 == caseID }
        names.removeAll { $0 == person }
        if follows {
            guard ids.count < Self.casesMax else {
                throw HubError(
                    .followRefused, "at most \(Self.casesMax) cases are followed at once: unfollow one first")
            }
            guard names.count < Self.personsMax else {
                throw HubError(.followRefused, "\(Self.personsMax) follow this case already; read its timeline")
            }
            ids.append(caseID)
            names.append(person)
        }
        let records = [
            RecordWrite(key: Self.key(of: person), expectedVersion: idsVersion, body: ids.flatMap(\.self)),
            RecordWrite(key: Self.key(of: caseID), expectedVersion: namesVersion, body: Self.body(names)),
        ]
        return (records, ids.count)
    }

    /// What makes everybody who follows a case follow another one in its place, and one person more. No limit holds: none of
    /// them chose it. Whose case the other one is follows nothing, being told of it anyway.
    ///
    /// - Parameter person: Whose case the first one was; "" = nobody.
    func moving(_ caseID: [UInt8], and person: String, to other: HubCase) async throws(HubError) -> [RecordWrite] {
        let otherID = [UInt8](other.id)
        let leaving = try await persons(of: caseID)
        let present = try await persons(of: otherID)
        var names = present.names
        var records: [RecordWrite] = []
        for name in Set(leaving.names).union([person]).subtracting([""]).sorted() {
            let (before, version) = try await cases(of: name)
            var ids = before.filter { $0 != caseID }
            if name != other.applicant {
                if !ids.contains(otherID) { ids.append(otherID) }
                if !names.contains(name) { names.append(name) }
            }
            guard ids != before else { continue }
            records.append(RecordWrite(key: Self.key(of: name), expectedVersion: version, body: ids.flatMap(\.self)))
        }
        if names != present.names {
            records.append(
                RecordWrite(key: Self.key(of: otherID), expectedVersion: present.version, body: Self.body(names)))
        }
        guard leaving.version > 0 else { return records }
        return records + [RecordWrite(removing: Self.key(of: caseID), version: leaving.version)]
    }

    /// What makes nobody follow a case of which nothing will be told any more. It stays in the lists of those who did.
    func forgetting(_ caseID: [UInt8]) async throws(HubError) -> [RecordWrite] {
        let version = try await persons(of: caseID).version
        return version == 0 ? [] : [RecordWrite(removing: Self.key(of: caseID), version: version)]
    }

    /// Who is told of a commit beside those whom it concerns: followers of its public cases. What cannot be read tells nobody.
    func followers(of commit: Commit, _ catalogue: ServiceCatalogue) async -> [[UInt8]: [String]] {
        var followers: [[UInt8]: [String]] = [:]
        for write in commit.cases where write.expectedVersion > 0 {
            let state = write.state
            guard let definition = try? catalogue.definition(of: state), definition.shows(state),
                let names = try? await persons(of: [UInt8](state.id)).names, !names.isEmpty
            else { continue }
            followers[[UInt8](state.id)] = names
        }
        return followers
    }

    // MARK: Records

    private static func key(of person: String) -> String {
        "follows/" + PersonMark.of(person)
    }

    private static func key(of caseID: [UInt8]) -> String { "followers/" + NoticeID.text(caseID) }

    /// Each name behind its length, two bytes.
    private static func body(_ names: [String]) -> [UInt8] {
        names.flatMap { name in
            let bytes = Array(name.utf8.prefix(65_535))
            return [UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)] + bytes
        }
    }

    private static func names(_ body: [UInt8]) -> [String] {
        var names: [String] = []
        var rest = body[...]
        while rest.count >= 2, let high = rest.popFirst(), let low = rest.popFirst() {
            let length = Int(high) << 8 | Int(low)
            guard rest.count >= length else { break }
            names.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length)
        }
        return names
    }
}
