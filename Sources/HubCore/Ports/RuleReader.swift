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
    package var calendars: [Written<HubCalendar>] = []
    package var tables: [Written<HubTable>] = []
    package var organisations: [Written<HubOrganisation>] = []

    package init() {}
}

/// Reads rules from files.
package protocol RuleReader: Sendable {
    /// Never fails: what cannot be read is left out and told, everything at once.
    func read(_ files: [HubRuleFile]) -> (rules: RuleSet, findings: [HubRuleFinding])
}
