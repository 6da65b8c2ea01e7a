// Where cases wait, and in which order their turns come.

import HubDomain
package import HubProto

/// Where an open case waits. A case that somebody holds does not wait in its unit.
package enum WaitingPlace: Sendable, Hashable {
    /// In the hands of an officer, by principal.
    case held(by: String)
    /// For an officer who is asked because a deadline passed, by principal.
    case asked(String)
    /// For anybody of a unit, whose code is the regency's own, or of a department's front.
    case unclaimed(unit: String)
    case unclaimedAtFront(of: String)
    /// For anybody of a unit whose advice is asked for.
    case advice(unit: String)
    /// For an adapter of an authority, and with a worker of one.
    case inquiryWaiting(at: String)
    case inquiryTaken(by: InquiryHolder)
    /// For somebody who looks why an authority does not answer.
    case inquiryParked(at: String)
    /// For an authority, in one of the three ways.
    case inquired(of: String)
    /// For a slot of an office, which it holds.
    case slot(office: String, kind: String, startMillis: Int64)
    /// In a queue of an office, and at one of its counters; the day as YYYY-MM-DD.
    case queue(office: String, kind: String, day: String)
    case calledFrom(office: String, kind: String, day: String)
    /// For its applicant to book anew what an office did not keep.
    case freed(from: String)

    /// - Parameter unit: "" = the department's front.
    package init(unit: String, department: String) {
        self = unit.isEmpty ? .unclaimedAtFront(of: department) : .unclaimed(unit: unit)
    }

    /// Where a case waits now, each place once, with what says when its turn comes, milliseconds since 1970 UTC: its
    /// earliest running deadline, the largest number without one; of inquiries when they may be taken, or were asked; of
    /// appointments whose turn it is.
    package static func turns(of state: HubCase) -> [(place: WaitingPlace, dueMillis: Int64)] {
        let due = state.earliestRunningDueMillis ?? .max
        var seen: Set<WaitingPlace> = []
        return (places(of: state).map { ($0, due) } + state.inquiryTurns + state.appointmentTurns).filter {
            seen.insert($0.0).inserted
        }
    }

    /// What says when its turn comes in one place; nil = it does not wait there.
    package static func due(of state: HubCase, in place: WaitingPlace) -> Int64? {
        turns(of: state).first { $0.place == place }?.dueMillis
    }

    /// Where a case waits for people; nowhere once it has ended.
    private static func places(of state: HubCase) -> [WaitingPlace] {
        guard !state.ended else { return [] }
        var places: [WaitingPlace] =
            state.holder.isEmpty
            ? [WaitingPlace(unit: state.unit, department: state.department)] : [.held(by: state.holder)]
        if !state.asked.isEmpty { places.append(.asked(state.asked)) }
        var advisers: Set<String> = []
        for consultation in state.consultations
        where consultation.state == .open && advisers.insert(consultation.unit).inserted {
            places.append(.advice(unit: consultation.unit))
        }
        return places
    }
}
