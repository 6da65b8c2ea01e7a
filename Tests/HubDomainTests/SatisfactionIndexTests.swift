// The index of public satisfaction. Rows 13 to 17 of the domain's facts.

import HubDomain
import Testing

@Suite("satisfaction index (rows 13 to 17)")
struct SatisfactionIndexTests {
    /// Row 14: the bands of PermenPANRB 14/2017.
    static let official = [
        GradeBand("D", from: 2_500, through: 6_499), GradeBand("C", from: 6_500, through: 7_660),
        GradeBand("B", from: 7_661, through: 8_830), GradeBand("A", from: 8_831, through: 10_000),
    ]

    static func index(_ questionnaires: [[Int]]) throws -> SatisfactionIndex {
        var tally = SatisfactionTally(elements: 9)
        for answers in questionnaires { try tally.add(answers) }
        return try #require(SatisfactionIndex(tally))
    }

    @Test("row 13: the index is the mean of nine means times 25", arguments: [(1, 2_500), (2, 5_000), (3, 7_500)])
    func same(answer: Int, hundredths: Int) throws {
        let index = try Self.index([Array(repeating: answer, count: 9)])
        #expect(index.hundredths == hundredths && index.interval == answer * 10_000)
    }

    @Test("row 14: with exact ninths the best answers reach 100.00, and grade A")
    func best() throws {
        let index = try Self.index(Array(repeating: Array(repeating: 4, count: 9), count: 7))
        #expect(index.hundredths == 10_000 && index.interval == 40_000 && index.satisfied == 10_000)
        #expect(try GradeScale(Self.official).grade(of: index.hundredths) == "A")
    }

    @Test("row 13: the index is an exact fraction, and rounds half up to two decimals")
    func exact() throws {
        let index = try Self.index([[4, 3, 3, 4, 3, 3, 2, 3, 4], [3, 3, 3, 4, 3, 4, 3, 3, 3]])
        #expect(index.numerator == 25 * 58 && index.denominator == 18)
        #expect(index.hundredths == 8_056 && index.interval == 32_222)  // 80.5555…, 3.2222…
        #expect(index.elements == [8_750, 7_500, 7_500, 10_000, 7_500, 8_750, 6_250, 7_500, 8_750])
        // 125 answers of 4 among 800 that are 3: 78.90625 exactly; 2,000 answers of 3, but one of 2: 74.9875.
        let half = try SatisfactionTally(counts: [[0, 0, 675, 125]])
        #expect(SatisfactionIndex(half)?.hundredths == 7_891)
        let tie = try SatisfactionTally(counts: [[0, 1, 1_999, 0]])
        #expect(SatisfactionIndex(tie)?.hundredths == 7_499)
        let up = try SatisfactionTally(counts: [[0, 0, 4_999, 1]])
        #expect(SatisfactionIndex(up)?.hundredths == 7_501)  // 75.005
    }

    @Test(
        "row 14: grades follow the decree's bands, edge by edge",
        arguments: [
            (2_500, "D"), (6_499, "D"), (6_500, "C"), (7_660, "C"), (7_661, "B"), (8_830, "B"), (8_831, "A"),
            (10_000, "A"), (0, "D"), (.max, "A"), (.min, "D"),
        ])
    func grades(hundredths: Int, grade: String) throws {
        #expect(try GradeScale(Self.official).grade(of: hundredths) == grade)
    }

    @Test("row 14: an index in a gap of the decree is graded as it is shown, rounded to two decimals")
    func gap() throws {
        let scale = try GradeScale(Self.official)
        // 88.304 lies between B, which ends with 88.30, and A, which begins with 88.31; so does 88.305.
        let below = try #require(SatisfactionIndex(try SatisfactionTally(counts: [[0, 0, 11_696, 13_304]])))
        #expect(below.hundredths == 8_830 && scale.grade(of: below.hundredths) == "B")
        let half = try #require(SatisfactionIndex(try SatisfactionTally(counts: [[0, 0, 2_339, 2_661]])))
        #expect(half.hundredths == 8_831 && scale.grade(of: half.hundredths) == "A")
    }

    @Test("row 14: the decree's bands of the nilai interval are the same bands, divided by 25")
    func interval() {
        let decree = [(10_000, 25_996), (26_000, 30_640), (30_644, 35_320), (35_324, 40_000)]
        for (band, (from, through)) in zip(Self.official, decree) {
            #expect(band.from * 4 == from && band.through * 4 == through)
        }
    }

