// The suite every ledger must pass: all promises, and the words in which they are written.

package import HubCore
import HubDomain
package import HubProto

/// Every promise of the port ``Ledger``. Run each on an empty home:
///
///     @Test(arguments: LedgerSuite.promises)
///     func keepsPromise(_ promise: LedgerPromise) async throws { try await promise.check(home) }
package enum LedgerSuite {
    /// All promises, by subject.
    package static let promises =
        commits + conflicts + keys + log + caseReads + lists + waitingPlaces + deadlines + search + records + numbers
        + documents + outbox + erasure + counting
}

/// What a commit gave when it was carried out.
package struct Written: Sendable {
    package var answer: [UInt8]
    package var receipt: HubReceipt
    package var events: [HubEvent]
}

extension Ledger {
    /// Commits what nothing stands against.
    @discardableResult
    package func write(_ commit: Commit, file: StaticString = #fileID, line: UInt = #line) async throws -> Written {
        guard case .committed(let answer, let receipt, let events) = try await self.commit(commit) else {
            throw BrokenPromise(description: "\(file):\(line): a commit without conflict was not carried out")
        }
        return Written(answer: answer, receipt: receipt, events: events)
    }

    /// Commits what must meet a conflict; gives what it names.
    func conflict(
        _ commit: Commit, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> (key: String, present: UInt64) {
        guard case .conflict(let key, let present) = try await self.commit(commit) else {
            throw BrokenPromise(description: "\(file):\(line): a conflict was not noticed")
        }
        return (key, present)
    }

    /// Commits with a key that was used; gives the stored answer.
    func replay(_ commit: Commit, file: StaticString = #fileID, line: UInt = #line) async throws -> [UInt8] {
        guard case .replayed(let answer) = try await self.commit(commit) else {
            throw BrokenPromise(description: "\(file):\(line): a used key did not give its answer")
        }
        return answer
    }

    /// Numbers of the cases that a query lists, in its order.
    func list(nowMillis: Int64 = Sample.now, _ change: (inout CaseQuery) -> Void) async throws -> [String] {
        var query = CaseQuery()
        change(&query)
        return try await cases(query, nowMillis: nowMillis).map(\.number)
    }
}

/// Throws ``BrokenPromise`` unless `body` throws an error with this code; gives the error.
@discardableResult
func promiseError(
    _ code: HubError.Code, file: StaticString = #fileID, line: UInt = #line, _ body: () async throws -> Void
) async throws -> HubError {
    do {
        try await body()
    } catch let error as HubError {
        try promise(error.code.number, is: code.number, file: file, line: line)
        return error
    }
    throw BrokenPromise(description: "\(file):\(line): expected error \(code.number), none was thrown")
}
