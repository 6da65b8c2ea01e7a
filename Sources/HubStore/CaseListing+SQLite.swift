// The statement behind a list of cases: one ordered index leads, the other conditions filter.

import GRDB
import HubCore
import HubDomain

/// A query as SQL. Every list is ordered by id, newest first, and each leading index ends in the id, so that a page costs
/// what it shows, not what the ledger holds.
struct CaseListing: Sendable {
    let sql: String
    /// In the order of the statement's parameters.
    let values: [any SQLValue & Sendable]

    /// - Throws: ``HubError/Code/filterInvalid`` for an index field without its service.
    init(_ query: CaseQuery, nowMillis: Int64) throws(HubError) {
        var parts = Parts()
        parts.lead(query)
        if query.index != nil, query.service == nil {
            throw HubError(.filterInvalid, "a search by field needs the service")
        }
        if let department = query.department { parts.add("c.department = ?", department) }
        if let applicant = query.applicant { parts.add("c.applicant = ?", applicant) }
        if let service = query.service { parts.add("c.service = ?", service) }
        if let stage = query.stage { parts.add("c.stage = ?", stage) }
        if query.openOnly || query.overdueOnly { parts.conditions.append("c.ended = 0") }
        if query.overdueOnly { parts.add("(c.overdue = 1 OR c.due_ms <= ?)", nowMillis) }
        if let before = query.before { parts.add("\(parts.id) < ?", before) }
        values = parts.values + [Int64(max(0, min(query.limit, CaseQuery.limitMax)))]
        sql = """
            SELECT c.body FROM \(parts.source) \
            \(parts.conditions.isEmpty ? "" : "WHERE \(parts.conditions.joined(separator: " AND "))") \
            ORDER BY \(parts.id) DESC LIMIT ?
            """
    }

    private struct Parts {
        var source = "case_row AS c"
        var id = "c.id"
        var conditions: [String] = []
        var values: [any SQLValue & Sendable] = []

        mutating func add(_ condition: String, _ value: some SQLValue & Sendable) {
            conditions.append(condition)
            values.append(value)
        }

        /// Chooses the index by what narrows most; the planner has no statistics to choose by.
        mutating func lead(_ query: CaseQuery) {
            if let index = query.index, let service = query.service {
                // CROSS JOIN fixes the order: entries lead, each finds its case.
                source = "index_entry AS e CROSS JOIN case_row AS c ON c.id = e.case_id"
                id = "e.case_id"
                add("e.service = ?", service)
                add("e.field = ?", index.field)
                add("e.value = ?", index.value)
            } else if query.applicant != nil {
                source += " INDEXED BY case_by_applicant"
            } else if query.service != nil, query.stage != nil {
                source += " INDEXED BY case_by_stage"
            } else if query.department != nil {
                source +=
                    " INDEXED BY \(query.openOnly || query.overdueOnly ? "case_open_by_department" : "case_by_department")"
            } else if query.service == nil, query.openOnly || query.overdueOnly {
                source += " INDEXED BY case_open"
            }
        }
    }
}
