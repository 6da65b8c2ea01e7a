// Whether the documents of a command are those the definition asks for, and really in the hub.

import HubDomain
import HubProto

extension FormRules {
    /// Documents of a case.
    static let documentLimit = 32

    /// Checks new documents and puts them on top of the case's; a new one of a kind replaces the old.
    ///
    /// - Parameter demandedFor: Action whose documents must be there; nil = none is demanded.
    func check(
        _ documents: [HubDocument], onto existing: [HubDocument],
        stored: [[UInt8]: (size: UInt64, mediaType: String)], demandedFor action: String?, _ wrong: inout [Violation]
    ) -> [HubDocument] {
        guard documents.count <= Self.documentLimit else {
            wrong.append(.tooManyDocuments(max: Self.documentLimit))
            return existing
        }
        let rules = Dictionary(definition.documents.map { ($0.kind, $0) }) { first, _ in first }
        var byKind = Dictionary(existing.map { ($0.kind, $0) }) { first, _ in first }
        var seen: Set<String> = []
        for document in documents {
            guard let rule = rules[document.kind] else {
                wrong.append(.unknownDocument(document.kind))
                continue
            }
            guard seen.insert(document.kind).inserted else {
                wrong.append(.duplicate(rule))
                continue
            }
            if let violation = check(document, rule, stored) { wrong.append(violation) }
            byKind[document.kind] = document
        }
        if let action {
            for rule in definition.documents where rule.requiredFor.contains(action) && byKind[rule.kind] == nil {
                wrong.append(.required(rule))
            }
        }
        if byKind.count > Self.documentLimit { wrong.append(.tooManyDocuments(max: Self.documentLimit)) }
        return definition.documents.compactMap { byKind[$0.kind] }
    }

    private func check(
        _ document: HubDocument, _ rule: HubDocumentRule, _ stored: [[UInt8]: (size: UInt64, mediaType: String)]
    ) -> Violation? {
        guard document.sha256.count == 32 else { return .hash(rule) }
        guard let facts = stored[[UInt8](document.sha256)] else { return .notStored(rule) }
        let allowed = rule.effectiveMediaTypes
        if !allowed.contains(facts.mediaType) { return .mediaType(rule, allowed: allowed) }
        // What a person sends can be made smaller; what the hub makes of it cannot.
        let sent = document.originalSize > 0 ? document.originalSize : facts.size
        if sent > rule.effectiveSizeMax { return .tooLarge(rule, bytes: rule.effectiveSizeMax) }
        return document.size == facts.size && document.mediaType == facts.mediaType ? nil : .otherDocument(rule)
    }
}
