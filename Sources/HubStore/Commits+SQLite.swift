// One commit within a batch: first every check, by reads; then every row.

import GRDB
import HubCore
import HubDomain
import HubProto

/// What became of a commit, before its events are given their sequences.
enum CommitResult: Sendable {
    /// Written; its events begin at `firstSequence`.
    case written(answer: [UInt8], receipt: HubReceipt, firstSequence: UInt64)
    /// Nothing was written, and why.
    case settled(CommitOutcome)
}

extension Batch {
    /// The row of a case before this commit.
    private struct PresentCase {
        let rowID: Int64
        let number: String
        let service: String
        let department: String
        let applicant: String
        let ended: Bool
        let side: SideRows

        /// The columns that hardly ever change are the same, so their indexes can be left alone.
        func keepsIdentity(of row: CaseRow) -> Bool {
            number == row.number && service == row.service && department == row.department && applicant == row.applicant
        }
    }

    private enum Check {
        case settled(CommitOutcome)
        case free([PresentCase?])
    }

    /// Carries out a commit, or says why nothing happened.
    mutating func commit(_ commit: PreparedCommit, hubID: [UInt8]) throws -> CommitResult {
        let before: [PresentCase?]
        switch try check(commit) {
        case .settled(let outcome): return .settled(outcome)
        case .free(let present): before = present
        }
        let first = sequence + 1
        for row in commit.cases where row.erases { try erasePersonal(ofCase: row.id) }
        for event in commit.events { try append(event) }
        for (row, present) in zip(commit.cases, before) {
            if let present { try update(row, present) } else { try insert(row) }
            try writeSide(row, present)
            if row.erases { try release(present?.side.documents ?? [], atMillis: commit.atMillis) }
        }
        for record in commit.records { try write(record) }
        for notice in commit.notices { try write(notice) }
        var receipt = HubReceipt()
        receipt.hubID = .init(hubID)
        receipt.sequence = sequence
        receipt.chainHead = .init(chain)
        var answer = commit.answer
        try ReceiptField.append(receipt, to: &answer)
        if let key = commit.key {
            try PreparedStatement(
                db, "INSERT INTO idempotency (key, fingerprint, answer, at_ms) VALUES (?, ?, ?, ?)"
            ).run(key.id, key.fingerprint, answer, commit.atMillis)
        }
        growth.commits += 1
        return .written(answer: answer, receipt: receipt, firstSequence: first)
    }

    private func check(_ commit: PreparedCommit) throws -> Check {
        if let key = commit.key, let outcome = try StoredAnswer.outcome(db, key) { return .settled(outcome) }
        var before: [PresentCase?] = []
        for row in commit.cases {
            let (version, present) = try self.present(row.id)
            guard version == row.expectedVersion else {
                return .settled(.conflict(key: "case/\(UUIDText.of(row.id))", present: version))
            }
            before.append(present)
        }
        for record in commit.records {
            let version =
                try PreparedStatement(db, "SELECT version FROM record WHERE key = ?")
                .first(record.key) { $0.unsigned(0) } ?? 0
            guard version == record.expectedVersion else {
                return .settled(.conflict(key: record.key, present: version))
            }
        }
        return .free(before)
    }

