// Bookings that the rules in force do not keep: the slot is gone, because a day was closed or hours have changed.

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
        /// The office, or its calendar, says that the whole day is closed; otherwise only this slot is gone.
        let isDeclared: Bool
    }

    /// Cases that hold slots which are not there, by time.
    func cases() async throws(HubError) -> [Lost] {
        var lost: [Lost] = []
        let today = catalogue.today(nowMillis)
        for offset in 0..<Self.daysMax {
            let day = today.adding(days: offset)
            for held in try await SlotCounts(ledger: ledger).held(on: day, utcOffsetMinutes: catalogue.utcOffsetMinutes)
            where held.startMillis > nowMillis {
                let place = AppointmentPlace(held.office, held.kind, catalogue)
                if let place, place.grid.slot(of: place.kind, at: held.startMillis) != nil { continue }
                let waiting = try await ledger.waiting(
                    .slot(office: held.office, kind: held.kind, startMillis: held.startMillis), limit: Self.casesMax)
                let isDeclared = catalogue.isDeclaredClosed(held.office, day)
                lost += waiting.map { Lost(state: $0, isDeclared: isDeclared) }
            }
        }
        return lost
    }
}

extension ServiceCatalogue {
    /// An office that is there says that a day is closed.
    fileprivate func isDeclaredClosed(_ office: String, _ day: CalendarDate) -> Bool {
        self.office(office).flatMap { SlotGrid($0, self) }?.isDeclaredClosed(day) ?? false
    }
}
