// The index of satisfaction for whoever asks: sums of months added up, exact, each version of a questionnaire by itself.

package import HubDomain
package import HubProto

/// `layanan.v1.Survey/Index`
struct SurveyIndices: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let clock: any HubClock

    /// Months of one answer.
    private static let monthsMax = 36

    func index(
        _ context: CallContext, _ request: LayananSurveyIndexRequest
    ) async throws(HubError) -> LayananSurveyIndexReply {
        guard let months = Self.months(request.firstMonth, request.lastMonth) else {
            throw HubError(
                .filterInvalid, "months",
                violations: [
                    Violation(
                        "last_month", "months", id: "Isi bulan TTTT-BB, paling banyak \(Self.monthsMax) bulan.",
                        en: "Give months as YYYY-MM, \(Self.monthsMax) of them at most.")
                ])
        }
        let catalogue = rulebook.catalogue
        func isAsked(_ place: SurveyPlace) -> Bool { request.covers(place, catalogue.chart) }
        var sums: [SurveyVersion: SurveySum] = [:]
        for month in months {
            for tally in try await SurveyTallies(ledger: ledger).tallies(in: month) where isAsked(SurveyPlace(tally)) {
                try sums[SurveyVersion(tally), default: SurveySum(tally)].add(tally)
            }
        }
        let endings = try await SurveyEndings(ledger: ledger, journal: journal).endings(
            in: months, catalogue, nowMillis: clock.nowMillis())
        var ended: [String: Int64] = [:]
        for ending in endings where isAsked(SurveyPlace(ending)) {
            ended[ending.questionnaire, default: 0] += ending.cases
        }
        let texts = SurveyTexts(ledger: ledger, catalogue: catalogue)
        var results: [LayananSurveyResult] = []
        for name in Set(sums.keys.map(\.name)).union(ended.keys).sorted() {
            var result = LayananSurveyResult.with { $0.questionnaire = name }
            for (version, sum) in sums.filter({ $0.key.name == name }).sorted(by: { $0.key.version < $1.key.version }) {
                guard let text = try await texts.text(name, version.version) else {
                    throw HubError(.ledgerFailed, "no text of questionnaire \(name) \(version.version)")
                }
                result.versions.append(try sum.index(by: text))
                result.answers += sum.respondents
            }
            // Opened again in these months, ended before them: less than none.
            result.ended = UInt64(max(0, ended[name] ?? 0))
            result.rate = Self.rate(result.answers, of: result.ended)
            results.append(result)
        }
        return .with { $0.questionnaires = results }
    }

    /// Hundredths of a per cent, half up; 0 without cases.
    private static func rate(_ answers: UInt64, of cases: UInt64) -> UInt32 {
        guard cases > 0 else { return 0 }
        let (product, overflow) = answers.multipliedReportingOverflow(by: 10_000)
        return overflow ? 0 : UInt32(clamping: (product + cases / 2) / cases)
    }

    /// Every month of a span, `YYYY-MM`; nil when it is none.
    private static func months(_ first: String, _ last: String) -> [String]? {
        guard let from = CalendarDate(iso: first + "-01"), let through = CalendarDate(iso: last + "-01"),
            from <= through
        else { return nil }
        let count = (through.year - from.year) * 12 + through.month - from.month + 1
        guard count <= monthsMax else { return nil }
        return (0..<count).map { from.adding(months: $0).monthText }
    }
}

extension LayananSurveyIndexRequest {
    /// Every filter that is set holds.
    fileprivate func covers(_ place: SurveyPlace, _ chart: OrganisationChart?) -> Bool {
        guard service.isEmpty || service == place.service, department.isEmpty || department == place.department else {
            return false
        }
        guard !unit.isEmpty else { return true }
        guard let held = place.unit.isEmpty ? chart?.front(of: place.department) : place.unit else { return false }
        return held == unit || chart?.line(from: held).contains(unit) == true
    }
}

/// One version of one questionnaire.
private struct SurveyVersion: Hashable {
    var name: String
    var version: String

    init(_ tally: HubSurveyTally) { (name, version) = (tally.questionnaire, tally.version) }
}

/// Answers of several places and months to the same questions.
struct SurveySum: Sendable {
    private(set) var respondents: UInt64 = 0
    private var elements: [String]
    /// By element: of 1, 2, 3 and 4.
    private var counts: [[Int64]]

    init(_ tally: HubSurveyTally) {
        elements = tally.elements.map(\.element)
        counts = elements.map { _ in [0, 0, 0, 0] }
    }

    /// - Throws: ``HubError/Code/ledgerFailed`` when the questions are others, or it is no sum.
    mutating func add(_ tally: HubSurveyTally) throws(HubError) {
        guard tally.elements.map(\.element) == elements, tally.elements.allSatisfy({ $0.counts.count == 4 }) else {
            throw HubError(.ledgerFailed, "sums of \(tally.questionnaire) \(tally.version) are of other questions")
        }
        respondents += tally.respondents
        for (index, element) in tally.elements.enumerated() {
            for mark in 0..<4 { counts[index][mark] += Int64(clamping: element.counts[mark]) }
        }
    }

    /// What is told of it.
    func index(by text: HubQuestionnaire) throws(HubError) -> LayananSurveyIndex {
        var told = LayananSurveyIndex.with { ($0.version, $0.respondents) = (text.version, respondents) }
        let tally = try SatisfactionTally(counts: counts)
        guard respondents >= UInt64(text.answersMin), let index = SatisfactionIndex(tally) else {
            told.withheld = true
            return told
        }
        let band = try text.band(of: index.hundredths)
        (told.numerator, told.denominator) = (UInt64(index.numerator), UInt64(index.denominator))
        (told.hundredths, told.interval) = (UInt32(index.hundredths), UInt32(index.interval))
        (told.grade, told.gradeTitle) = (band.grade, band.title)
        (told.satisfied, told.marks) = (UInt64(tally.satisfied.reduce(0, +)), UInt64(index.denominator))
        told.share = UInt32(index.satisfied)
        let titles = Dictionary(text.elements.map { ($0.name, $0.title) }) { first, _ in first }
        told.elements = elements.indices.map { place in
            .with {
                ($0.element, $0.hundredths) = (elements[place], UInt32(index.elements[place]))
                $0.counts = counts[place].map { UInt64($0) }
                if let title = titles[elements[place]] { $0.title = title }
            }
        }
        return told
    }
}

extension HubQuestionnaire {
    /// Its grades.
    ///
    /// - Throws: As ``GradeScale/init(_:)``.
    package func scale() throws(HubError) -> GradeScale {
        try GradeScale(bands.map { GradeBand($0.grade, from: Int($0.from), through: Int($0.through)) })
    }

    /// The band in which an index lies.
    fileprivate func band(of hundredths: Int) throws(HubError) -> HubSurveyBand {
        let grade = try scale().grade(of: hundredths)
        return bands.first { $0.grade == grade } ?? HubSurveyBand()
    }
}
