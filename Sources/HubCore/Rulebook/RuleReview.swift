// Whether rules may come into force: who brings them, how they fit to what is in force, and what they change.

import HubDomain
import HubProto
import SwiftProtobuf

/// What a review comes to.
struct RuleVerdict: Sendable {
    var findings: [HubRuleFinding] = []
    /// Rules that are not in force yet, with the text of each as a message by its record key.
    var changes: [HubRuleChange] = []
    var texts: [String: [UInt8]] = [:]
    /// What would be in force.
    var catalogue: ServiceCatalogue
    /// The chart that is in force now.
    var before: OrganisationChart?
    /// Versions of definitions by which cases run, which may have been replaced since.
    var running: Set<DefinitionVersion> = []
    /// Departments whose rules change.
    var owners: Set<String> = []
    /// Definitions that change, for which running cases are counted.
    var services: Set<String> = []
    var movedDeadlines: UInt64 = 0
    var runningCases: UInt64 = 0
}

/// One version of a definition.
struct DefinitionVersion: Hashable {
    let service: String
    let version: String
}

/// Reviews rules against a catalogue. Running cases are looked at in `RunningCases.swift`.
struct RuleReview: Sendable {
    let before: ServiceCatalogue
    let nowMillis: Int64
    /// Versions of definitions by which cases run.
    let running: Set<DefinitionVersion>
    /// The text of a version that is in force, from the ledger.
    let text: @Sendable (HubRuleVersion) async throws(HubError) -> [UInt8]?

    /// Characters of a version.
    private static let versionLengthMax = 32

    /// - Throws: What the ledger throws; nothing that is wrong with the rules is an error.
    func verdict(on rules: RuleSet, findings: [HubRuleFinding]) async throws(HubError) -> RuleVerdict {
        var verdict = RuleVerdict(findings: findings, catalogue: before, before: before.chart, running: running)
        // Definitions lean on all others.
        for written in StandingRules.ordered(rules.standing, \.rule) {
            try await consider(written.rule, written.file, in: &verdict)
        }
        for written in rules.definitions { try await consider(written, in: &verdict) }
        let changed = Set(verdict.changes.map(\.rule.recordKey))
        for written in rules.definitions where changed.contains(HubRuleVersion(written.rule).recordKey) {
            references(of: written, &verdict)
            reach(of: written.rule, in: written.file, &verdict)
        }
        let newCalendars = rules.all(HubCalendar.self).filter { calendar in
            verdict.changes.contains { $0.rule.kind == .calendar && $0.rule.name == calendar.rule.name }
        }
        for calendar in newCalendars { reach(over: calendar, &verdict) }
        for tariff in rules.all(HubTariff.self) { prices(of: tariff, &verdict) }
        for paper in rules.all(HubPaperTemplate.self) { placeholders(of: paper, &verdict) }
        return verdict
    }

    // MARK: One rule

    private func consider<Rule: StandingRule>(
        _ rule: Rule, _ file: String, in verdict: inout RuleVerdict
    ) async throws(HubError) {
        guard let present = owned(RuleName(kind: Rule.kind, name: rule.name), file, &verdict) else { return }
        let version = try HubRuleVersion(rule, department: present.department)
        guard isNew(version, file, &verdict) else { return }
        let old: Rule? = try await held(present)
        references(of: rule, after: old, in: file, &verdict)
        do throws(HubError) { try verdict.catalogue.enforce(rule, as: version) } catch {
            verdict.find(file, "based_on", error.detail)
            return
        }
        verdict.texts[version.recordKey] = try rule.ledgerBytes()
        verdict.changes.append(change(version, replacing: present, old, rule, after: verdict))
    }

