// Promises on reading cases: one by one, in lists with filters and pages, by deadline and by searchable value.

import HubCore
import HubDomain
import HubProto

extension LedgerSuite {
    static let caseReads: [LedgerPromise] = [
        LedgerPromise("a case that does not exist is nil, by id and by number") { home in
            let ledger = try await home.open()
            try promise(try await ledger.caseState(id: Sample.id(1)), is: nil)
            try promise(try await ledger.caseState(id: []), is: nil)
            try promise(try await ledger.caseState(number: "IZN-2026-1"), is: nil)
            try promise(try await ledger.caseState(number: ""), is: nil)
        },
        LedgerPromise("a number with quotes, zero bytes or Unicode finds exactly its case") { home in
            let ledger = try await home.open()
            let numbers = ["A'; DROP TABLE case_row; --", "%", "_", "ñ-1", "a\0b", "a"]
            for (position, number) in numbers.enumerated() {
                var state = Sample.newCase(position)
                state.number = number
                try await ledger.write(Sample.commit(state))
            }
            for (position, number) in numbers.enumerated() {
                try promise(
                    (try await ledger.caseState(number: number)?.id).map { [UInt8]($0) }, is: Sample.id(position))
            }
        },
    ]

    /// Twelve cases: two departments, two services, two stages, every third ended, applicants a and b.
    private static func fill(_ ledger: any Ledger) async throws {
        for number in 1...12 {
            var state = Sample.newCase(
                number, department: number % 2 == 0 ? "perizinan" : "pengaduan",
                service: number % 2 == 0 ? "izin" : "complaint-a")
            state.stage = number % 4 < 2 ? "diajukan" : "diperiksa"
            state.ended = number % 3 == 0
            state.applicant = number <= 6 ? "a" : "b"
            try await ledger.write(
                Sample.commit(
                    state, index: [IndexEntry(field: "kelurahan", value: number % 4 == 0 ? "barat" : "timur")]))
        }
    }

    private static func numbers(_ numbers: [Int]) -> [String] { numbers.map { "IZN-2026-\($0)" } }

