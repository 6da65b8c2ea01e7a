// What is in force when the hub starts: what was published before, and what bundles bring anew.

import HubDomain
import HubProto
import Logging
import SwiftProtobuf

/// Makes a hub's first catalogue. The ledger wins over the bundles: a version keeps the text with which it was published.
struct RulebookOpening {
    let bundles: [LoadedBundle]
    let ledger: any Ledger
    let nowMillis: Int64
    let logger: Logger

    func catalogue() async throws(HubError) -> ServiceCatalogue {
        var catalogue = ServiceCatalogue(bundles: bundles)
        // Of hubs that knew no publications too, and of versions that nobody offers any more.
        var kept: [HubRuleVersion] = []
        for record in try await ledger.records(prefix: "\(HubRuleKind.definition.word)/") {
            let definition: HubServiceDefinition = try decoded(record.body, record.key)
            catalogue.know(definition)
            kept.append(HubRuleVersion(definition))
        }
        var publications: [HubPublication] = []
        for record in try await ledger.records(prefix: HubPublication.recordPrefix) {
            publications.append(try decoded(record.body, record.key))
        }
        for publication in publications { catalogue.note(publication) }
        try await enforce(publications, in: &catalogue)
        // Calendars that bundles rest on come first.
        for bundle in bundles.sorted(by: { !$0.rests && $1.rests }) { try await publish(bundle, in: &catalogue) }
        for rule in kept { catalogue.note(rule) }
        return catalogue
    }

    /// Later publications take the place of earlier ones; only what holds in the end is read.
    private func enforce(
        _ publications: [HubPublication], in catalogue: inout ServiceCatalogue
    ) async throws(HubError) {
        var latest: [RuleName: HubRuleVersion] = [:]
        for rule in publications.lazy.flatMap(\.changes).map(\.rule) {
            if rule.kind == .definition {
                if let definition = catalogue.entries[rule.name]?.known[rule.version] { catalogue.offer(definition) }
            } else {
                latest[rule.ruleName] = rule
            }
        }
        var texts: [(version: HubRuleVersion, rule: any StandingRule)] = []
        for version in latest.values {
            guard let body = try await ledger.record(version.recordKey)?.body else {
                throw HubError(.ledgerFailed, "the text of \(version.recordKey) is gone")
            }
            texts.append((version, try StandingRules.decoded(body, version)))
        }
        for (version, rule) in StandingRules.ordered(texts, \.rule) {
            do throws(HubError) { try catalogue.enforce(rule, as: version) } catch {
                logger.error(
                    "a rule in force has lost the one on which it rests", metadata: ["rule": "\(version.recordKey)"])
            }
        }
    }

    // MARK: Bundles

    /// Puts in force what a bundle brings and nobody has published. What cannot come into force is told and left out.
    private func publish(_ bundle: LoadedBundle, in catalogue: inout ServiceCatalogue) async throws(HubError) {
        var next = catalogue
        var publication = HubPublication()
        var texts: [String: [UInt8]] = [:]
        for definition in bundle.definitions {
            let rule = HubRuleVersion(definition)
            guard isNew(rule, in: catalogue) else { continue }
            // Hubs that knew no publications kept definitions alone; cases may have begun with its text.
            let kept = catalogue.entries[rule.name]?.known[rule.version]
            if let kept, kept.hash != rule.hash { tellChanged(rule) }
            if kept == nil { texts[rule.recordKey] = try definition.ledgerBytes() }
            next.offer(kept ?? definition)
            publication.changes.append(.with { $0.rule = HubRuleVersion(kept ?? definition) })
        }
        do throws(HubError) {
            for rule in StandingRules.ordered(bundle.standing, { $0 }) {
                let version = try HubRuleVersion(rule, department: bundle.department)
                guard isNew(version, in: catalogue) else { continue }
                try next.enforce(rule, as: version)
                texts[version.recordKey] = try rule.ledgerBytes()
                publication.changes.append(.with { $0.rule = version })
            }
        } catch {
            logger.error(
                "the rules of a bundle cannot come into force; those of before stay",
                metadata: ["bundle": "\(bundle.module)", "error": "\(error)"])
            return
        }
        guard !publication.changes.isEmpty else { return }
        publication.number = catalogue.publications + 1
        publication.atMs = nowMillis
        publication.actor.role = "hub"
        publication.actor.department = bundle.department
        publication.note = "bundle \(bundle.module)"
        guard case .committed = try await ledger.commit(publication.commit(key: nil, texts: texts)) else {
            throw HubError(.ledgerFailed, "rules of bundle \(bundle.module) cannot be published")
        }
        next.note(publication)
        catalogue = next
    }

    /// Nobody has published this version; one that has another text by now is told.
    private func isNew(_ rule: HubRuleVersion, in catalogue: ServiceCatalogue) -> Bool {
        guard let hash = catalogue.published[rule.recordKey] else { return true }
        if hash != [UInt8](rule.hash) { tellChanged(rule) }
        return false
    }

    private func tellChanged(_ rule: HubRuleVersion) {
        logger.error(
            "a rule changed without a new version; the text that was published stays in force",
            metadata: ["kind": "\(rule.kind.word)", "name": "\(rule.name)", "version": "\(rule.version)"])
    }
}

/// A text of the ledger as a message.
func decoded<Rule: Message>(_ body: [UInt8], _ key: String) throws(HubError) -> Rule {
    guard let rule = try? Rule(serializedBytes: body) else {
        throw HubError(.ledgerFailed, "record \(key) cannot be decoded")
    }
    return rule
}

extension LoadedBundle {
    /// It brings rules that rest on another bundle's.
    fileprivate var rests: Bool { standing.contains { !$0.basedOn.isEmpty } }
}
