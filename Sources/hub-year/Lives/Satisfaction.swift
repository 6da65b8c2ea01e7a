// What citizens say when a case has ended: nine answers, which follow from what they went through.

import HubDomain
import HubProto

/// Answers that were given, service by service.
struct SurveyCount: Sendable {
    /// By place of the service; nine elements (PermenPANRB 14/2017).
    var tallies: [Int: SatisfactionTally] = [:]
    static let elements = 9
}

extension HubYear {
    /// Who is going to answer, and when.
    mutating func planSurvey(_ life: Int, at ended: Int64) {
        var chance = chance.stream("survey", life)
        guard chance.happens(scenario.survey.share.value) else { return }
        agenda.add(
            .survey(case: life),
            at: max(ended, inside.clock.nowMillis()) + Int64(scenario.survey.delay.draw(&chance) * 86_400_000))
    }

    mutating func answer(_ life: Int, at now: Int64) async throws {
        guard lives[life].isEnded else { return }
        try survey.tallies[lives[life].service, default: SatisfactionTally(elements: SurveyCount.elements)]
            .add(answers(life))
    }

    /// The third element is time: what came late weighs there twice.
    private func answers(_ life: Int) -> [Int] {
        let plan = scenario.survey
        var chance = chance.stream("answers", life)
        let clocks = lives[life].clocks
        let isLate = services[lives[life].service].promises.contains {
            clocks.indices.contains($0) && clocks[$0] == .passed
        }
        let mood = plan.sigma.value * chance.normal()
        return (0..<SurveyCount.elements).map { element in
            var mean = plan.means[element] + mood - plan.repair.value * Double(min(lives[life].repairs, 2))
            if isLate { mean -= plan.late.value * (element == 2 ? 2 : 1) }
            return min(max(Int((mean + plan.sigma.value * chance.normal()).rounded()), 1), 4)
        }
    }
}
