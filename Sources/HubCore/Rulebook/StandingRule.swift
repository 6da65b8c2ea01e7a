// Rules that hold from their publication on, one version at a time: calendars, tables, the organisation.

import HubDomain
import HubProto
import SwiftProtobuf

/// A rule that is no definition.
protocol StandingRule: Message, Sendable {
    static var kind: HubRuleKind { get }
    var name: String { get }
    var version: String { get }
    /// From now on a catalogue answers by this text.
    func enforce(in catalogue: inout ServiceCatalogue) throws(HubError)
}

extension HubCalendar: StandingRule {
    static var kind: HubRuleKind { .calendar }
    func enforce(in catalogue: inout ServiceCatalogue) throws(HubError) { try catalogue.keep(self) }
}

extension HubTable: StandingRule {
    static var kind: HubRuleKind { .table }
    func enforce(in catalogue: inout ServiceCatalogue) { catalogue.tables[name] = TableIndex(self) }
}

extension HubOrganisation: StandingRule {
    static var kind: HubRuleKind { .organisation }
    func enforce(in catalogue: inout ServiceCatalogue) { catalogue.chart = OrganisationChart(self) }
}

extension HubRuleVersion {
    /// - Parameter department: To whom the rule belongs; its text does not say it.
    init<Rule: StandingRule>(_ rule: Rule, department: String) throws(HubError) {
        self.init()
        (kind, name, version) = (Rule.kind, rule.name, rule.version)
        (self.department, hash) = (department, .init(try rule.ruleHash()))
    }
}
