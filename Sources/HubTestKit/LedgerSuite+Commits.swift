// Promises on commits: whole or not at all, one that conflicts fails alone, a key gives its answer again.

import HubCore
import HubDomain
import HubProto
import SwiftProtobuf

extension LedgerSuite {
    static let commits: [LedgerPromise] = [
        LedgerPromise("a commit is there when it returns: case, event, record and answer") { home in
            let ledger = try await home.open()
            let state = Sample.newCase(1)
            var commit = Sample.commit(state, key: Sample.key(1))
            commit.records = [RecordWrite(key: "origin/nyc/1", expectedVersion: 0, body: [1, 2, 3])]
            let written = try await ledger.write(commit)
            try promise(try await ledger.caseState(id: Sample.id(1)), is: state)
            try promise(try await ledger.caseState(number: state.number), is: state)
            try promise(try await ledger.events(after: 0, limit: 10), is: written.events)
            try promise(try await ledger.record("origin/nyc/1")?.body, is: [1, 2, 3])
            try promise(try await ledger.replay(commit), is: written.answer)
        },
        LedgerPromise("the answer is the reply with the receipt as field 15") { home in
            let ledger = try await home.open()
            var commit = Sample.commit(Sample.newCase(1), key: Sample.key(1))
            var reply = LayananCaseReply()
            reply.case = Sample.newCase(1)
            commit.answer = try reply.serializedBytes()
            let written = try await ledger.write(commit)
            reply.receipt = written.receipt
            try promise(try LayananCaseReply(serializedBytes: written.answer), is: reply)
            try promise([UInt8](written.receipt.hubID), is: try await ledger.head().hubID)
        },
        LedgerPromise("a commit without events or rows still gets a receipt at the head of the log") { home in
            let ledger = try await home.open()
            let before = try await ledger.write(Sample.commit(Sample.newCase(1)))
            let written = try await ledger.write(Commit(key: Sample.key(2), atMillis: Sample.now))
            try promise(written.receipt, is: before.receipt)
            try promise(try await ledger.head().sequence, is: 1)
        },
        LedgerPromise("a commit of several cases, records and events is written in its order") { home in
            let ledger = try await home.open()
            var commit = Sample.commit(Sample.newCase(1))
            let second = Sample.commit(Sample.newCase(2))
            commit.cases += second.cases
            commit.events += second.events
            commit.records = (1...3).map { RecordWrite(key: "k/\($0)", expectedVersion: 0, body: [UInt8($0)]) }
            let written = try await ledger.write(commit)
            try promise(written.events.map(\.number), is: ["IZN-2026-1", "IZN-2026-2"])
            try promise(written.events.map(\.sequence), is: [1, 2])
            try promise(written.receipt.sequence, is: 2)
            try promise(try await ledger.records(prefix: "k/").map(\.body), is: [[1], [2], [3]])
        },
        LedgerPromise("the next version of a case replaces the one before") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            try await ledger.write(Sample.commit(state))
            state.version = 2
            state.stage = "diperiksa"
            state.department = "pengaduan"
            state.applicant = "warga-lain"
            try await ledger.write(Sample.commit(state))
            try promise(try await ledger.caseState(id: Sample.id(1)), is: state)
            try promise(try await ledger.list { $0.department = "perizinan" }, is: [])
            try promise(try await ledger.list { $0.department = "pengaduan" }, is: [state.number])
            try promise(try await ledger.list { $0.applicant = "warga-1" }, is: [])
            try promise(try await ledger.list { $0.applicant = "warga-lain" }, is: [state.number])
        },
        LedgerPromise("everything is still there after a reopen, byte for byte") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.deadlines = [Sample.deadline("respons", due: Sample.now + 5)]
            let index = [IndexEntry(field: "nik", value: "x")]
            let written = try await ledger.write(Sample.commit(state, key: Sample.key(1), index: index))
            let head = try await ledger.head()
            let again = try await home.open()
            try promise(try await again.head(), is: head)
            try promise(try await again.caseState(number: state.number), is: state)
            try promise(try await again.events(after: 0, limit: 5), is: written.events)
            try promise(try await again.nextDueMillis(after: .min), is: Sample.now + 5)
            try promise(try await again.replay(Sample.commit(state, key: Sample.key(1))), is: written.answer)
            try promise(try await again.counts().cases, is: 1)
            try promise(try await again.verifyChain(), is: head)
        },
        LedgerPromise("large cases and answers come back whole") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.note = String(repeating: "panjang ", count: 40_000)
            var commit = Sample.commit(state, key: Sample.key(1))
            commit.answer = [UInt8](repeating: 0xAB, count: 700_000)
            let written = try await ledger.write(commit)
            try promise(Array(written.answer.prefix(700_000)) == commit.answer, "the answer was changed")
            try promise(try await ledger.replay(commit) == written.answer, "the stored answer differs")
            try promise(try await ledger.caseState(id: Sample.id(1)) == state, "the stored case differs")
        },
        LedgerPromise("a commit that contradicts itself is refused and writes nothing") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.id = .init([1, 2, 3])
            try await promiseError(.internalFault) { try await ledger.write(Sample.commit(state)) }
            var twice = Sample.commit(Sample.newCase(1))
            twice.cases += twice.cases
            try await promiseError(.internalFault) { try await ledger.write(twice) }
            var backwards = Sample.commit(Sample.newCase(1))
            backwards.cases[0].expectedVersion = 1
            try await promiseError(.internalFault) { try await ledger.write(backwards) }
            let longKey = Sample.record(String(repeating: "k", count: 257))
            try await promiseError(.internalFault) { try await ledger.write(longKey) }
            try promise(try await ledger.head().sequence, is: 0)
            try promise(try await ledger.counts(), is: LedgerCounts())
        },
    ]

    static let conflicts: [LedgerPromise] = [
        LedgerPromise("a stale version is a conflict that names the present one, and nothing happens") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            try await ledger.write(Sample.commit(state))
            state.version = 3
            state.stage = "terbit"
            var commit = Sample.commit(state, key: Sample.key(2))
            commit.records = [RecordWrite(key: "side/effect", expectedVersion: 0, body: [1])]
            let (key, present) = try await ledger.conflict(commit)
            try promise(key, is: "case/\(uuidText(Sample.id(1)))")
            try promise(present, is: 1)
            try promise(try await ledger.caseState(id: Sample.id(1))?.stage, is: "diajukan")
            try promise(try await ledger.record("side/effect") == nil, "a record of a conflicting commit was written")
            try promise(try await ledger.answer(to: Sample.key(2)) == nil, "a conflicting commit used up its key")
            try promise(try await ledger.head().sequence, is: 1)
        },
        LedgerPromise("a new case with an id that exists is a conflict") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.commit(Sample.newCase(1)))
            try promise(try await ledger.conflict(Sample.commit(Sample.newCase(1))).present, is: 1)
        },
        LedgerPromise("a next version of a case that does not exist is a conflict with version 0") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.version = 2
            try promise(try await ledger.conflict(Sample.commit(state)).present, is: 0)
        },
        LedgerPromise("a record that is removed is absent, can be written anew, and a stale removal happens not at all")
        {
            home in
            let ledger = try await home.open()
            var commit = Commit(key: nil, atMillis: Sample.now)
            commit.records = ["r/1", "r/2"].map { RecordWrite(key: $0, expectedVersion: 0, body: [1]) }
            try await ledger.write(commit)
            commit.records = [RecordWrite(removing: "r/1", version: 2)]
            try promise(try await ledger.conflict(commit).present, is: 1)
            commit.records = [RecordWrite(removing: "r/1", version: 1)]
            try await ledger.write(commit)
            try promise(try await ledger.record("r/1") == nil, "a removed record is still there")
            try promise(try await ledger.records(prefix: "r/").map(\.key), is: ["r/2"])
            commit.records = [RecordWrite(key: "r/1", expectedVersion: 0, body: [2])]
            try await ledger.write(commit)
            try promise(try await ledger.record("r/1")?.version, is: 1)
        },
        LedgerPromise("a stale record stops the whole commit, its cases too") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.record("def/izin"))
            var commit = Sample.commit(Sample.newCase(1))
            commit.records = [RecordWrite(key: "def/izin", expectedVersion: 0, body: [9])]
            let (key, present) = try await ledger.conflict(commit)
            try promise(key, is: "def/izin")
            try promise(present, is: 1)
            try promise(try await ledger.caseState(id: Sample.id(1)), is: nil)
            try promise(try await ledger.record("def/izin")?.body, is: [1])
        },
        LedgerPromise("versions beyond every signed number are a conflict, not a crash") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            try await ledger.write(Sample.commit(state))
            state.version = UInt64.max
            try promise(try await ledger.conflict(Sample.commit(state)).present, is: 1)
            try promise(try await ledger.events(ofCase: Sample.id(1), afterVersion: .max, limit: 5), is: [])
            try promise(try await ledger.events(after: .max, limit: 5), is: [])
        },
        LedgerPromise("of 64 commits at once, those that conflict fail alone") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.commit(Sample.newCase(0)))
            let lost = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 1...64 {
                    group.addTask {
                        // Every fourth takes the id of case 0.
                        let commit = Sample.commit(
                            Sample.newCase(number % 4 == 0 ? 0 : number), key: Sample.key(number))
                        if case .conflict = try await ledger.commit(commit) { return true }
                        return false
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try promise(lost, is: 16)
            try promise(try await ledger.counts().cases, is: 49)
            try promise(try await ledger.verifyChain().sequence, is: 49)
        },
        LedgerPromise("of 64 commits at once on one case, exactly one wins each version") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.commit(Sample.newCase(1)))
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 1...64 {
                    group.addTask {
                        var state = Sample.newCase(1)
                        state.version = 2
                        if case .committed = try await ledger.commit(Sample.commit(state)) { return true }
                        return false
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try promise(won, is: 1)
            try promise(try await ledger.head().sequence, is: 2)
        },
        LedgerPromise("a case that takes another case's number fails alone, among 32 others at once") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.commit(Sample.newCase(0)))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...32 { group.addTask { try await ledger.write(Sample.commit(Sample.newCase(number))) } }
                group.addTask {
                    var thief = Sample.newCase(99)
                    thief.number = Sample.newCase(0).number
                    let commit = Sample.commit(thief)
                    try await promiseError(.internalFault) { try await ledger.write(commit) }
                }
                try await group.waitForAll()
            }
            try promise(try await ledger.counts().cases, is: 33)
            try promise(try await ledger.verifyChain().sequence, is: 33)
            try promise(try await ledger.caseState(number: "IZN-2026-0")?.applicant, is: "warga-0")
        },
    ]

    static let keys: [LedgerPromise] = [
        LedgerPromise("a key sent again gives the same bytes and writes nothing") { home in
            let ledger = try await home.open()
            let commit = Sample.commit(Sample.newCase(1), key: Sample.key(1))
            let first = try await ledger.write(commit)
            for _ in 1...3 { try promise(try await ledger.replay(commit), is: first.answer) }
            // Even when what comes with it would now be something else.
            try promise(
                try await ledger.replay(Sample.commit(Sample.newCase(2), key: Sample.key(1))), is: first.answer)
            try promise(try await ledger.head().sequence, is: 1)
            try promise(try await ledger.counts().commits, is: 1)
        },
        LedgerPromise("a key sent again with another body is refused and writes nothing") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.commit(Sample.newCase(1), key: Sample.key(1)))
            let other = Sample.commit(Sample.newCase(2), key: Sample.key(1, body: "another"))
            guard case .keyReused = try await ledger.commit(other) else {
                throw BrokenPromise(description: "a reused key was not noticed")
            }
            try promise(try await ledger.caseState(id: Sample.id(2)), is: nil)
        },
        LedgerPromise("the same key of another scope is another call") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.commit(Sample.newCase(1), key: Sample.key(1)))
            let other = Sample.key(1, scope: "urn:elayanan:loket:b\nSubmit")
            try await ledger.write(Sample.commit(Sample.newCase(2), key: other))
            try promise(try await ledger.counts().cases, is: 2)
        },
        LedgerPromise("key and scope cannot be mistaken for another pair with the same bytes") { home in
            let ledger = try await home.open()
            let long = CommitKey(scope: "ab", key: Array(repeating: 1, count: 64), fingerprint: [1])
            let short = CommitKey(scope: "ab", key: Array(repeating: 1, count: 16), fingerprint: [1])
            try await ledger.write(Sample.commit(Sample.newCase(1), key: long))
            try await ledger.write(Sample.commit(Sample.newCase(2), key: short))
            try promise(try await ledger.counts().cases, is: 2)
        },
        LedgerPromise("one key sent 32 times at once happens once, and all get the same answer") { home in
            let ledger = try await home.open()
            let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for number in 1...32 {
                    group.addTask {
                        switch try await ledger.commit(Sample.commit(Sample.newCase(number), key: Sample.key(1))) {
                        case .committed(let answer, _, _), .replayed(let answer): answer
                        case .keyReused, .conflict: []
                        }
                    }
                }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            try promise(answers.count, is: 1)
            try promise(answers.first?.isEmpty, is: false)
            try promise(try await ledger.counts().cases, is: 1)
        },
        LedgerPromise("answer(to:) tells new, used and reused keys apart before a decision") { home in
            let ledger = try await home.open()
            try promise(try await ledger.answer(to: Sample.key(1)) == nil, "a new key has an answer")
            let written = try await ledger.write(Sample.commit(Sample.newCase(1), key: Sample.key(1)))
            guard case .replayed(let answer) = try await ledger.answer(to: Sample.key(1)) else {
                throw BrokenPromise(description: "a used key has no answer")
            }
            try promise(answer, is: written.answer)
            guard case .keyReused = try await ledger.answer(to: Sample.key(1, body: "another")) else {
                throw BrokenPromise(description: "a reused key was not noticed")
            }
        },
        LedgerPromise("a key is remembered after a reopen, with the receipt of its time") { home in
            let commit = Sample.commit(Sample.newCase(1), key: Sample.key(1))
            let first = try await home.open().write(commit)
            let again = try await home.open()
            try await again.write(Sample.commit(Sample.newCase(2)))
            try promise(try await again.replay(commit), is: first.answer)
        },
        LedgerPromise("changes of the hub itself, without key, are never taken for a repetition") { home in
            let ledger = try await home.open()
            for number in 1...3 { try await ledger.write(Sample.commit(Sample.newCase(number))) }
            try promise(try await ledger.head().sequence, is: 3)
        },
    ]
}
