// What an actor may do with a case as the organisation sees them both.

import HubDomain
import HubProto

/// One actor before one case. A principal that stands on no chart, such as a counter's program, works for its whole
/// department; people who stand on it work in their units and below.
struct DeskRights: Sendable {
    let actor: HubActor
    let state: HubCase
    let catalogue: ServiceCatalogue
    let absences: AbsenceBoard
    let policy: Policy
    let nowMillis: Int64

    var chart: OrganisationChart? { catalogue.chart }

    /// Unit that holds the case; nil without a chart.
    var unit: String? { chart?.unit(of: state) }

    var worksInDepartment: Bool {
        !policy.applicants.contains(actor.role) && policy.works(actor, in: state.department)
    }

    var worksInUnit: Bool { works(actor.principal) }

    /// The actor, or somebody for whom it stands in, holds the case.
    var holds: Bool { !state.holder.isEmpty && persons.contains(state.holder) }

    /// The actor, or somebody for whom it stands in, answers for the case's unit.
    var leads: Bool {
        if policy.allActions.contains(actor.role) { return true }
        guard let chart, let unit else { return worksInDepartment }
        return persons.contains { chart.leads($0, unit) }
    }

    /// An officer who may hold the case.
    func mayHold(_ officer: Principal) -> Bool {
        guard !policy.applicants.contains(officer.role) else { return false }
        guard let chart, chart.workplace(of: officer.urn) != nil else { return officer.department == state.department }
        return works(officer.urn)
    }

    func require(_ right: Bool, _ sentence: String) throws(HubError) {
        guard right else { throw HubError(.permissionDenied, sentence) }
    }

    private func works(_ principal: String) -> Bool {
        guard let chart, let unit, chart.workplace(of: principal) != nil else { return worksInDepartment }
        return chart.works(principal, in: unit)
    }

    private var persons: [String] { absences.represented(by: actor.principal, on: today) }

    private var today: CalendarDate { catalogue.today(nowMillis) }
}

extension OrganisationChart {
    /// Unit that holds a case: its own, or that which stands for its department.
    func unit(of state: HubCase) -> String? {
        state.unit.isEmpty || !contains(unit: state.unit) ? front(of: state.department) : state.unit
    }

    /// Who is asked at the rung to which a case has escalated; empty when it has not, or nobody is there.
    func asked(_ state: HubCase, _ absences: AbsenceBoard, on day: CalendarDate) -> String {
        guard state.escalation > 0, let unit = unit(of: state) else { return "" }
        return asked(rung: state.escalatedTo, from: unit) { absences.standIn(for: $0, on: day) } ?? ""
    }
}
