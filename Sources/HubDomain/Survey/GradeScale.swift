// Grades of an index, as a decree prints them.

/// One line of the decree: a grade and the indices that have it, in hundredths, both ends included.
public struct GradeBand: Sendable, Hashable {
    /// Such as `A`.
    public let grade: String
    /// First index with it, hundredths.
    public let from: Int
    /// Last index with it, hundredths.
    public let through: Int

    /// A line as it was written; ``GradeScale`` judges it.
    public init(_ grade: String, from: Int, through: Int) {
        self.grade = grade
        self.from = from
        self.through = through
    }
}

/// Bands without a gap over every index that there can be.
///
/// The decree's bands leave gaps between two decimals (88.30 and 88.31), and its bands of the nilai interval likewise
/// (row 14 of the domain's facts). Both are the same bands, by a factor of 25; so the grade is that of the index rounded to
/// two decimals, and there is one answer.
public struct GradeScale: Sendable, Hashable {
    /// Ascending.
    public let bands: [GradeBand]

    /// A sound scale.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` with `bands[<n>]` and the rule `required` (no band), `length` (more
    ///   than 100), `name` (empty), `ascending` (it ends before it begins), `unique` (a grade twice), `max` (beyond 0.00 to 100.00), `gap` (it does not begin
    ///   0.01 above the one before) or `whole` (25.00 to 100.00 is not covered).
    public init(_ bands: [GradeBand]) throws(HubError) {
        let found = Self.findings(bands)
        guard found.isEmpty else {
            throw HubError(.definitionInvalid, "a scale of grades is not sound", violations: found)
        }
        self.bands = bands
    }

    /// The grade of an index in hundredths. What is beyond the scale has the grade at its end.
    public func grade(of hundredths: Int) -> String {
        let band = bands.last { $0.from <= hundredths } ?? bands.first
        return band?.grade ?? ""  // There is at least one.
    }

    private static func findings(_ bands: [GradeBand]) -> [Violation] {
        guard let first = bands.first, let last = bands.last else { return [finding("bands", "required")] }
        guard bands.count <= 100 else { return [finding("bands", "length")] }
        var found: [Violation] = []
        var grades: Set<String> = []
        for (index, band) in bands.enumerated() {
            let place = "bands[\(index)]"
            if band.grade.isEmpty { found.append(finding(place, "name")) }
            if !grades.insert(band.grade).inserted { found.append(finding(place, "unique")) }
            if ![band.from, band.through].allSatisfy((0...10_000).contains) { found.append(finding(place, "max")) }
            if band.through < band.from { found.append(finding(place, "ascending")) }
            if index > 0, band.from != bands[index - 1].through &+ 1 { found.append(finding(place, "gap")) }
        }
        if first.from > 2_500 { found.append(finding("bands[0]", "whole")) }
        if last.through < 10_000 { found.append(finding("bands[\(bands.count - 1)]", "whole")) }
        return found
    }

    private static func finding(_ place: String, _ rule: String) -> Violation {
        Violation(
            place, rule, id: "Nilai harus naik dari 25,00 sampai 100,00 tanpa celah, satu mutu setiap baris.",
            en: "Bands must ascend from 25.00 to 100.00 without a gap, each with a grade of its own.")
    }
}
