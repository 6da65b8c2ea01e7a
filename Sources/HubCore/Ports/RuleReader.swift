// The port behind which rules are read as people write them. HubModules implements it.

package import HubProto

/// Rules that were read, each with the file in which it stands.
package struct RuleSet: Sendable {
    /// A rule and its file.
    package struct Written<Rule: Sendable>: Sendable {
        package var file: String
        package var rule: Rule

        package init(file: String, rule: Rule) {
            self.file = file
            self.rule = rule
        }
    }

    package var definitions: [Written<HubServiceDefinition>] = []
    /// All others.
    package var standing: [Written<any StandingRule>] = []

    package init() {}

    /// The standing rules of one kind, in their order.
    package func all<Rule: StandingRule>(_: Rule.Type) -> [Written<Rule>] {
        standing.compactMap { written in
            (written.rule as? Rule).map { Written(file: written.file, rule: $0) }
        }
    }
}

/// Reads rules from files.
package protocol RuleReader: Sendable {
    /// Never fails: what cannot be read is left out and told, everything at once.
    func read(_ files: [HubRuleFile]) -> (rules: RuleSet, findings: [HubRuleFinding])
}
