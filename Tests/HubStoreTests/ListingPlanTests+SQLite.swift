// The cost of a list page depends on the page, not on how many cases there are: an ordered index leads each list.

import HubCore
import HubTestKit
import Testing

@testable import HubStore

@Suite("How lists are carried out")
struct ListingPlanTests {
    /// Lists that departments and citizens ask for, and the index that must lead them.
    static let queries: [(name: String, index: String, change: @Sendable (inout CaseQuery) -> Void)] = [
        ("department", "case_by_department (department=?)", { $0.department = "perizinan" }),
        (
            "open of a department", "case_open_by_department (department=?)",
            {
                $0.department = "perizinan"
                $0.openOnly = true
            }
        ),
        (
            "overdue of a department", "case_open_by_department (department=?)",
            {
                $0.department = "perizinan"
                $0.overdueOnly = true
            }
        ),
        ("applicant", "case_by_applicant (applicant=?)", { $0.applicant = "warga-1" }),
        (
            "applicant in a department", "case_by_applicant (applicant=?)",
            {
                $0.applicant = "warga-1"
                $0.department = "perizinan"
            }
        ),
        (
            "service and stage", "case_by_stage (service=? AND stage=?)",
            {
                $0.service = "izin"
                $0.stage = "diajukan"
            }
        ),
        (
            "service and stage of a department, open", "case_by_stage (service=? AND stage=?)",
            {
                $0.department = "perizinan"
                $0.service = "izin"
                $0.stage = "diajukan"
                $0.openOnly = true
            }
        ),
        (
            "field", "PRIMARY KEY (service=? AND field=? AND value=?)",
            {
                $0.service = "izin"
                $0.index = IndexEntry(field: "nama", value: "siti")
            }
        ),
    ]

    @Test("no list scans the table or sorts, from the first page and from a later one", arguments: queries.indices)
    func list_usesIndex(_ number: Int) async throws {
        try await StateDirectory.use { directory in
            let (name, index, change) = Self.queries[number]
            let ledger = try directory.open()
            for before in [nil, Sample.id(5)] {
                var query = CaseQuery()
                change(&query)
                query.before = before
                let plan = try ledger.plan(query)
                #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }, "\(name): \(plan)")
                let key = index.dropLast()  // A page token continues the key: "(department=? AND id<?)".
                #expect(plan.first?.contains(key) == true, "\(name): \(plan)")
                if before != nil { #expect(plan.first?.contains("id<?") == true, "\(name): \(plan)") }
            }
        }
    }

    @Test("a list of everything walks the ids from the newest and sorts nothing")
    func listOfAll_walksIDs() async throws {
        try await StateDirectory.use { directory in
            let plan = try directory.open().plan(CaseQuery())
            #expect(plan.count == 1)
            #expect(plan.first?.contains("USING INDEX") == true, "\(plan)")
        }
    }

    @Test("a history is found by its index and needs no sorting")
    func history_usesIndex() async throws {
        try await StateDirectory.use { directory in
            let ledger = try directory.open()
            let plan = try ledger.pool.read { db in
                try PreparedStatement(
                    db,
                    "EXPLAIN QUERY PLAN SELECT body FROM event WHERE case_id = ? AND case_version > ? ORDER BY case_version"
                ).all(Sample.id(1), Int64(0)) { $0.text(3) }
            }
            #expect(plan.count == 1)
            #expect(plan.first?.contains("event_by_case (case_id=? AND case_version>?)") == true, "\(plan)")
        }
    }
}