    static let lists: [LedgerPromise] = [
        LedgerPromise("a list without conditions shows all, newest first") { home in
            let ledger = try await home.open()
            try await fill(ledger)
            try promise(try await ledger.list { _ in }, is: numbers(Array((1...12).reversed())))
        },
        LedgerPromise("each condition filters, and all that are set must hold") { home in
            let ledger = try await home.open()
            try await fill(ledger)
            let cases: [((inout CaseQuery) -> Void, [Int])] = [
                ({ $0.department = "perizinan" }, [12, 10, 8, 6, 4, 2]),
                ({ $0.department = "none" }, []),
                ({ $0.applicant = "a" }, [6, 5, 4, 3, 2, 1]),
                ({ $0.service = "complaint-a" }, [11, 9, 7, 5, 3, 1]),
                ({ $0.stage = "diperiksa" }, [11, 10, 7, 6, 3, 2]),
                ({ $0.openOnly = true }, [11, 10, 8, 7, 5, 4, 2, 1]),
                (
                    {
                        $0.service = "izin"; $0.stage = "diperiksa"
                    }, [10, 6, 2]
                ),
                (
                    {
                        $0.department = "perizinan"; $0.openOnly = true
                    }, [10, 8, 4, 2]
                ),
                (
                    {
                        $0.department = "perizinan"; $0.service = "izin"; $0.stage = "diajukan"
                    }, [12, 8, 4]
                ),
                (
                    {
                        $0.department = "pengaduan"; $0.service = "izin"
                    }, []
                ),
                (
                    {
                        $0.applicant = "b"; $0.department = "perizinan"; $0.openOnly = true
                    }, [10, 8]
                ),
                (
                    {
                        $0.service = "izin"; $0.stage = "diperiksa"; $0.openOnly = true; $0.applicant = "b"
                    }, [10]
                ),
                (
                    {
                        $0.service = "izin"; $0.index = IndexEntry(field: "kelurahan", value: "barat")
                    }, [12, 8, 4]
                ),
                (
                    {
                        $0.service = "izin"
                        $0.index = IndexEntry(field: "kelurahan", value: "timur")
                        $0.openOnly = true
                        $0.applicant = "a"
                    }, [2]
                ),
            ]
            for (change, expected) in cases { try promise(try await ledger.list(change), is: numbers(expected)) }
        },
        LedgerPromise("pages join without gap or repetition while new cases arrive") { home in
            let ledger = try await home.open()
            try await fill(ledger)
            var seen: [String] = []
            var query = CaseQuery()
            query.department = "perizinan"
            query.limit = 2
            for page in 0..<9 {
                let found = try await ledger.cases(query, nowMillis: Sample.now)
                guard let last = found.last else { break }
                seen += found.map(\.number)
                query.before = [UInt8](last.id)
                try await ledger.write(Sample.commit(Sample.newCase(100 + page)))
            }
            try promise(seen, is: numbers([12, 10, 8, 6, 4, 2]))
        },
        LedgerPromise("a page token before everything gives nothing, one after everything gives all") { home in
            let ledger = try await home.open()
            try await fill(ledger)
            try promise(try await ledger.list { $0.before = Array(repeating: 0, count: 16) }, is: [])
            try promise(try await ledger.list { $0.before = Array(repeating: 0xFF, count: 16) }.count, is: 12)
            try promise(try await ledger.list { $0.before = Sample.id(2) }, is: numbers([1]))
        },
        LedgerPromise("a list never shows more than its limit, nor more than a page of 200 and the one after it") {
            home in
            let ledger = try await home.open()
            var commit = Commit(key: nil, atMillis: Sample.now)
            commit.cases = (1...205).map { CaseWrite(state: Sample.newCase($0), expectedVersion: 0, index: []) }
            try await ledger.write(commit)
            try promise(try await ledger.list { $0.limit = 1 }, is: numbers([205]))
            try promise(try await ledger.list { $0.limit = 0 }, is: [])
            try promise(try await ledger.list { $0.limit = -5 }, is: [])
            try promise(try await ledger.list { $0.limit = 5_000 }.count, is: 201)
            try promise(try await ledger.list { _ in }.count, is: 50)
        },
        LedgerPromise("ids decide the order, not the time of writing") { home in
            let ledger = try await home.open()
            for number in [5, 1, 9, 3] { try await ledger.write(Sample.commit(Sample.newCase(number))) }
            try promise(try await ledger.list { $0.department = "perizinan" }, is: numbers([9, 5, 3, 1]))
        },
        LedgerPromise("an overdue list shows open cases with a passed deadline, and only those") { home in
            let ledger = try await home.open()
            let due: [(Int64, HubDeadlineState)?] = [
                nil, (Sample.now - 1, .running), (Sample.now, .running), (Sample.now + 1, .running),
                (Sample.now - 9, .passed), (Sample.now - 9, .met), (Sample.now - 9, .paused),
                (Sample.now - 9, .history),
            ]
            for (number, clock) in due.enumerated() {
                var state = Sample.newCase(number)
                if let (dueMillis, kind) = clock { state.deadlines = [Sample.deadline("k", due: dueMillis, kind)] }
                try await ledger.write(Sample.commit(state))
            }
            var ended = Sample.newCase(50)
            ended.ended = true
            ended.deadlines = [Sample.deadline("k", due: 1, .passed)]
            try await ledger.write(Sample.commit(ended))
            try promise(try await ledger.list { $0.overdueOnly = true }, is: numbers([4, 2, 1]))
            try promise(
                try await ledger.list {
                    $0.overdueOnly = true
                    $0.department = "perizinan"
                }, is: numbers([4, 2, 1]))
            try promise(
                try await ledger.list(nowMillis: Sample.now + 1) { $0.overdueOnly = true }, is: numbers([4, 3, 2, 1]))
        },
    ]

