// Whether the index of satisfaction is what citizens said: every number anew, by plain arithmetic.

import HubClient
import HubDomain
import HubProto

extension Judgement {
    /// The index of each service against the citizens' own marks.
    func ofSurvey(_ judged: [String: Judged], _ states: [HubCase]) async throws -> [Report.Survey] {
        let today = CalendarDate(epochMillis: try await town.status().nowMs, utcOffsetMinutes: 420)
        var report: [Report.Survey] = []
        for (service, own) in judged.sorted(by: { $0.key < $1.key }) {
            let request = LayananSurveyIndexRequest.with {
                $0.service = service
                $0.firstMonth = String(today.adding(days: -62).iso.prefix(7))
                $0.lastMonth = String(today.iso.prefix(7))
            }
            let reply = try await town.channel.survey.index(request).message
            let ended = states.count { $0.service == service && $0.ended }
            guard let result = reply.questionnaires.first, let index = result.versions.first else {
                promises.check("every service that was judged has an index", false, broken: service)
                continue
            }
            promises.check(
                "answers are counted once each, against the cases that have ended",
                reply.questionnaires.count == 1 && Int64(result.answers) == own.people && Int(result.ended) == ended
                    && Int(result.rate) == Self.rounded(own.people * 10_000, by: Int64(ended)),
                broken: "\(service): \(result.answers) of \(own.people), \(result.ended) of \(ended)")
            promises.check(
                "an index is exactly what citizens said, element by element; of few answers it is not told",
                Self.agrees(index, own), broken: service)
            report.append(
                Report.Survey(
                    service: service, answers: Int(own.people), ended: ended,
                    index: index.withheld ? nil : Int(index.hundredths), grade: index.grade, share: Int(index.share)))
        }
        return report
    }

    /// Sum of all marks, times 25, over people and elements: PermenPANRB 14/2017 with equal weights.
    private static func agrees(_ index: LayananSurveyIndex, _ own: Judged) -> Bool {
        let elements = Int64(own.counts.count)
        let sums = own.counts.map { $0[0] + 2 * $0[1] + 3 * $0[2] + 4 * $0[3] }
        let total = sums.reduce(0, +)
        let isFew = own.people < Int64(own.questionnaire.answersMin)
        guard !isFew else { return index.withheld && index.elements.isEmpty && index.numerator == 0 }
        let hundredths = rounded(total * 2_500, by: own.people * elements)
        let satisfied = own.counts.map { $0[2] + $0[3] }.reduce(0, +)
        let grade = own.questionnaire.bands.first { $0.from <= UInt32(hundredths) && UInt32(hundredths) <= $0.through }
        return !index.withheld
            && Int64(index.numerator) * own.people * elements == 25 * total * Int64(index.denominator)
            && Int(index.hundredths) == hundredths && index.grade == grade?.grade
            && Int64(index.satisfied) == satisfied && Int64(index.marks) == own.people * elements
            && Int(index.share) == rounded(satisfied * 10_000, by: own.people * elements)
            && index.elements.map { $0.counts.map { Int64($0) } } == own.counts
            && index.elements.map { Int($0.hundredths) } == sums.map { rounded($0 * 2_500, by: own.people) }
    }

    /// Half up.
    private static func rounded(_ value: Int64, by divisor: Int64) -> Int {
        divisor == 0 ? 0 : Int((2 * value + divisor) / (2 * divisor))
    }
}