    @Test("row 15: 85 % satisfied answers and an index of 85 are two things; an index of 85 is grade B")
    func trap() throws {
        let scale = try GradeScale(Self.official)
        // 85 of 100 answers are 3, the rest 2: 85 % are satisfied, and the index is 71.25.
        let content = try #require(SatisfactionIndex(try SatisfactionTally(counts: [[0, 15, 85, 0]])))
        #expect(content.satisfied == 8_500 && content.hundredths == 7_125 && scale.grade(of: 7_125) == "C")
        // 40 of 100 are 4, the rest 3: an index of 85, everybody satisfied, and still no A.
        let good = try #require(SatisfactionIndex(try SatisfactionTally(counts: [[0, 0, 60, 40]])))
        #expect(good.satisfied == 10_000 && good.hundredths == 8_500 && scale.grade(of: 8_500) == "B")
    }

    @Test("rows 16 and 17: how many elements a questionnaire has is data, each weighs the same")
    func otherQuestionnaire() throws {
        var tally = SatisfactionTally(elements: 3)
        try tally.add([1, 4, 4])
        #expect(SatisfactionIndex(tally)?.hundredths == 7_500)
        #expect(SatisfactionIndex(SatisfactionTally(elements: 9)) == nil)
        #expect(SatisfactionTally(elements: .max).sums.count == 100 && SatisfactionTally(elements: -1).sums.count == 1)
    }

    @Test("counted one by one or by the dozen, the tally is the same")
    func counts() throws {
        var one = SatisfactionTally(elements: 2)
        for answers in [[1, 4], [2, 4], [3, 3], [4, 1], [4, 1]] { try one.add(answers) }
        #expect(try SatisfactionTally(counts: [[1, 1, 1, 2], [2, 0, 1, 2]]) == one)
    }

    @Test("a questionnaire that is not answered in full counts for nothing, and the wrong elements are named")
    func refused() throws {
        var tally = SatisfactionTally(elements: 3)
        for (answers, found) in [
            ([1, 0, 5], ["U2 choices", "U3 choices"]), ([1, 2], [" length"]), ([], [" length"]),
            ([.max, .min, 4], ["U1 choices", "U2 choices"]),
        ] {
            let error = #expect(throws: HubError(.formInvalid, "")) { try tally.add(answers) }
            #expect(error?.violations.map { "\($0.field) \($0.rule)" } == found)
        }
        #expect(tally == SatisfactionTally(elements: 3))
    }

    @Test("counts that cannot be are refused and trap nothing")
    func refusedCounts() {
        let many: Int64 = 1_000_000_000_000 / 4
        #expect(
            (try? SatisfactionTally(counts: Array(repeating: [0, 0, 0, many], count: 100)))
                .flatMap(SatisfactionIndex.init)?.hundredths == 10_000)
        for (counts, found) in [
            ([], [" length"]), ([[1, 2, 3]], ["U1 length"]), ([[0, 0, 0, .max]], ["U1 max"]),
            ([[0, 0, 0, 1], [0, 0, -1, 2]], ["U2 min"]), ([[0, 0, 0, 2], [0, 0, 0, 1]], ["U2 required"]),
        ] as [([[Int64]], [String])] {
            let error = #expect(throws: HubError(.formInvalid, "")) { try SatisfactionTally(counts: counts) }
            #expect(error?.violations.map { "\($0.field) \($0.rule)" } == found)
        }
    }

    @Test("a scale with a gap, an overlap or a hole at its ends is refused, and each fault is named")
    func scales() {
        for (bands, found) in [
            ([], ["bands required"]),
            (
                [GradeBand("D", from: 2_500, through: 6_499), GradeBand("C", from: 6_501, through: 10_000)],
                ["bands[1] gap"]
            ),
            (
                [GradeBand("D", from: 2_500, through: 6_500), GradeBand("C", from: 6_500, through: 10_000)],
                ["bands[1] gap"]
            ),
            ([GradeBand("D", from: 2_501, through: 9_999)], ["bands[0] whole", "bands[0] whole"]),
            (
                [GradeBand("", from: 0, through: .max), GradeBand("", from: .min, through: -1)],
                [
                    "bands[0] name", "bands[0] max", "bands[1] name", "bands[1] unique", "bands[1] max",
                    "bands[1] whole",
                ]
            ),
            ([GradeBand("D", from: 10_000, through: 0)], ["bands[0] ascending", "bands[0] whole", "bands[0] whole"]),
            (Array(repeating: GradeBand("D", from: 0, through: 0), count: 101), ["bands length"]),
        ] {
            let error = #expect(throws: HubError(.definitionInvalid, "")) { try GradeScale(bands) }
            #expect(error?.violations.map { "\($0.field) \($0.rule)" } == found)
        }
    }
}
