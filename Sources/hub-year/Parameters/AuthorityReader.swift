// Reads the authorities of which stages inquire, and what they make.

import HubTestKit

extension ParameterNode {
    var authority: AuthorityPlan {
        allow("name", "delay", "outages", "hours", "busy", "refuses", "gives")
        let gives = self["gives"].entries.map { inquiry in
            let makers = inquiry.value.entries.compactMap { field in field.value.maker.map { (field.key, $0) } }
            return (inquiry.key, Dictionary(makers) { first, _ in first })
        }
        return AuthorityPlan(
            name: self["name"].text, delay: self["delay"].spread, outages: self["outages"].figure,
            outageHours: self["hours"].spread, busy: self["busy"].share, refuses: self["refuses"].share,
            gives: Dictionary(gives) { first, _ in first })
    }

    /// One number that it makes; nil when nobody knows how.
    private var maker: SimulatedAuthority.Maker? {
        switch self["make"].text {
        case "nik":
            allow("make", "area", "birth", "sex", "female")
            return .nik(
                area: self["area"].text, birth: self["birth"].text, sex: self["sex"].text, female: self["female"].text)
        case "deed":
            allow("make", "area", "day", "kind")
            return .deed(area: self["area"].text, day: self["day"].text, kind: self["kind"].text)
        case "card":
            allow("make", "area", "day", "share")
            let share = self["share"].share.value
            return .card(area: self["area"].text, day: self["day"].text, percent: UInt64(max(0, min(share, 1)) * 100))
        case "digits":
            allow("make", "count")
            return .digits(Int(self["count"].number))
        default:
            reading.fault(place, "make: nik, deed, card or digits")
            return nil
        }
    }
}