    static let deadlines: [LedgerPromise] = [
        LedgerPromise("running deadlines that are due come earliest first, as many as asked") { home in
            let ledger = try await home.open()
            for (number, due) in [30, 10, 20, 40].enumerated() {
                var state = Sample.newCase(number)
                state.deadlines = [Sample.deadline("k", due: Int64(due))]
                try await ledger.write(Sample.commit(state))
            }
            try promise(try await ledger.nextDueMillis(after: .min), is: 10)
            try promise(try await ledger.nextDueMillis(after: 10), is: 20)
            try promise(try await ledger.nextDueMillis(after: 40), is: nil)
            try promise(
                try await ledger.dueDeadlines(nowMillis: 30, after: nil, limit: 9).map(\.dueMillis), is: [10, 20, 30])
            try promise(
                try await ledger.dueDeadlines(nowMillis: 30, after: nil, limit: 1),
                is: [DueDeadline(caseID: Sample.id(1), name: "k", dueMillis: 10)])
            try promise(try await ledger.dueDeadlines(nowMillis: 9, after: nil, limit: 9), is: [])
            try promise(try await ledger.dueDeadlines(nowMillis: 99, after: nil, limit: 0), is: [])
        },
        LedgerPromise("without running deadlines nothing is next") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            state.deadlines = [Sample.deadline("a", due: 1, .paused), Sample.deadline("b", due: 1, .history)]
            try await ledger.write(Sample.commit(state))
            try promise(try await ledger.nextDueMillis(after: .min), is: nil)
            try promise(try await ledger.dueDeadlines(nowMillis: .max, after: nil, limit: 9), is: [])
        },
        LedgerPromise("deadlines move, stop and begin with the versions of their case") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            let versions: [([HubDeadline], [Int64])] = [
                ([Sample.deadline("a", due: 10), Sample.deadline("b", due: 20)], [10, 20]),
                ([Sample.deadline("a", due: 15), Sample.deadline("b", due: 20)], [15, 20]),
                ([Sample.deadline("a", due: 15, .paused), Sample.deadline("b", due: 20)], [20]),
                ([Sample.deadline("a", due: 25), Sample.deadline("b", due: 20, .passed)], [25]),
                ([], []),
                ([Sample.deadline("a", due: -5)], [-5]),
            ]
            for (position, (clocks, expected)) in versions.enumerated() {
                state.version = UInt64(position + 1)
                state.deadlines = clocks
                try await ledger.write(Sample.commit(state))
                try promise(
                    try await ledger.dueDeadlines(nowMillis: 99, after: nil, limit: 9).map(\.dueMillis), is: expected)
                try promise(try await ledger.nextDueMillis(after: .min), is: expected.first)
            }
        },
        LedgerPromise("two deadlines at the same moment, of one case and of two, are both due") { home in
            let ledger = try await home.open()
            for number in [1, 2] {
                var state = Sample.newCase(number)
                state.deadlines = [Sample.deadline("b", due: 10), Sample.deadline("a", due: 10)]
                try await ledger.write(Sample.commit(state))
            }
            let due = try await ledger.dueDeadlines(nowMillis: 10, after: nil, limit: 9)
            try promise(due.map(\.name), is: ["a", "b", "a", "b"])
            try promise(due.map(\.caseID), is: [1, 1, 2, 2].map { Sample.id($0) })
            for (position, last) in due.enumerated() {
                try promise(
                    try await ledger.dueDeadlines(nowMillis: 10, after: last, limit: 9),
                    is: Array(due.dropFirst(position + 1)))
            }
        },
    ]

    static let search: [LedgerPromise] = [
        LedgerPromise("a case is found by each of its values, and no longer by those it lost") { home in
            let ledger = try await home.open()
            var state = Sample.newCase(1)
            let search: @Sendable (String, String) async throws -> Int = { field, value in
                try await ledger.list {
                    $0.service = "izin"
                    $0.index = IndexEntry(field: field, value: value)
                }.count
            }
            let entries = [IndexEntry(field: "nama", value: "siti"), IndexEntry(field: "nik", value: "1")]
            try await ledger.write(Sample.commit(state, index: entries))
            try promise(try await search("nama", "siti"), is: 1)
            try promise(try await search("nik", "1"), is: 1)
            state.version = 2
            let later = [IndexEntry(field: "nama", value: "siti"), IndexEntry(field: "nik", value: "2")]
            try await ledger.write(Sample.commit(state, index: later))
            try promise(try await search("nama", "siti"), is: 1)
            try promise(try await search("nik", "1"), is: 0)
            try promise(try await search("nik", "2"), is: 1)
            state.version = 3
            try await ledger.write(Sample.commit(state, index: []))
            try promise(try await search("nama", "siti"), is: 0)
        },
        LedgerPromise("values are compared whole and byte for byte") { home in
            let ledger = try await home.open()
            try await ledger.write(
                Sample.commit(Sample.newCase(1), index: [IndexEntry(field: "nama", value: "siti a")]))
            for value in ["siti", "Siti a", "siti a ", "%", ""] {
                let found = try await ledger.list {
                    $0.service = "izin"
                    $0.index = IndexEntry(field: "nama", value: value)
                }
                try promise(found, is: [])
            }
        },
        LedgerPromise("the same value given twice, or by another service, makes no second line") { home in
            let ledger = try await home.open()
            let entry = IndexEntry(field: "nama", value: "siti")
            try await ledger.write(Sample.commit(Sample.newCase(1), index: [entry, entry]))
            try await ledger.write(Sample.commit(Sample.newCase(2, service: "lain"), index: [entry]))
            let found = try await ledger.list {
                $0.service = "izin"
                $0.index = entry
            }
            try promise(found, is: numbers([1]))
        },
        LedgerPromise("a search by field without its service is refused") { home in
            let ledger = try await home.open()
            try await promiseError(.filterInvalid) {
                _ = try await ledger.list { $0.index = IndexEntry(field: "nama", value: "siti") }
            }
        },
    ]
}
