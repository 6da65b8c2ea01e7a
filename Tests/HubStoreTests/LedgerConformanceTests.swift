// Every ledger keeps the same promises: one suite, run on each.

import HubCore
import HubStore
import HubTestKit
import Testing

@Suite("Every ledger keeps the same promises")
struct LedgerConformanceTests {
    @Test("keeps the promise", arguments: LedgerUnderTest.all, LedgerSuite.promises)
    func keepsPromise(_ candidate: LedgerUnderTest, _ promise: LedgerPromise) async throws {
        try await promise.check(candidate.makeHome())
    }

    @Test("the suite has promises, each with a sentence of its own")
    func suite_hasDistinctSentences() {
        #expect(LedgerSuite.promises.count >= 40)
        #expect(Set(LedgerSuite.promises.map(\.sentence)).count == LedgerSuite.promises.count)
    }
}

/// A new ledger joins with one line and inherits the whole suite.
struct LedgerUnderTest: Sendable, CustomTestStringConvertible {
    let name: String
    /// An empty home.
    let makeHome: @Sendable () throws -> LedgerHome

    var testDescription: String { name }

    static let all: [Self] = [
        Self(name: "in memory") {
            let ledger = InMemoryLedger()
            return LedgerHome { ledger }
        },
        Self(name: "SQLite file") {
            let directory = try StateDirectory()
            return LedgerHome { try directory.open() }
        },
    ]
}

extension LedgerPromise: CustomTestStringConvertible {
    /// The sentence, in the list of test cases.
    public var testDescription: String { sentence }
}
