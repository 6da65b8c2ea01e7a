// Table `outbox`: notices written with what they tell of, and read by those who deliver them.

import GRDB
import HubCore
package import HubDomain
package import HubProto
import SwiftProtobuf

/// A row of table `outbox`, ready to be bound.
struct NoticeRow: Sendable {
    /// 24 bytes.
    let id: [UInt8]
    let expected: Int64
    let state: Int64
    let channel: Int64
    let dueMillis: Int64
    /// nil = it waits, or has lost its texts.
    let settledMillis: Int64?
    /// The serialised notice.
    let body: [UInt8]

    init(_ write: NoticeWrite) throws {
        let notice = write.notice
        id = [UInt8](notice.id)
        expected = Int64(write.expected.rawValue)
        state = Int64(notice.state.rawValue)
        channel = Int64(notice.channel.rawValue)
        dueMillis = notice.dueMs
        settledMillis = notice.state == .waiting || !notice.hasText ? nil : notice.settledMs
        body = try notice.serializedBytes()
    }
}

extension Batch {
    /// Writes a notice, unless the one that is there is not as was thought.
    mutating func write(_ row: NoticeRow) throws {
        let present =
            try PreparedStatement(db, "SELECT state FROM outbox WHERE id = ?").first(row.id) { $0.integer(0) } ?? 0
        guard present == row.expected else { return }
        if present == 0 {
            try PreparedStatement(
                db, "INSERT INTO outbox (id, state, channel, due_ms, settled_ms, body) VALUES (?, ?, ?, ?, ?, ?)"
            ).run(row.id, row.state, row.channel, row.dueMillis, row.settledMillis, row.body)
        } else {
            try PreparedStatement(
                db, "UPDATE outbox SET state = ?, channel = ?, due_ms = ?, settled_ms = ?, body = ? WHERE id = ?"
            ).run(row.state, row.channel, row.dueMillis, row.settledMillis, row.body, row.id)
        }
        count(present, -1)
        count(row.state, 1)
    }

    mutating func count(_ state: Int64, _ step: Int64) {
        switch HubNoticeState(rawValue: Int(state)) {
        case .waiting: growth.noticesWaiting += step
        case .dead: growth.noticesDead += step
        default: break
        }
    }
}

extension SQLiteLedger {
    // `state <> 2` stands in each statement because SQLite uses a partial index only where it reads the index's condition.

    package func dueNotices(
        _ channel: HubNoticeChannel, nowMillis: Int64, limit: Int
    ) async throws(HubError) -> [HubNotice] {
        try await read("reading notices") { db in
            try PreparedStatement(
                db,
                """
                SELECT body FROM outbox WHERE state = 1 AND state <> 2 AND channel = ? AND due_ms <= ?
                ORDER BY due_ms, id LIMIT ?
                """
            ).all(Int64(channel.rawValue), nowMillis, Int64(max(0, limit)), read: Self.notice)
        }
    }

    package func nextNoticeMillis(_ channel: HubNoticeChannel) async throws(HubError) -> Int64? {
        try await read("reading notices") { db in
            try PreparedStatement(
                db,
                "SELECT due_ms FROM outbox WHERE state = 1 AND state <> 2 AND channel = ? ORDER BY due_ms LIMIT 1"
            ).first(Int64(channel.rawValue)) { $0.integer(0) }
        }
    }

    package func notices(
        _ state: HubNoticeState, after: HubNotice?, limit: Int
    ) async throws(HubError) -> [HubNotice] {
        try await read("reading notices") { db in
            if state == .delivered {
                return try PreparedStatement(
                    db,
                    """
                    SELECT body FROM outbox WHERE settled_ms IS NOT NULL AND (settled_ms, id) > (?, ?) AND state = 2
                    ORDER BY settled_ms, id LIMIT ?
                    """
                ).all(
                    after?.settledMs ?? .min, after.map { [UInt8]($0.id) } ?? [], Int64(max(0, limit)),
                    read: Self.notice)
            }
            return try PreparedStatement(
                db,
                """
                SELECT body FROM outbox WHERE state = ? AND state <> 2 AND (channel, due_ms, id) > (?, ?, ?)
                ORDER BY channel, due_ms, id LIMIT ?
                """
            ).all(
                Int64(state.rawValue), after.map { Int64($0.channel.rawValue) } ?? -1, after?.dueMs ?? .min,
                after.map { [UInt8]($0.id) } ?? [], Int64(max(0, limit)), read: Self.notice)
        }
    }

    package func notice(id: [UInt8]) async throws(HubError) -> HubNotice? {
        try await read("reading a notice") { db in
            try PreparedStatement(db, "SELECT body FROM outbox WHERE id = ?").first(id, read: Self.notice)
        }
    }

    package func settledNotices(before millis: Int64, limit: Int) async throws(HubError) -> [HubNotice] {
        try await read("reading notices") { db in
            try PreparedStatement(
                db,
                """
                SELECT body FROM outbox WHERE settled_ms IS NOT NULL AND settled_ms < ? ORDER BY settled_ms, id LIMIT ?
                """
            ).all(millis, Int64(max(0, limit)), read: Self.notice)
        }
    }

    private static func notice(_ row: SQLRow) throws -> HubNotice { try HubNotice(serializedBytes: row.bytes(0)) }
}
