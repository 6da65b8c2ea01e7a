// Bookings that the rules in force do not keep: the slot is gone or is another one, or has fewer places than were booked.

import HubDomain
import HubProto

/// Looks at every slot that somebody holds from now on.
struct SlotConflicts: Sendable {
    let ledger: any Ledger
    /// By whose rules a slot must be there.
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// Days that are looked at: nobody books further ahead.
    static let daysMax = 91
    /// Cases of one slot: more people than it has places hold none.
    private static let casesMax = 60

    /// A case whose slot is gone.
    struct Lost: Sendable {
        let state: HubCase
        /// The slot is there, and others who booked it before have all its places.
        let isBeyond: Bool
        /// The office, or its calendar, says that the whole day is closed; otherwise only this slot is gone.
        let isDeclared: Bool
    }

    /// Cases that hold slots which are not there or not theirs, by time. Of those for whom a slot has no place, whoever booked
    /// last comes first.
    func cases() async throws(HubError) -> [Lost] {
        var lost: [Lost] = []
        let today = catalogue.today(nowMillis)
        for offset in 0..<Self.daysMax {
            let day = today.adding(days: offset)
            for held in try await SlotCounts(ledger: ledger).held(on: day, utcOffsetMinutes: catalogue.utcOffsetMinutes)
            where held.startMillis > nowMillis {
                let waiting = try await ledger.waiting(
                    .slot(office: held.office, kind: held.kind, startMillis: held.startMillis), limit: Self.casesMax)
                let isDeclared = catalogue.isDeclaredClosed(held.office, day)
                let gone = waiting.filter { $0.presentAppointment?.isKept(by: catalogue) != true }
                lost += gone.map { Lost(state: $0, isBeyond: false, isDeclared: isDeclared) }
                guard let place = AppointmentPlace(held.office, held.kind, catalogue) else { continue }
                // Who is here already keeps a place, too. The others stand in the order in which they have booked.
                let beyond = max(0, Int(held.count) - gone.count - Int(place.kind.places))
                let kept = waiting.filter { $0.presentAppointment?.isKept(by: catalogue) == true }
                lost += kept.suffix(beyond).reversed().map {
                    Lost(state: $0, isBeyond: true, isDeclared: isDeclared)
                }
            }
        }
        return lost
    }
}

extension HubCase {
    /// The appointment that is open.
    var presentAppointment: HubAppointment? { openAppointment.map { appointments[$0] } }
}

extension HubAppointment {
    /// The slot that is booked is there, and is as long as it was.
    func isKept(by catalogue: ServiceCatalogue) -> Bool {
        guard let place = AppointmentPlace(office, kind, catalogue) else { return false }
        return place.grid.slot(of: place.kind, at: startMs)?.endMillis == endMs
    }
}

extension ServiceCatalogue {
    /// An office that is there says that a day is closed.
    fileprivate func isDeclaredClosed(_ office: String, _ day: CalendarDate) -> Bool {
        self.office(office).flatMap { SlotGrid($0, self) }?.isDeclaredClosed(day) ?? false
    }
}
