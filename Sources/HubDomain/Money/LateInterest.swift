// What is owed on top of a bill that is paid late.

/// Interest on a principal for every started month after its due date, up to a number of months.
///
/// Rate and cap are data: the articles of UU 1/2022 and PP 35/2023 on late charges are not verified (row 34 of the
/// domain's facts), and regions set their own.
public struct LateInterest: Sendable, Hashable {
    /// Hundredths of a per cent for each started month, 0…10,000; 100 = 1 %.
    public let basisPointsPerMonth: Int
    /// No more months than these are counted, 0…1,200.
    public let monthsMax: Int

    /// A rate with its cap.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` with the rules `min` and `max` at `basis_points_per_month` and
    ///   `months_max`.
    public init(basisPointsPerMonth: Int, monthsMax: Int) throws(HubError) {
        let found = [
            Self.finding("basis_points_per_month", basisPointsPerMonth, max: 10_000),
            Self.finding("months_max", monthsMax, max: 1_200),
        ].compactMap(\.self)
        guard found.isEmpty else {
            throw HubError(.definitionInvalid, "a late interest is not sound", violations: found)
        }
        self.basisPointsPerMonth = basisPointsPerMonth
        self.monthsMax = monthsMax
    }

    /// Started months of delay, 0…``monthsMax``; none on the due date itself or before.
    ///
    /// A month ends with the day of the due date, or with the month's last day when that is earlier: of a bill due on
    /// 31 January the first month ends on the last of February, the second on 31 March.
    public func months(due: CalendarDate, paid: CalendarDate) -> Int {
        guard paid > due else { return 0 }
        let begun = (paid.year - due.year) * 12 + paid.month - due.month
        return min(begun + (paid.day > due.day ? 1 : 0), monthsMax)
    }

    /// Interest in whole rupiah, rounded down; 0 when nothing is owed. It is simple: interest bears none.
    ///
    /// - Throws: ``HubError/Code/refusedByRule`` when it is beyond 64 bits.
    public func amount(principal: Int64, due: CalendarDate, paid: CalendarDate) throws(HubError) -> Int64 {
        guard principal > 0 else { return 0 }
        // The principal in two parts, so that only the larger one can overflow; what is cut off is the same.
        let factor = Int64(basisPointsPerMonth) * Int64(months(due: due, paid: paid))
        let (quotient, rest) = principal.quotientAndRemainder(dividingBy: 10_000)
        let (large, tooLarge) = quotient.multipliedReportingOverflow(by: factor)
        let (amount, overflow) = large.addingReportingOverflow(rest * factor / 10_000)
        guard !tooLarge, !overflow else {
            throw HubError(.refusedByRule, "the interest on a principal is beyond 64 bits")
        }
        return amount
    }

    private static func finding(_ place: String, _ value: Int, max: Int) -> Violation? {
        switch value {
        case ..<0: Violation(place, "min", id: "Tidak boleh kurang dari nol.", en: "Must not be less than zero.")
        case 0...max: nil
        default: Violation(place, "max", id: "Paling banyak \(max).", en: "Must be \(max) at most.")
        }
    }
}
