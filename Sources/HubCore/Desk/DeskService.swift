// What waits for an officer, who works where, and who is away.

import HubDomain
import HubProto
import SwiftProtobuf

/// The reads of `layanan.v1.Desk`, and absences.
struct DeskService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let absences: AbsenceBoard
    let access: CaseAccess
    let clock: any HubClock

    private var policy: Policy { access.policy }

    // MARK: What waits

    func queue(_ context: CallContext, _ request: LayananQueueRequest) async throws(HubError) -> LayananQueueReply {
        guard !policy.applicants.contains(context.actor.role) else {
            throw HubError(.permissionDenied, "queues are officers' own")
        }
        let limit =
            request.pageSize == 0
            ? CaseReads.pageSize.standard : min(Int(request.pageSize), CaseReads.pageSize.max)
        var entries: [LayananQueueEntry] = []
        var seen: Set<[UInt8]> = []
        for (reason, place) in places(of: context.actor) where [.unspecified, reason].contains(request.reason) {
            let visible = try await ledger.waiting(place, limit: limit + 1) { state in
                access.sees(context.actor, state) ? state : nil
            }
            for state in visible {
                guard seen.insert([UInt8](state.id)).inserted else { continue }
                entries.append(
                    .with {
                        $0.case = LayananCaseSummary(state)
                        $0.reason = reason
                    })
            }
        }
        entries.sort { ($0.case.urgency, $0.case.number) < ($1.case.urgency, $1.case.number) }
        return .with {
            $0.entries = Array(entries.prefix(limit))
            $0.more = entries.count > limit
        }
    }

    /// What to look for: the officer's own and those of everybody for whom it stands in; then what its units have.
    private func places(of actor: HubActor) -> [(LayananQueueReason, WaitingPlace)] {
        let catalogue = rulebook.catalogue
        let persons = absences.represented(by: actor.principal, on: catalogue.today(clock.nowMillis()))
        var places: [(LayananQueueReason, WaitingPlace)] = []
        places += persons.map { (.held, .held(by: $0)) }
        places += persons.map { (.asked, .asked($0)) }
        let chart = catalogue.chart
        places += advisers(persons, actor, chart).map { (.advice, .advice(unit: $0)) }
        var units = chart?.workplaces(of: actor.principal) ?? []
        if units.isEmpty { units = [actor.unit, ""] }
        for unit in units {
            places.append((.unclaimed, WaitingPlace(unit: unit, department: actor.department)))
            if let department = chart?.department(of: unit), chart?.front(of: department) == unit {
                places.append((.unclaimed, WaitingPlace(unit: "", department: department)))
            }
        }
        return places
    }

    /// Units for which an officer, or somebody for whom it stands in, may advise; who stands on no chart does for all of
    /// its department.
    private func advisers(_ persons: [String], _ actor: HubActor, _ chart: OrganisationChart?) -> [String] {
        guard let chart else { return [] }
        var seen: Set<String> = []
        var units = persons.flatMap(chart.workplaces)
        if chart.workplace(of: actor.principal) == nil { units += chart.units(of: actor.department) }
        return units.filter { seen.insert($0).inserted }
    }

    // MARK: Who works where

    func organisation(
        _ context: CallContext, _ request: LayananOrganisationRequest
    ) async throws(HubError) -> LayananOrganisationReply {
        guard let rule = rulebook.catalogue.inForce.values.first(where: { $0.kind == .organisation }),
            let body = try await ledger.record(rule.recordKey)?.body
        else { return LayananOrganisationReply() }
        let organisation: HubOrganisation = try decoded(body, rule.recordKey)
        return .with { $0.organisation = organisation }
    }

    func listAbsences(
        _ context: CallContext, _ request: LayananAbsencesRequest
    ) async throws(HubError) -> LayananAbsencesReply {
        let today = rulebook.catalogue.today(clock.nowMillis())
        return .with { $0.absences = absences.current(on: today) }
    }

    func setAbsence(_ context: CallContext, _ request: LayananSetAbsenceRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let absence = request.absence
        try check(absence, by: context.actor)
        var event = HubEvent()
        event.kind = .absence
        event.atMs = clock.nowMillis()
        event.actor = context.actor
        event.department = context.actor.department
        event.changed = [
            .with { ($0.name, $0.text) = ("officer", absence.officer) },
            .with { ($0.name, $0.text) = ("days", "\(absence.firstDay)/\(absence.lastDay)") },
            .with { ($0.name, $0.text) = ("substitute", absence.substitute) },
        ]
        let key = AbsenceBoard.recordKey(absence.officer)
        let version = try await ledger.record(key)?.version ?? 0
        var commit = Commit(key: context.commitKey, atMillis: event.atMs)
        commit.records = [
            RecordWrite(
                key: key, expectedVersion: version,
                body: try absence.ledgerBytes())
        ]
        commit.events = [event]
        commit.answer = try LayananSetAbsenceReply.with { $0.absence = absence }.ledgerBytes()
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.versionStale, "somebody else changed this absence; try again")
        }
        if !answer.replayed { absences.set(absence, version: version + 1) }
        return answer
    }

    /// Oneself may say it, and who leads the unit in which the officer works.
    private func check(_ absence: LayananAbsence, by actor: HubActor) throws(HubError) {
        let chart = rulebook.catalogue.chart
        guard let chart, let workplace = chart.workplace(of: absence.officer) else {
            throw HubError(
                .formInvalid, "absence",
                violations: [
                    Violation(
                        "absence/officer", "unknown", id: "Petugas ini tidak ada dalam struktur organisasi.",
                        en: "The organisation does not know this officer.")
                ])
        }
        guard
            absence.officer == actor.principal || chart.leads(actor.principal, workplace)
                || policy.allActions.contains(actor.role)
        else {
            throw HubError(.permissionDenied, "an absence is told by the officer or by who leads its unit")
        }
        var wrong: [Violation] = []
        if !absence.firstDay.isEmpty || !absence.lastDay.isEmpty {
            let first = CalendarDate(iso: absence.firstDay)
            let last = CalendarDate(iso: absence.lastDay)
            if first == nil || last == nil || absence.firstDay > absence.lastDay {
                wrong.append(
                    Violation(
                        "absence/last_day", "days", id: "Isi hari pertama dan terakhir, YYYY-MM-DD.",
                        en: "Give the first and the last day, YYYY-MM-DD."))
            }
        }
        // Of two who lead one unit neither may take the other's place; who is above both may.
        let isAbove = chart.line(from: workplace).dropFirst().first.map { chart.leads(actor.principal, $0) } ?? false
        let namesItself = absence.substitute == actor.principal && absence.officer != actor.principal
        if namesItself, !isAbove, !policy.allActions.contains(actor.role) {
            wrong.append(
                Violation(
                    "absence/substitute", "oneself", id: "Yang setara tidak boleh menunjuk dirinya sendiri.",
                    en: "Only who is above an officer may name oneself as its substitute."))
        }
        if !absence.substitute.isEmpty,
            absence.substitute == absence.officer || chart.workplace(of: absence.substitute) == nil
        {
            wrong.append(
                Violation(
                    "absence/substitute", "unknown", id: "Pilih pengganti yang ada dalam struktur organisasi.",
                    en: "Choose a substitute whom the organisation knows."))
        }
        guard wrong.isEmpty else { throw HubError(.formInvalid, "absence", violations: wrong) }
    }
}

extension LayananCaseSummary {
    /// Earlier deadlines come first, cases without one last.
    fileprivate var urgency: Int64 { dueMs == 0 ? .max : dueMs }
}
