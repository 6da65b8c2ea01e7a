// The index of public satisfaction, exact, and beside it the share of satisfied answers.

/// Indeks Kepuasan Masyarakat: mean of the elements' means, times 25, so 25 to 100.
///
/// PermenPANRB 14/2017 (row 13 of the domain's facts). Every element weighs exactly the same: with weights rounded to 0.11,
/// as some systems have them, the index could not reach 100 (row 14). It is an exact fraction; rounding, half up, is for
/// show and for the grade.
public struct SatisfactionIndex: Sendable, Hashable {
    private let tally: SatisfactionTally

    /// Nil while nobody has answered.
    public init?(_ tally: SatisfactionTally) {
        guard tally.respondents > 0 else { return nil }
        self.tally = tally
    }

    /// The index is exactly ``numerator`` / ``denominator``, not reduced.
    public var numerator: Int64 { 25 * tally.sums.reduce(0, +) }
    /// How many answers there are.
    public var denominator: Int64 { tally.respondents * Int64(tally.sums.count) }

    /// The index in hundredths: 8831 is 88.31.
    public var hundredths: Int { Self.rounded(numerator, times: 100, by: denominator) }

    /// Nilai interval, 1 to 4, in ten-thousandths: 35324 is 3.5324. It is the index / 25.
    public var interval: Int { Self.rounded(tally.sums.reduce(0, +), times: 10_000, by: denominator) }

    /// The index of each element alone, in hundredths.
    public var elements: [Int] { tally.sums.map { Self.rounded($0, times: 2_500, by: tally.respondents) } }

    /// Answers of 3 or 4 among all, in hundredths of a per cent: 8500 is 85 %. What the public calls "85 % satisfied" is
    /// this share; an index of 85 is something else, and not the best grade (row 15).
    public var satisfied: Int { Self.rounded(tally.satisfied.reduce(0, +), times: 10_000, by: denominator) }

    /// Half up. A tally's bounds keep every product within 64 bits: 10¹² people, 100 elements, answers up to 4.
    private static func rounded(_ value: Int64, times factor: Int64, by divisor: Int64) -> Int {
        Int((value * factor + divisor / 2) / divisor)
    }
}
