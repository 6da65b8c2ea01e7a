// The documents of a command: as a case would keep them, and what is known of those that its sender may use.

import HubDomain
import HubProto

/// Documents that a command names.
struct UsableDocuments: Sendable {
    /// As a case keeps them: each by the hash of the bytes that are kept.
    var documents: [HubDocument]
    /// What is known of those that may be used; the others are not in the hub for whoever sent the command.
    var facts: [[UInt8]: (size: UInt64, mediaType: String)]

    /// With those that a case has already: whoever may change it may name them again.
    func facts(with state: HubCase?) -> [[UInt8]: (size: UInt64, mediaType: String)] {
        guard !documents.isEmpty, documents.count <= FormRules.documentLimit else { return [:] }
        var facts = facts
        for document in state?.documents ?? [] {
            facts[[UInt8](document.sha256)] = (document.size, document.mediaType)
        }
        return facts
    }
}

extension DocumentIntake {
    /// Documents that an actor may use: its own, and its citizen's.
    ///
    /// - Throws: ``HubError/Code/documentHarmful`` when one of them waits for the scanner, or was found harmful.
    func usable(_ sent: [HubDocument], by actor: HubActor) async throws(HubError) -> UsableDocuments {
        // More than a case can have are refused by the form's rules; nothing is looked up for them.
        guard !sent.isEmpty, sent.count <= FormRules.documentLimit else {
            return UsableDocuments(documents: sent, facts: [:])
        }
        let documents = try await resolved(sent)
        let hashes = documents.map { [UInt8]($0.sha256) }
        let facts = try await ledger.documentFacts(hashes, owners: [actor.principal, actor.applicantReference])
        // Of what was found harmful nothing but this is known any more.
        try await requireFree(hashes)
        return UsableDocuments(documents: documents, facts: facts)
    }

    /// One that is named by the bytes that were sent becomes the one that is kept; how many they were is the hub's to say.
    private func resolved(_ documents: [HubDocument]) async throws(HubError) -> [HubDocument] {
        var resolved: [HubDocument] = []
        for sent in documents {
            var document = try await kept(for: [UInt8](sent.sha256)) ?? sent
            document.kind = sent.kind
            document.originalSize = try await sentSize(of: [UInt8](document.sha256))
            resolved.append(document)
        }
        return resolved
    }
}
