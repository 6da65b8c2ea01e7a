// What an actor may do with a case as the organisation sees them both.

import HubDomain
import HubProto

/// One actor before one case. A principal that stands on no chart, such as a counter's program, works for its whole
/// department; people who stand on it work in their units and below.
struct DeskRights: Sendable {
    let actor: HubActor
    let state: HubCase
    let catalogue: ServiceCatalogue
    let access: CaseAccess
    let nowMillis: Int64

    private var policy: Policy { access.policy }
    var chart: OrganisationChart? { catalogue.chart }

    /// Unit that holds the case; nil without a chart.
    var unit: String? { chart?.unit(of: state) }

    var worksInDepartment: Bool { access.works(actor, on: state) }

    /// The actor works in the case's unit or above it; who stands on no chart works for a whole department.
    var worksInUnit: Bool {
        guard let chart, let unit, chart.workplace(of: actor.principal) != nil else { return worksInDepartment }
        return chart.works(actor.principal, in: unit)
    }

    /// The actor, or somebody for whom it stands in, holds the case.
    var holds: Bool { !state.holder.isEmpty && persons.contains(state.holder) }

    /// The actor, or somebody for whom it stands in, answers for the case's unit.
    var leads: Bool {
        if policy.allActions.contains(actor.role) { return true }
        guard let chart, let unit, chart.workplace(of: actor.principal) != nil else { return worksInDepartment }
        return persons.contains { chart.leads($0, unit) }
    }

    /// An officer who may hold the case.
    func mayHold(_ officer: Principal) -> Bool {
        guard !policy.applicants.contains(officer.role) else { return false }
        guard let chart, let unit, chart.workplace(of: officer.urn) != nil else {
            return officer.department == state.department
        }
        return chart.works(officer.urn, in: unit)
    }

    func require(_ right: Bool, _ sentence: String) throws(HubError) {
        guard right else { throw HubError(.permissionDenied, sentence) }
    }

    /// The actor and those for whom it stands in.
    private var persons: [String] { access.absences.represented(by: actor.principal, on: today) }

    private var today: CalendarDate { catalogue.today(nowMillis) }
}

extension OrganisationChart {
    /// Unit that holds a case: its own, or that which stands for its department.
    func unit(of state: HubCase) -> String? {
        state.unit.isEmpty || !contains(unit: state.unit) ? front(of: state.department) : state.unit
    }

    /// Who is asked at the rung to which a case has escalated: the officer of the post, for whom others may stand in.
    /// Where nobody does the next one up is asked. Empty when the case has not escalated, or nobody is there.
    func asked(_ state: HubCase, _ absences: AbsenceBoard, on day: CalendarDate) -> String {
        guard state.escalation > 0, let unit = unit(of: state) else { return "" }
        return asked(rung: state.escalatedTo, from: unit) { absences.standIn(for: $0, on: day) != nil } ?? ""
    }
}
