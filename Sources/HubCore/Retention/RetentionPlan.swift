// How long the hub keeps who asked and what they wrote (UU 27/2022, articles 43 and 44). Pure: time is passed in.

import HubDomain
import HubProto

/// The retention of one definition.
struct RetentionPlan: Sendable {
    let definition: HubServiceDefinition
    let nowMillis: Int64

    /// The clock's row of it; no deadline of a definition can be called so.
    static let timerName = "retention/end"
    private static let millisPerDay: Int64 = 86_400_000

    /// Plans the end of what is personal in a case that has ended, and no end in one that goes on.
    func complete(_ state: inout HubCase) {
        guard definition.hasRetention, state.anonymisedMs == 0 else { return }
        guard state.ended else {
            state.personalUntilMs = 0
            return
        }
        // A step after the end, such as an answer to the survey, does not lengthen it.
        if state.personalUntilMs == 0 {
            state.personalUntilMs = nowMillis + Int64(definition.retention.days) * Self.millisPerDay
        }
    }

    /// What is remembered in place of a case whose time is over; nil = it is not.
    func commit(of before: HubCase) -> Commit? {
        guard before.ended, before.personalUntilMs != 0, before.personalUntilMs <= nowMillis else { return nil }
        var state = before.withoutPersonal(definition)
        (state.personalUntilMs, state.anonymisedMs) = (0, nowMillis)
        state.follow(before, nowMillis)
        var commit = Commit(state, after: before, .anonymised, definition) { _ in }
        commit.cases[0].erases = true
        return commit
    }
}

extension HubCase {
    /// What stays when nobody shall be known by it: which service, where it went and when, and answers that are no free text.
    fileprivate func withoutPersonal(_ definition: HubServiceDefinition) -> HubCase {
        var state = self
        state.applicant = ""
        let kept = Set(definition.fields.filter(\.outlivesPersons).map(\.name))
        state.data = data.filter { kept.contains($0.name) }
        state.documents = []
        state.warnings = []
        state.note = ""
        state.taken = []
        state.consents = []
        state.flags = []
        state.survey.comment = ""
        if !hasSurvey { state.clearSurvey() }
        for index in state.consultations.indices { state.consultations[index].note = "" }
        for index in state.appointments.indices { state.appointments[index].clearIdentity() }
        for index in state.inquiries.indices {
            // By these the authority knows whose it was.
            state.inquiries[index].reference = ""
            state.inquiries[index].proof = .init()
            state.inquiries[index].answerSha256 = .init()
            state.inquiries[index].wrongSha256 = .init()
        }
        return state
    }
}

extension HubFormField {
    /// Its value says nothing of a person: neither marked so, nor written freely, but for what is published anyway.
    fileprivate var outlivesPersons: Bool {
        guard !personal else { return false }
        switch type {
        case .choice, .code, .flag, .integer, .rupiah, .date: return true
        case .text: return published
        default: return false
        }
    }
}

extension HubCase {
    /// When what is personal in it goes; nil = that is not planned.
    var retentionTimer: DueTimer? {
        personalUntilMs == 0 ? nil : DueTimer(name: RetentionPlan.timerName, dueMillis: personalUntilMs)
    }

    /// Documents and papers it refers to, each once, 32 bytes.
    package var documentHashes: [[UInt8]] {
        // Asked with every step of every case, of which most have none.
        if documents.isEmpty, papers.isEmpty, consents.isEmpty { return [] }
        var seen: Set<[UInt8]> = []
        let all =
            documents.map(\.sha256) + consents.map(\.documentSha256) + papers.flatMap { [$0.sha256, $0.copySha256] }
        return all.map { [UInt8]($0) }.filter { $0.count == 32 && seen.insert($0).inserted }
    }
}
