// Promises on what is forgotten: personal parts of events, documents that no case uses, answers that are too old.

import HubCore
import HubDomain
import HubProto

extension LedgerSuite {
    static let erasure: [LedgerPromise] = [
        LedgerPromise("what is personal in a case's events goes with a commit that erases, and nobody else's does") {
            home in
            let ledger = try await home.open()
            for number in [1, 2] { try await ledger.write(Sample.commit(Sample.newCase(number))) }
            let before = try await ledger.events(ofCase: Sample.id(2), afterVersion: 0, limit: 9)
            try await ledger.write(Sample.erasing(1))
            let events = try await ledger.events(ofCase: Sample.id(1), afterVersion: 0, limit: 9)
            try promise(events.map(\.applicant), is: ["", ""])
            try promise(events.map(\.note), is: ["", ""])
            try promise(events.map(\.kind), is: [.submitted, .anonymised])
            try promise(try await ledger.events(ofCase: Sample.id(2), afterVersion: 0, limit: 9), is: before)
            try promise(before.allSatisfy { !$0.applicant.isEmpty }, "a sample without an applicant shows nothing")
            let head = try await home.open().verifyChain()
            try promise(head.sequence, is: 3)
        },
        LedgerPromise("documents of a case that is erased are released once no other case uses them") { home in
            let ledger = try await home.open()
            let documents = (1...2).map { Sample.blob($0).hash }
            for hash in documents {
                try await ledger.putDocument(
                    sha256: hash, StoredDocument(mediaType: "image/png", size: 3, owner: "nik:1"))
            }
            for (number, used) in [(1, documents), (2, [documents[1]])] {
                var state = Sample.newCase(number)
                state.documents = used.map { hash in .with { $0.sha256 = .init(hash) } }
                try await ledger.write(Sample.commit(state))
            }
            try await ledger.write(Sample.erasing(1, atMillis: 50))
            try promise(try await ledger.released(before: 50, limit: 9), is: [])
            try promise(try await ledger.released(before: 51, limit: 9), is: [documents[0]])
            try promise(try await ledger.document(sha256: documents[0]) == nil, "a released document is known")
            try promise(
                try await ledger.documentFacts(documents, owners: ["nik:1"]).keys.map(\.self), is: [documents[1]])
            try await ledger.write(Sample.erasing(2, atMillis: 60))
            try promise(try await home.open().released(before: 99, limit: 1), is: [documents[0]])
            let again = try await home.open()
            try promise(try await again.released(before: 99, limit: 9), is: documents)
            try await again.settle(released: documents[0])
            try promise(try await again.released(before: 99, limit: 9), is: [documents[1]])
        },
        LedgerPromise("a document that is put again is not released any more; one that a case uses never is") { home in
            let ledger = try await home.open()
            let hash = Sample.blob(1).hash
            let document = StoredDocument(mediaType: "image/png", size: 3, owner: "nik:1")
            try await ledger.putDocument(sha256: hash, document)
            try await ledger.release([hash], atMillis: 5)
            try promise(try await ledger.released(before: 9, limit: 9), is: [hash])
            try await ledger.putDocument(sha256: hash, document)
            try promise(try await ledger.released(before: 9, limit: 9), is: [])
            var state = Sample.newCase(1)
            state.documents = [.with { $0.sha256 = .init(hash) }]
            try await ledger.write(Sample.commit(state))
            try await ledger.release([hash], atMillis: 6)
            try promise(try await ledger.document(sha256: hash) != nil, "a document in use was forgotten")
        },
        LedgerPromise("answers older than a time are forgotten, the oldest first, as many as asked") { home in
            let ledger = try await home.open()
            for number in 1...5 {
                var commit = Sample.commit(Sample.newCase(number), key: Sample.key(number))
                commit.atMillis = Int64(number * 10)
                try await ledger.write(commit)
            }
            try promise(try await ledger.forgetAnswers(before: 40, limit: 2), is: 2)
            try promise(try await ledger.forgetAnswers(before: 40, limit: 9), is: 1)
            try promise(try await ledger.forgetAnswers(before: 40, limit: 9), is: 0)
            let kept = try await ledger.answer(to: Sample.key(4)) != nil
            try promise(kept, "an answer of the time itself was forgotten")
            let isForgotten = try await ledger.answer(to: Sample.key(3)) == nil
            try promise(isForgotten, "an old answer is still there")
        },
        LedgerPromise("what the hub does by itself is no deadline in the counts") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            (state.ended, state.personalUntilMs) = (true, 500)
            try await ledger.write(Sample.commit(state))
            try promise(try await ledger.counts().deadlinesRunning, is: 0)
            try promise(try await home.open().counts().deadlinesRunning, is: 0)
            try promise(try await home.open().dueDeadlines(nowMillis: 500, after: nil, limit: 9).count, is: 1)
        },
    ]
}
