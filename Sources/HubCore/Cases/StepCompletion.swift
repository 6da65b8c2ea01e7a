// What the hub itself adds to a step of a case: its bill, its papers and their numbers, whose advice it needs, what it asks.

import HubDomain
import HubProto

/// The last part of every step, whoever made it: a module, a deadline or a payment.
struct StepCompletion: Sendable {
    let numbers: NumberBlocks
    let papers: PaperOffice
    let registers: RegisterBook
    let flags: FlagRound
    let slots: SlotCounts

    /// Completes a case that came to a stage.
    ///
    /// - Parameters:
    ///   - before: nil for a new case.
    ///   - action: nil when no action brought it here.
    /// - Returns: Records that belong to the same commit: what the case enters in registers, places that it gives back.
    /// - Throws: What ``BillPlan``, ``InquiryPlan``, ``ConsultationPlan``, ``PaperPlan``, ``PaperOffice``,
    ///   ``EntryPlan`` and ``RegisterBook`` throw.
    func complete(
        _ state: inout HubCase, after before: HubCase?, by action: HubAction?, _ definition: HubServiceDefinition,
        _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> [RecordWrite] {
        // A stage that bills nothing, or asks what is known, leads on to one that may bill or ask.
        for round in 0...definition.stages.count {
            let stage = state.stage
            try BillPlan(definition: definition, catalogue: catalogue, nowMillis: nowMillis)
                .complete(&state, after: before)
            try InquiryPlan(definition: definition, catalogue: catalogue, nowMillis: nowMillis).complete(&state)
            guard state.stage != stage else { break }
            guard round < definition.stages.count else {
                throw HubError(.definitionInvalid, "\(definition.service): stages lead in a circle")
            }
        }
        try ConsultationPlan(definition: definition, catalogue: catalogue, nowMillis: nowMillis).complete(&state)
        // A number of a paper is lost when its step is refused, so that registers come first.
        var records = try await enter(&state, after: before, definition, catalogue, nowMillis: nowMillis)
        let released = AppointmentPlan(definition: definition, catalogue: catalogue, nowMillis: nowMillis)
            .complete(&state)
        records += try await slots.releasing(released, catalogue)
        try PaperPlan(definition: definition, nowMillis: nowMillis).complete(&state, after: before, action: action)
        try await numbers.number(&state, year: catalogue.today(nowMillis).year)
        try await papers.issue(&state, definition, catalogue, nowMillis: nowMillis)
        FlagPlan(definition: definition, nowMillis: nowMillis).complete(&state, after: before)
        TermPlan(definition: definition, utcOffsetMinutes: catalogue.utcOffsetMinutes, nowMillis: nowMillis)
            .complete(&state)
        RetentionPlan(definition: definition, nowMillis: nowMillis).complete(&state)
        return records
    }

    /// Whether whoever meets another writer at this record looks again: cases share it.
    static func isShared(_ key: String) -> Bool {
        RegisterBook.isOwn(key) || SlotCounts.isOwn(key) || FollowBook.isOwn(key)
    }

    /// Writes what the stage says into registers.
    private func enter(
        _ state: inout HubCase, after before: HubCase?, _ definition: HubServiceDefinition,
        _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> [RecordWrite] {
        let drafts = try EntryPlan(definition: definition, catalogue: catalogue).drafts(for: state, after: before)
        guard !drafts.isEmpty else { return [] }
        var writer = state
        // Steps of the hub itself count the version last.
        writer.version = (before?.version ?? 0) + 1
        let written = try await registers.written(drafts, by: writer, tables: catalogue.tables, nowMillis: nowMillis)
        state.entries += written.references
        return written.records
    }
}
