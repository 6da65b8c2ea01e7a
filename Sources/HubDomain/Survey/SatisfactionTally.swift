// Answers of a satisfaction survey, counted.

/// Whole questionnaires, counted element by element: each person answers every element with 1 (worst) to 4 (best).
///
/// PermenPANRB 14/2017 asks nine elements, U1 to U9 (rows 13 and 16 of the domain's facts); how many there are is data,
/// since a later decree may change the questionnaire (row 17).
public struct SatisfactionTally: Sendable, Hashable {
    /// Sum of the answers to each element.
    public private(set) var sums: [Int64]
    /// How many answered each element with 3 or 4.
    public private(set) var satisfied: [Int64]
    /// How many people answered.
    public private(set) var respondents: Int64 = 0

    /// The most elements that a questionnaire may have.
    public static let elementsMax = 100
    /// More people than there are; sums stay far within 64 bits.
    static let respondentsMax: Int64 = 1_000_000_000_000

    /// Nobody has answered yet. 1 to 100 elements; other numbers become the bound.
    public init(elements: Int) {
        let count = min(max(elements, 1), Self.elementsMax)
        sums = Array(repeating: 0, count: count)
        satisfied = sums
    }

    /// What was counted elsewhere.
    ///
    /// - Parameter counts: for each element how many answered 1, 2, 3 and 4.
    /// - Throws: ``HubError/Code/formInvalid`` with `U<n>` and the rule `length` (not four counts, or no element), `min` (a
    ///   negative one), `max`, or `required` (an element that not as many answered as the first one).
    public init(counts: [[Int64]]) throws(HubError) {
        self.init(elements: counts.count)
        guard counts.count == sums.count else { throw Self.refusal([Self.violation(nil, "length")]) }
        var found: [Violation] = []
        for (element, answers) in counts.enumerated() {
            guard answers.count == 4 else {
                found.append(Self.violation(element, "length"))
                continue
            }
            guard answers.allSatisfy({ (0...Self.respondentsMax / 4).contains($0) }) else {
                found.append(Self.violation(element, answers.contains { $0 < 0 } ? "min" : "max"))
                continue
            }
            let all = answers.reduce(0, +)
            if element == 0 { respondents = all }
            if all != respondents { found.append(Self.violation(element, "required")) }
            sums[element] = answers[0] + 2 * answers[1] + 3 * answers[2] + 4 * answers[3]
            satisfied[element] = answers[2] + answers[3]
        }
        guard found.isEmpty else { throw Self.refusal(found) }
    }

    /// Counts one person's questionnaire.
    ///
    /// - Throws: ``HubError/Code/formInvalid`` with `U<n>` and the rule `choices` for an answer that is not 1, 2, 3 or 4,
    ///   `length` for another number of answers, `max` when there are more people than can be. Nothing is counted then.
    public mutating func add(_ answers: [Int]) throws(HubError) {
        guard answers.count == sums.count else { throw Self.refusal([Self.violation(nil, "length")]) }
        guard respondents < Self.respondentsMax else { throw Self.refusal([Self.violation(nil, "max")]) }
        let wrong = answers.indices.filter { !(1...4).contains(answers[$0]) }
        guard wrong.isEmpty else { throw Self.refusal(wrong.map { Self.violation($0, "choices") }) }
        respondents += 1
        for (element, answer) in answers.enumerated() {
            sums[element] += Int64(answer)
            if answer >= 3 { satisfied[element] += 1 }
        }
    }

    private static func violation(_ element: Int?, _ rule: String) -> Violation {
        Violation(
            element.map { "U\($0 + 1)" } ?? "", rule, id: "Jawab setiap unsur dengan 1, 2, 3 atau 4.",
            en: "Answer every element with 1, 2, 3 or 4.")
    }

    private static func refusal(_ found: [Violation]) -> HubError {
        HubError(.formInvalid, "answers of a survey cannot be counted", violations: found)
    }
}
