// What the hub itself adds to a step of a case: its bill, its papers and their numbers, and whose advice it needs.

import HubDomain
import HubProto

/// The last part of every step, whoever made it: a module, a deadline or a payment.
struct StepCompletion: Sendable {
    let numbers: NumberBlocks
    let papers: PaperOffice

    /// Completes a case that came to a stage.
    ///
    /// - Parameters:
    ///   - before: nil for a new case.
    ///   - action: nil when no action brought it here.
    /// - Throws: What ``BillPlan``, ``ConsultationPlan``, ``PaperPlan`` and ``PaperOffice`` throw.
    func complete(
        _ state: inout HubCase, after before: HubCase?, by action: HubAction?, _ definition: HubServiceDefinition,
        _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) {
        try BillPlan(definition: definition, catalogue: catalogue, nowMillis: nowMillis).complete(&state, after: before)
        try ConsultationPlan(definition: definition, catalogue: catalogue, nowMillis: nowMillis).complete(&state)
        try PaperPlan(definition: definition, nowMillis: nowMillis).complete(&state, after: before, action: action)
        try await numbers.number(&state, year: catalogue.today(nowMillis).year)
        try await papers.issue(&state, definition, catalogue, nowMillis: nowMillis)
    }
}

extension HubCase {
    /// Papers that are not as they were before, as events tell them.
    func papersChanged(since before: HubCase?) -> [HubPaper] {
        let old = before?.papers ?? []
        return papers.enumerated().filter { index, paper in index >= old.count || old[index] != paper }
            .map(\.element.forEvents)
    }
}
