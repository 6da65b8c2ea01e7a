// Promises on what stands beside the cases: records, numbers, documents.

import HubCore
import HubDomain
import HubProto

extension LedgerSuite {
    static let records: [LedgerPromise] = [
        LedgerPromise("a record's version grows by one with each write") { home in
            let ledger = try await home.open()
            try promise(try await ledger.record("p/a") == nil, "a record that was never written")
            for version in 0..<3 as Range<UInt64> {
                try await ledger.write(Sample.record("p/a", expecting: version, [UInt8(version)]))
                let record = try await ledger.record("p/a")
                try promise(record?.version, is: version + 1)
                try promise(record?.body, is: [UInt8(version)])
            }
        },
        LedgerPromise("a record with a stale version is a conflict that names the present one") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.record("p/a"))
            let (key, present) = try await ledger.conflict(Sample.record("p/a", expecting: 7))
            try promise(key, is: "p/a")
            try promise(present, is: 1)
            try promise(try await ledger.conflict(Sample.record("p/new", expecting: 1)).present, is: 0)
        },
        LedgerPromise("records by prefix come by key, and only those") { home in
            let ledger = try await home.open()
            for key in ["b/2", "a/z", "b/1", "b", "b/é", "c/1", "B/1", "b0"] {
                try await ledger.write(Sample.record(key))
            }
            try promise(try await ledger.records(prefix: "b/").map(\.key), is: ["b/1", "b/2", "b/é"])
            try promise(try await ledger.records(prefix: "x").map(\.key), is: [])
            try promise(try await ledger.records(prefix: "").count, is: 8)
        },
        LedgerPromise("an empty record is a record") { home in
            let ledger = try await home.open()
            try await ledger.write(Sample.record("p/empty", []))
            try promise(try await ledger.record("p/empty")?.body, is: [])
        },
        LedgerPromise("records live through a reopen") { home in
            try await home.open().write(Sample.record("p/a", [1, 2]))
            let record = try await home.open().record("p/a")
            try promise(record?.version, is: 1)
            try promise(record?.body, is: [1, 2])
        },
    ]

    static let numbers: [LedgerPromise] = [
        LedgerPromise("numbers begin at 1 and follow one another, each series for itself") { home in
            let ledger = try await home.open()
            try promise(try await ledger.leaseNumbers(series: "IZN-2026", count: 10), is: 1..<11)
            try promise(try await ledger.leaseNumbers(series: "IZN-2026", count: 5), is: 11..<16)
            try promise(try await ledger.leaseNumbers(series: "ADU-2026", count: 1), is: 1..<2)
        },
        LedgerPromise("a number is never given twice, even after a reopen") { home in
            let first = try await home.open().leaseNumbers(series: "ADU", count: 100)
            let second = try await home.open().leaseNumbers(series: "ADU", count: 100)
            try promise(second, is: first.upperBound..<201)
        },
        LedgerPromise("32 leases at once share nothing") { home in
            let ledger = try await home.open()
            let given = try await withThrowingTaskGroup(of: Range<UInt64>.self) { group in
                for _ in 1...32 { group.addTask { try await ledger.leaseNumbers(series: "ADU", count: 7) } }
                return try await group.reduce(into: [UInt64]()) { $0 += Array($1) }
            }
            try promise(given.sorted(), is: Array(1...224))
        },
        LedgerPromise("a lease of none takes none, one beyond the end of numbers is refused") { home in
            let ledger = try await home.open()
            try promise(try await ledger.leaseNumbers(series: "ADU", count: 0).isEmpty, is: true)
            try await promiseError(.internalFault) { _ = try await ledger.leaseNumbers(series: "ADU", count: .max) }
            try promise(try await ledger.leaseNumbers(series: "ADU", count: 1), is: 1..<2)
        },
    ]

    static let documents: [LedgerPromise] = [
        LedgerPromise("what is known of a document is kept under its hash, and its bytes are not") { home in
            let ledger = try await home.open()
            let hash = [UInt8](repeating: 1, count: 32)
            try promise(try await ledger.document(sha256: hash), is: nil)
            var document = StoredDocument(
                mediaType: "image/jpeg", size: 26_214_400, owner: "urn:elayanan:loket:a", body: [0xD8])
            try await ledger.putDocument(sha256: hash, document)
            document.body = nil
            try promise(try await ledger.document(sha256: hash) == document, "the document was changed")
            try promise(try await home.open().document(sha256: hash) == document, "the document did not live on")
        },
        LedgerPromise("the same bytes twice are one document, kept as it first came, of everyone who put it") { home in
            let ledger = try await home.open()
            let hash = [UInt8](repeating: 1, count: 32)
            let first = StoredDocument(mediaType: "image/png", size: 3, owner: "a")
            try await ledger.putDocument(sha256: hash, first)
            try await ledger.putDocument(sha256: hash, StoredDocument(mediaType: "image/gif", size: 3, owner: "b"))
            try promise(try await ledger.document(sha256: hash), is: first)
            for owners in [["a"], ["b"], ["c", "b"], ["a", "b"]] {
                try promise(try await ledger.documentFacts([hash], owners: owners)[hash]?.mediaType, is: "image/png")
            }
            try promise(try await ledger.documentFacts([hash], owners: ["c"]).count, is: 0)
            try promise(try await ledger.documentFacts([hash], owners: []).count, is: 0)
            try promise(try await home.open().documentFacts([hash], owners: ["b"]).count, is: 1)
        },
        LedgerPromise("facts are given of the documents that are stored, and of no others") { home in
            let ledger = try await home.open()
            let hashes = (0..<4).map { [UInt8](repeating: $0, count: 32) }
            for (size, hash) in hashes.prefix(3).enumerated() {
                try await ledger.putDocument(
                    sha256: hash,
                    StoredDocument(mediaType: "t/\(size)", size: UInt64(size), owner: "a"))
            }
            let facts = try await ledger.documentFacts(Array(hashes.dropFirst()) + [[1, 2]], owners: ["a"])
            try promise(facts.count, is: 2)
            try promise(facts[hashes[1]]?.size, is: 1)
            try promise(facts[hashes[2]]?.mediaType, is: "t/2")
            try promise(try await ledger.documentFacts([], owners: ["a"]).count, is: 0)
        },
        LedgerPromise("a hash that is none is refused") { home in
            let ledger = try await home.open()
            let document = StoredDocument(mediaType: "t/t", size: 1, owner: "a")
            try await promiseError(.internalFault) { try await ledger.putDocument(sha256: [1, 2], document) }
        },
    ]
}
