// Rules that hold from their publication on, one version at a time: calendars, tables, tariffs, papers, registers, offices, routes,
// the organisation.

package import HubDomain
package import HubProto
package import SwiftProtobuf

/// A rule that is no definition. A new kind needs its conformance below, its line in ``StandingRules``, its word in
/// ``HubRuleKind/word`` and, in HubModules, its reader.
package protocol StandingRule: Message, Sendable {
    static var kind: HubRuleKind { get }
    var name: String { get }
    var version: String { get }
    /// Name of the rule of its own kind on which this one rests; "" = none.
    var basedOn: String { get }
    /// From now on a catalogue answers by this text.
    func enforce(in catalogue: inout ServiceCatalogue) throws(HubError)
}

extension StandingRule {
    package var basedOn: String { "" }
}

extension HubCalendar: StandingRule {
    package static var kind: HubRuleKind { .calendar }
    package func enforce(in catalogue: inout ServiceCatalogue) throws(HubError) { try catalogue.keep(self) }
}

extension HubTable: StandingRule {
    package static var kind: HubRuleKind { .table }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.tables[name] = TableIndex(self) }
}

extension HubOrganisation: StandingRule {
    package static var kind: HubRuleKind { .organisation }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.chart = OrganisationChart(self) }
}

extension HubTreasury: StandingRule {
    package static var kind: HubRuleKind { .treasury }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.treasury = self }
}

extension HubTariff: StandingRule {
    package static var kind: HubRuleKind { .tariff }
    package func enforce(in catalogue: inout ServiceCatalogue) throws(HubError) {
        catalogue.tariffs[name] = try TariffPrices(self)
    }
}

extension HubPaperTemplate: StandingRule {
    package static var kind: HubRuleKind { .paper }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.papers[name] = self }
}

extension HubRegister: StandingRule {
    package static var kind: HubRuleKind { .register }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.registers[name] = self }
}

extension HubNoticeRules: StandingRule {
    package static var kind: HubRuleKind { .notices }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.keep(self) }
}

extension HubQuestionnaire: StandingRule {
    package static var kind: HubRuleKind { .questionnaire }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.questionnaires[name] = self }
}

extension HubOfficeRules: StandingRule {
    package static var kind: HubRuleKind { .offices }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.keep(self) }
}

extension HubRoutes: StandingRule {
    package static var kind: HubRuleKind { .routes }
    package func enforce(in catalogue: inout ServiceCatalogue) { catalogue.routes[name] = RoutePlan(self) }
}

/// All kinds, those first on which others lean.
enum StandingRules {
    static let types: [any StandingRule.Type] = [
        HubCalendar.self, HubTable.self, HubOrganisation.self, HubTreasury.self, HubTariff.self,
        HubPaperTemplate.self, HubRegister.self, HubOfficeRules.self, HubNoticeRules.self, HubQuestionnaire.self,
        HubRoutes.self,
    ]

    /// A text of the ledger.
    static func decoded(_ body: [UInt8], _ version: HubRuleVersion) throws(HubError) -> any StandingRule {
        guard let type = types.first(where: { $0.kind == version.kind }) else {
            throw HubError(.ledgerFailed, "\(version.recordKey) is of no kind that this hub knows")
        }
        return try decode(type, body, version.recordKey)
    }

    private static func decode<Rule: StandingRule>(
        _: Rule.Type, _ body: [UInt8], _ key: String
    ) throws(HubError) -> any StandingRule {
        let rule: Rule = try HubCore.decoded(body, key)
        return rule
    }

    /// In the order in which they can come into force: what others lean on first.
    static func ordered<Element>(_ elements: [Element], _ rule: (Element) -> any StandingRule) -> [Element] {
        let ranked = elements.enumerated().map { offset, element in
            let rule = rule(element)
            let kind = types.firstIndex { $0.kind == type(of: rule).kind } ?? types.count
            return (rank: (kind, rule.basedOn.isEmpty ? 0 : 1, offset), element: element)
        }
        return ranked.sorted { $0.rank < $1.rank }.map(\.element)
    }
}

extension HubRuleVersion {
    /// - Parameter department: To whom the rule belongs; its text does not say it.
    init<Rule: StandingRule>(_ rule: Rule, department: String) throws(HubError) {
        self.init()
        (kind, name, version) = (Rule.kind, rule.name, rule.version)
        (self.department, hash) = (department, .init(try rule.ruleHash()))
    }
}
