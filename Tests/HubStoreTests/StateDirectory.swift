// A state directory that lives as long as its test.

import Foundation
import HubCore
import HubDomain
import HubStore
import HubTestKit
import Synchronization

/// Opens one ledger at a time in a directory of its own, and removes it at the end.
final class StateDirectory: Sendable {
    let path: String
    private let present = Mutex<SQLiteLedger?>(nil)

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? close()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Gives `body` a directory that stays until it has returned.
    static func use<Value>(_ body: (StateDirectory) async throws -> Value) async throws -> Value {
        let directory = try StateDirectory()
        defer { withExtendedLifetime(directory) {} }
        return try await body(directory)
    }

    /// Path of the database.
    var file: String { "\(path)/\(SQLiteLedger.fileName)" }

    /// Closes what the call before opened.
    @discardableResult
    func open() throws -> SQLiteLedger {
        try close()
        let ledger = try SQLiteLedger.open(path: path, nowMillis: Sample.now) { Array(0..<16) }
        present.withLock { $0 = ledger }
        return ledger
    }

    func close() throws {
        try present.withLock { ledger in
            try ledger?.close()
            ledger = nil
        }
    }
}
