// One promise of the ledger as a function, and where a ledger under test lives.

package import HubCore

/// Opens the same ledger again and again: each call closes what the call before opened and keeps what it had stored.
package struct LedgerHome: Sendable {
    /// Name of the implementation, for the test's title.
    package let open: @Sendable () async throws -> any Ledger

    package init(open: @escaping @Sendable () async throws -> any Ledger) {
        self.open = open
    }
}

/// A sentence every ledger keeps, and its proof.
package struct LedgerPromise: Sendable {
    /// Subject, circumstance, outcome.
    package let sentence: String
    /// Runs on an empty home; throws ``BrokenPromise`` or what the ledger threw.
    package let check: @Sendable (LedgerHome) async throws -> Void

    package init(_ sentence: String, _ check: @escaping @Sendable (LedgerHome) async throws -> Void) {
        self.sentence = sentence
        self.check = check
    }
}

/// What was expected and did not happen.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String
}

/// Throws ``BrokenPromise`` with place and sentence unless `condition` holds.
package func promise(
    _ condition: Bool, _ sentence: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws {
    if !condition { throw BrokenPromise(description: "\(file):\(line): \(sentence())") }
}

/// Throws ``BrokenPromise`` unless both are equal.
package func promise<Value: Equatable>(
    _ found: Value, is expected: Value, file: StaticString = #fileID, line: UInt = #line
) throws {
    if found != expected {
        throw BrokenPromise(description: "\(file):\(line): expected \(expected), found \(found)")
    }
}
