// A statement of the connection's cache, bound and read by position without boxing a value.

import GRDB
import GRDBSQLite

/// One run of a cached statement.
///
/// GRDB's own arguments and rows box every value; a submit binds some fifty of them on the one writer.
struct PreparedStatement {
    private let handle: SQLiteStatement

    init(_ db: Database, _ sql: String) throws {
        handle = try db.cachedStatement(sql: sql).sqliteStatement
    }

    /// Runs a statement that gives no rows.
    func run<each Value: SQLValue>(_ values: repeat each Value) throws {
        try bind(repeat each values)
        defer { sqlite3_reset(handle) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_DONE: return
            case SQLITE_ROW: continue  // A PRAGMA that answers.
            case let code: throw failure(code)
            }
        }
    }

    /// The first row, or nil.
    func first<Result, each Value: SQLValue>(
        _ values: repeat each Value, read: (SQLRow) throws -> Result
    ) throws -> Result? {
        try bind(repeat each values)
        defer { sqlite3_reset(handle) }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return try read(SQLRow(handle: handle))
        case SQLITE_DONE: return nil
        case let code: throw failure(code)
        }
    }

    /// All rows, as far as `read` wants them: nil ends the reading.
    func all<Result, each Value: SQLValue>(
        _ values: repeat each Value, read: (SQLRow) throws -> Result?
    ) throws -> [Result] {
        try bind(repeat each values)
        return try remaining(read)
    }

    /// All rows, with values known only at run time.
    func all<Result>(binding values: [any SQLValue], read: (SQLRow) throws -> Result?) throws -> [Result] {
        for (position, value) in values.enumerated() { try bind(value, at: Int32(truncatingIfNeeded: position + 1)) }
        return try remaining(read)
    }

    private func remaining<Result>(_ read: (SQLRow) throws -> Result?) throws -> [Result] {
        defer { sqlite3_reset(handle) }
        var results: [Result] = []
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW:
                guard let result = try read(SQLRow(handle: handle)) else { return results }
                results.append(result)
            case SQLITE_DONE: return results
            case let code: throw failure(code)
            }
        }
    }

    private func bind<each Value: SQLValue>(_ values: repeat each Value) throws {
        var position: Int32 = 0
        for value in repeat each values {
            position += 1
            try bind(value, at: position)
        }
    }

    private func bind(_ value: some SQLValue, at position: Int32) throws {
        let code = value.bind(to: handle, at: position)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let connection = sqlite3_db_handle(handle)
        let message = sqlite3_errmsg(connection).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}

/// The row a statement stands on; valid until it steps.
struct SQLRow {
    fileprivate let handle: SQLiteStatement

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// A number stored with its bit pattern, see ``SQLValue``.
    func unsigned(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Column `personal` of table `event`.
    func personal(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}

/// What can be bound: signed and unsigned integers (by bit pattern, so nothing traps), flags, texts, bytes, or NULL.
protocol SQLValue {
    /// Binds at a position from 1 and gives SQLite's result code.
    func bind(to statement: SQLiteStatement, at position: Int32) -> Int32
}

/// SQLite copies the value before the call returns (SQLITE_TRANSIENT, a C macro that Swift does not import).
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: SQLValue {
    func bind(to statement: SQLiteStatement, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, self)
    }
}

extension UInt64: SQLValue {
    func bind(to statement: SQLiteStatement, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, Int64(bitPattern: self))
    }
}

extension Bool: SQLValue {
    func bind(to statement: SQLiteStatement, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, self ? 1 : 0)
    }
}

extension String: SQLValue {
    func bind(to statement: SQLiteStatement, at position: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // An empty string may have no address, and an address of nil would bind NULL.
                guard let start = characters.baseAddress else {
                    return sqlite3_bind_text(statement, position, "", 0, copied)
                }
                return sqlite3_bind_text64(
                    statement, position, start, UInt64(characters.count), copied, UInt8(SQLITE_UTF8))
            }
        }
    }
}

extension [UInt8]: SQLValue {
    func bind(to statement: SQLiteStatement, at position: Int32) -> Int32 {
        withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_zeroblob(statement, position, 0)
            }
            return sqlite3_bind_blob64(statement, position, start, UInt64(bytes.count), copied)
        }
    }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    func bind(to statement: SQLiteStatement, at position: Int32) -> Int32 {
        switch self {
        case .some(let value): value.bind(to: statement, at: position)
        case .none: sqlite3_bind_null(statement, position)
        }
    }
}
