// Rules for tests that need no YAML: each file holds the rule as a serialised message.

package import HubCore
package import HubProto
package import SwiftProtobuf

/// Reads files by their folders, as they stand in a bundle: `services/…` as definitions, `papers/…` as papers and so on; what
/// stands elsewhere as tables.
package struct MessageRules: RuleReader {
    package init() {}

    package func read(_ files: [HubRuleFile]) -> (rules: RuleSet, findings: [HubRuleFinding]) {
        var rules = RuleSet()
        var findings: [HubRuleFinding] = []
        for file in files {
            switch file.path.prefix(while: { $0 != "/" }) {
            case "services": rules.definitions += read(file, &findings)
            case "calendars": rules.standing += standing(HubCalendar.self, file, &findings)
            case "organisation": rules.standing += standing(HubOrganisation.self, file, &findings)
            case "papers": rules.standing += standing(HubPaperTemplate.self, file, &findings)
            case "offices": rules.standing += standing(HubOfficeRules.self, file, &findings)
            case "notices": rules.standing += standing(HubNoticeRules.self, file, &findings)
            case "questionnaires": rules.standing += standing(HubQuestionnaire.self, file, &findings)
            case "treasury": rules.standing += standing(HubTreasury.self, file, &findings)
            case "routes": rules.standing += standing(HubRoutes.self, file, &findings)
            case "registers": rules.standing += standing(HubRegister.self, file, &findings)
            case "tariffs": rules.standing += standing(HubTariff.self, file, &findings)
            default: rules.standing += standing(HubTable.self, file, &findings)
            }
        }
        return (rules, findings)
    }

    private func read<Rule: Message & Sendable>(
        _ file: HubRuleFile, _ findings: inout [HubRuleFinding]
    ) -> [RuleSet.Written<Rule>] {
        if let rule = try? Rule(serializedBytes: file.content) {
            return [RuleSet.Written(file: file.path, rule: rule)]
        }
        findings.append(.with { ($0.file, $0.line, $0.rule, $0.remedy) = (file.path, 1, "syntax", "is no message") })
        return []
    }

    private func standing<Rule: StandingRule>(
        _: Rule.Type, _ file: HubRuleFile, _ findings: inout [HubRuleFinding]
    ) -> [RuleSet.Written<any StandingRule>] {
        let read: [RuleSet.Written<Rule>] = read(file, &findings)
        return read.map { RuleSet.Written(file: $0.file, rule: $0.rule) }
    }

    /// A file that ``read(_:)`` understands.
    package static func file(_ path: String, _ rule: some Message) throws -> HubRuleFile {
        let bytes: [UInt8] = try rule.serializedBytes()
        return .with {
            $0.path = path
            $0.content = .init(bytes)
        }
    }
}