    /// Version 0 = absent.
    private func present(_ id: [UInt8]) throws -> (version: UInt64, PresentCase?) {
        try PreparedStatement(
            db, "SELECT rowid, version, number, service, department, applicant, ended, side FROM case_row WHERE id = ?"
        ).first(id) { row in
            guard let side = SideRows(bytes: row.bytes(7)) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "case_row.side")
            }
            let present = PresentCase(
                rowID: row.integer(0), number: row.text(2), service: row.text(3), department: row.text(4),
                applicant: row.text(5), ended: row.integer(6) != 0, side: side)
            return (row.unsigned(1), present)
        } ?? (0, nil)
    }

    private mutating func insert(_ row: CaseRow) throws {
        try PreparedStatement(
            db,
            """
            INSERT INTO case_row (id, number, version, service, department, stage, applicant, ended, overdue, created_ms,
                updated_ms, due_ms, side, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            row.id, row.number, row.version, row.service, row.department, row.stage, row.applicant, row.ended,
            row.overdue, row.createdMillis, row.updatedMillis, row.dueMillis, row.sideBytes, row.body)
        growth.cases += 1
        growth.open += row.ended ? 0 : 1
    }

    private mutating func update(_ row: CaseRow, _ present: PresentCase) throws {
        if !present.keepsIdentity(of: row) {
            try PreparedStatement(
                db, "UPDATE case_row SET number = ?, service = ?, department = ?, applicant = ? WHERE rowid = ?"
            ).run(row.number, row.service, row.department, row.applicant, present.rowID)
        }
        try PreparedStatement(
            db,
            """
            UPDATE case_row SET version = ?, stage = ?, ended = ?, overdue = ?, created_ms = ?, updated_ms = ?, due_ms = ?,
                side = ?, body = ? WHERE rowid = ?
            """
        ).run(
            row.version, row.stage, row.ended, row.overdue, row.createdMillis, row.updatedMillis, row.dueMillis,
            row.sideBytes, row.body, present.rowID)
        growth.open += (present.ended ? 1 : 0) - (row.ended ? 1 : 0)
    }

    /// Deadlines, index entries, waiting places and documents: removes and adds what differs from the version before.
    private mutating func writeSide(_ row: CaseRow, _ present: PresentCase?) throws {
        let old = present?.side ?? SideRows()
        let moved = present.map { $0.service != row.service } ?? false
        for deadline in old.running where !row.side.running.contains(deadline) {
            try PreparedStatement(db, "DELETE FROM deadline WHERE due_ms = ? AND case_id = ? AND name = ?")
                .run(deadline.dueMillis, row.id, deadline.name)
        }
        for deadline in row.side.running where !old.running.contains(deadline) {
            try PreparedStatement(db, "INSERT INTO deadline (due_ms, case_id, name) VALUES (?, ?, ?)")
                .run(deadline.dueMillis, row.id, deadline.name)
        }
        for place in old.waiting where !row.side.waiting.contains(place) {
            try PreparedStatement(db, "DELETE FROM waiting WHERE place = ? AND due_ms = ? AND case_id = ?")
                .run(place.place, place.dueMillis, row.id)
        }
        for place in row.side.waiting where !old.waiting.contains(place) {
            try PreparedStatement(db, "INSERT INTO waiting (place, due_ms, case_id) VALUES (?, ?, ?)")
                .run(place.place, place.dueMillis, row.id)
        }
        for hash in old.documents where !row.side.documents.contains(hash) {
            try PreparedStatement(db, "DELETE FROM document_use WHERE sha256 = ? AND case_id = ?").run(hash, row.id)
        }
        for hash in row.side.documents where !old.documents.contains(hash) {
            try PreparedStatement(db, "INSERT INTO document_use (sha256, case_id) VALUES (?, ?)").run(hash, row.id)
        }
        growth.running += row.side.deadlines - old.deadlines
        if let present {
            for entry in old.index where moved || !row.side.index.contains(entry) {
                try PreparedStatement(
                    db, "DELETE FROM index_entry WHERE service = ? AND field = ? AND value = ? AND case_id = ?"
                ).run(present.service, entry.field, entry.value, row.id)
            }
        }
        for entry in row.side.index where moved || !old.index.contains(entry) {
            try PreparedStatement(db, "INSERT INTO index_entry (service, field, value, case_id) VALUES (?, ?, ?, ?)")
                .run(row.service, entry.field, entry.value, row.id)
        }
    }

    private func write(_ record: RecordWrite) throws {
        if record.removes { return try PreparedStatement(db, "DELETE FROM record WHERE key = ?").run(record.key) }
        try PreparedStatement(
            db,
            """
            INSERT INTO record (key, version, body) VALUES (?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body
            """
        ).run(record.key, record.expectedVersion + 1, record.body)
    }
}

/// The answer that belongs to a key.
enum StoredAnswer {
    /// nil = the key is new.
    static func outcome(_ db: Database, _ key: PreparedCommit.Key) throws -> CommitOutcome? {
        try PreparedStatement(db, "SELECT fingerprint, answer FROM idempotency WHERE key = ?").first(key.id) { row in
            row.bytes(0) == key.fingerprint ? .replayed(answer: row.bytes(1)) : .keyReused
        }
    }
}

/// A case id as people write it.
enum UUIDText {
    /// RFC 9562: hexadecimal in groups of 8, 4, 4, 4 and 12.
    static func of(_ id: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        var text = ""
        for (position, byte) in id.enumerated() {
            if [4, 6, 8, 10].contains(position) { text.append("-") }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0x0F)])
        }
        return text
    }
}
