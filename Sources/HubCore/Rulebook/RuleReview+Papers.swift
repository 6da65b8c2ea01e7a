// Whether papers can be printed: each has a template, and each placeholder of it somebody who fills it.

import HubDomain
import HubProto

extension RuleReview {
    /// A template must not name what no definition that issues it has.
    func placeholders(of paper: RuleSet.Written<HubPaperTemplate>, _ verdict: inout RuleVerdict) {
        for definition in verdict.living where definition.paperNames.contains(paper.rule.name) {
            for problem in definition.unprintable(in: verdict.catalogue) { verdict.find(paper.file, "paper", problem) }
        }
    }
}

extension HubServiceDefinition {
    /// Papers that its stages issue, each once.
    package var paperNames: [String] { Set(stages.flatMap(\.issues).map(\.paper)).sorted() }

    /// Papers without a template, or with a gap that nothing fills: a sentence each.
    func unprintable(in catalogue: ServiceCatalogue) -> [String] {
        stages.flatMap(\.issues).compactMap { rule in
            guard let template = catalogue.papers[rule.paper] else {
                return "paper \(rule.paper) of \(service): no template is in force"
            }
            let known = PaperSource(definition: self, catalogue: catalogue).names(rule)
            let gaps = Set(template.texts.flatMap { PlaceholderText($0)?.names ?? [] }).subtracting(known)
            return gaps.isEmpty
                ? nil
                : "paper \(rule.paper) of \(service): nothing fills {\(gaps.sorted().joined(separator: "}, {"))}"
        }
    }
}
