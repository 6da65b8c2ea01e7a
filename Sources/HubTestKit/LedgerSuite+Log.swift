// Promises on the log: no gaps, one chain, read from any cursor.

import HubCore
import HubDomain
import HubProto

extension LedgerSuite {
    static let log: [LedgerPromise] = [
        LedgerPromise("a new log is empty: sequence 0, a chain of zeroes, an identity of 16 bytes") { home in
            let head = try await home.open().head()
            try promise(head.sequence, is: 0)
            try promise(head.chain, is: Array(repeating: 0, count: 32))
            try promise(head.hubID.count, is: 16)
        },
        LedgerPromise("the identity of the log is made once") { home in
            let first = try await home.open().head().hubID
            try promise(try await home.open().head().hubID, is: first)
        },
        LedgerPromise("sequences begin at 1 and have no gaps, whatever fails between") { home in
            let ledger = try await home.open()
            for number in 1...10 {
                try await ledger.write(Sample.commit(Sample.newCase(number)))
                _ = try await ledger.conflict(Sample.commit(Sample.newCase(number)))
            }
            try promise(try await ledger.events(after: 0, limit: 99).map(\.sequence), is: Array(1...10))
        },
        LedgerPromise("64 writers at once leave one log without gaps, and each knows its own sequence") { home in
            let ledger = try await home.open()
            let written = try await withThrowingTaskGroup(of: HubEvent?.self) { group in
                for number in 1...64 {
                    group.addTask { try await ledger.write(Sample.commit(Sample.newCase(number))).events.first }
                }
                return try await group.reduce(into: [HubEvent]()) { all, event in if let event { all.append(event) } }
            }
            let log = try await ledger.events(after: 0, limit: 99)
            try promise(log.map(\.sequence), is: Array(1...64))
            try promise(written.sorted { $0.sequence < $1.sequence }, is: log)
        },
        LedgerPromise("each receipt carries the head of the chain, and it moves with each event") { home in
            let ledger = try await home.open()
            var heads: Set<[UInt8]> = [[UInt8](repeating: 0, count: 32)]
            for number in [1, 2, 200, 70_000] {
                let written = try await ledger.write(Sample.commit(Sample.newCase(number)))
                let head = [UInt8](written.receipt.chainHead)
                try promise(head.count == 32 && heads.insert(head).inserted, "a head that was there before")
                try promise(try await ledger.head().chain, is: head)
            }
            try await _ = ledger.verifyChain()
        },
        LedgerPromise("a sequence that a caller has set is replaced") { home in
            let ledger = try await home.open()
            var commit = Sample.commit(Sample.newCase(1))
            commit.events[0].sequence = 77
            try promise(try await ledger.write(commit).events.map(\.sequence), is: [1])
            try promise(try await ledger.events(after: 0, limit: 2).map(\.sequence), is: [1])
            try await _ = ledger.verifyChain()
        },
        LedgerPromise("verifyChain holds on an empty log, and after thousands of events") { home in
            let ledger = try await home.open()
            try promise(try await ledger.verifyChain(), is: try await ledger.head())
            var commit = Sample.commit(Sample.newCase(1))
            commit.events = (0..<2_500).map { Sample.event(Sample.newCase(1), note: "\($0)") }
            try await ledger.write(commit)
            try promise(try await ledger.verifyChain().sequence, is: 2_500)
        },
        LedgerPromise("events after a cursor come in order, as many as asked, none left out") { home in
            let ledger = try await home.open()
            for number in 1...25 { try await ledger.write(Sample.commit(Sample.newCase(number))) }
            var cursor: UInt64 = 0
            var seen: [UInt64] = []
            while let last = try await ledger.events(after: cursor, limit: 10).map(\.sequence).last {
                seen += Array((cursor + 1)...last)
                cursor = last
            }
            try promise(seen, is: Array(1...25))
            try promise(try await ledger.events(after: 25, limit: 10), is: [])
            try promise(try await ledger.events(after: 3, limit: 0), is: [])
        },
        LedgerPromise("a case's history is its own, in order, from a version") { home in
            let ledger = try await home.open()
            for version in 1...6 as ClosedRange<UInt64> {
                for number in [1, 2] {
                    var state = Sample.newCase(number)
                    state.version = version
                    try await ledger.write(Sample.commit(state))
                }
            }
            let history = try await ledger.events(ofCase: Sample.id(2), afterVersion: 2, limit: 3)
            try promise(history.map(\.caseVersion), is: [3, 4, 5])
            try promise(history.allSatisfy { [UInt8]($0.caseID) == Sample.id(2) }, "an event of another case")
            try promise(try await ledger.events(ofCase: Sample.id(2), afterVersion: 0, limit: 99).count, is: 6)
            try promise(try await ledger.events(ofCase: Sample.id(3), afterVersion: 0, limit: 99), is: [])
        },
        LedgerPromise("a log that is closed and opened goes on where it ended") { home in
            try await home.open().write(Sample.commit(Sample.newCase(1)))
            let again = try await home.open()
            try promise(try await again.write(Sample.commit(Sample.newCase(2))).events.map(\.sequence), is: [2])
            try promise(try await again.verifyChain().sequence, is: 2)
        },
    ]

    static let counting: [LedgerPromise] = [
        LedgerPromise("counts follow cases, their end and their deadlines") { home in
            let ledger = try await home.open()
            for number in 1...3 {
                var state = Sample.newCase(number)
                state.deadlines = [Sample.deadline("a", due: 5), Sample.deadline("b", due: 6)]
                try await ledger.write(Sample.commit(state))
            }
            var state = Sample.newCase(2)
            state.version = 2
            state.ended = true
            state.deadlines = [Sample.deadline("a", due: 5, .met)]
            try await ledger.write(Sample.commit(state))
            let counts = try await ledger.counts()
            try promise([counts.cases, counts.open, counts.deadlinesRunning], is: [3, 2, 4])
            try promise(counts.commits, is: 4)
            try promise((1...4).contains(counts.batches), "\(counts.batches) transactions for 4 commits")
        },
        LedgerPromise("an ended case that is opened again counts as open") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.ended = true
            try await ledger.write(Sample.commit(state))
            try promise(try await ledger.counts().open, is: 0)
            state.version = 2
            state.ended = false
            try await ledger.write(Sample.commit(state))
            try promise(try await ledger.counts().open, is: 1)
            try promise(try await ledger.list { $0.openOnly = true }, is: [state.number])
        },
        LedgerPromise("conflicts and repetitions count as no commit") { home in
            let ledger = try await home.open()
            let commit = Sample.commit(Sample.newCase(1), key: Sample.key(1))
            try await ledger.write(commit)
            _ = try await ledger.replay(commit)
            _ = try await ledger.conflict(Sample.commit(Sample.newCase(1)))
            try promise(try await ledger.counts().commits, is: 1)
        },
    ]
}