    private func consider(
        _ written: RuleSet.Written<HubServiceDefinition>, in verdict: inout RuleVerdict
    ) async throws(HubError) {
        let definition = written.rule
        let rule = HubRuleVersion(definition)
        guard let entry = before.entries[definition.service] else {
            verdict.find(
                written.file, "service", "no module here decides on \(definition.service): install its bundle first")
            return
        }
        verdict.owners.insert(entry.department)
        if definition.department != entry.department {
            verdict.find(written.file, "department", "\(definition.service) belongs to \(entry.department)")
        }
        guard isNew(rule, written.file, &verdict) else { return }
        let offered = verdict.catalogue.entries[definition.service]?.offered ?? []
        let today = before.today(nowMillis).iso
        if let later = offered.first(where: { $0.validFrom > definition.validFrom && $0.validFrom <= today }) {
            verdict.find(
                written.file, "valid_from",
                "version \(later.version) holds since \(later.validFrom): this one would never be used")
        }
        let old = offered.filter { $0.validFrom <= definition.validFrom }.max { $0.validFrom < $1.validFrom }
        verdict.texts[rule.recordKey] = try definition.ledgerBytes()
        verdict.changes.append(change(rule, replacing: old.map(HubRuleVersion.init), old, definition, after: verdict))
        verdict.catalogue.offer(definition)
        verdict.services.insert(definition.service)
    }

    /// The version in force of a calendar, table or organisation; nil, with a finding, when there is none.
    private func owned(_ name: RuleName, _ file: String, _ verdict: inout RuleVerdict) -> HubRuleVersion? {
        if let present = before.inForce[name] {
            verdict.owners.insert(present.department)
            return present
        }
        verdict.find(file, "name", "no \(name.kind.word) \(name.name) is in force: new ones come with a bundle")
        return nil
    }

    /// Whether a version is not in force as it is; one that was published with another text is told.
    private func isNew(_ rule: HubRuleVersion, _ file: String, _ verdict: inout RuleVerdict) -> Bool {
        guard (1...Self.versionLengthMax).contains(rule.version.utf8.count),
            rule.version.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
        else {
            verdict.find(file, "version", "1 to \(Self.versionLengthMax) letters, digits or .-_ in version")
            return false
        }
        if verdict.changes.contains(where: { $0.rule.recordKey == rule.recordKey }) {
            verdict.find(file, "unique", "\(rule.name) \(rule.version) stands in two files")
            return false
        }
        guard let hash = before.published[rule.recordKey] else { return true }
        guard hash == [UInt8](rule.hash) else {
            verdict.find(
                file, "version", "\(rule.version) was published with another text: give this one a new version")
            return false
        }
        // What was replaced may come back.
        if rule.kind != .definition { return before.inForce[rule.ruleName]?.version != rule.version }
        return before.entries[rule.name]?.offered.contains { $0.version == rule.version } == false
    }

    private func held<Rule: Message>(_ version: HubRuleVersion) async throws(HubError) -> Rule? {
        guard let body = try await text(version) else { return nil }
        return try decoded(body, version.recordKey)
    }

    private func change<Rule: Message>(
        _ rule: HubRuleVersion, replacing present: HubRuleVersion?, _ old: Rule?, _ new: Rule,
        after verdict: RuleVerdict
    ) -> HubRuleChange {
        let room = RuleOutline.differencesMax - verdict.changes.reduce(0) { $0 + $1.differences.count }
        return .with {
            $0.rule = rule
            $0.replaces = present?.version ?? ""
            guard let old else { return }
            let (told, more) = RuleOutline.differences(from: old, to: new, most: room)
            $0.differences = told
            $0.differencesMore = UInt64(more)
        }
    }
}

extension RuleVerdict {
    /// What other rules must go on to fit: every version that was put in force last for its day, because cases of it may
    /// be opened again or go on after their end, and every other one by which an open case runs.
    var living: [HubServiceDefinition] {
        catalogue.entries.keys.sorted().flatMap { service -> [HubServiceDefinition] in
            guard let entry = catalogue.entries[service] else { return [] }
            let others = entry.known.values.filter { definition in
                running.contains(DefinitionVersion(service: service, version: definition.version))
                    && !entry.offered.contains { $0.version == definition.version }
            }
            return entry.offered + others.sorted { $0.version < $1.version }
        }
    }

    mutating func find(_ file: String, _ rule: String, _ remedy: String, cases: [String] = [], of count: UInt64 = 0) {
        findings.append(
            .with {
                $0.file = file
                $0.rule = rule
                $0.remedy = remedy
                $0.cases = cases
                $0.caseCount = count
            })
    }
}
