// Who acts for a citizen says how the citizen agreed; it is kept with the case.

import HubDomain
import HubProto

/// Checks the consent of one command.
///
/// A citizens' channel speaks for whoever signed in to it. An officer or a village's desk that types for somebody needs that
/// person's word, as the definition lists it (UU 27/2022 art. 20 to 24).
struct ConsentRules: Sendable {
    let definition: HubServiceDefinition
    let policy: Policy

    private static let noteMax = 500

    /// What is to be remembered; nil = nobody acts for another, or the service asks for no consent.
    ///
    /// - Parameters:
    ///   - applicant: Whose case it is; nil = a new one, of whom the actor speaks for.
    ///   - documents: Papers that came with the command: an older letter agreed to something else.
    /// - Throws: ``HubError/Code/consentMissing`` with what is wrong.
    func checked(
        _ given: HubConsent?, _ action: HubAction, by actor: HubActor, for applicant: String?,
        documents: [HubDocument], nowMillis: Int64
    ) throws(HubError) -> HubConsent? {
        guard isNeeded(action, actor, applicant) else { return nil }
        guard let rule = definition.consents.first(where: { $0.kind == given?.kind }), let given else {
            throw Self.missing(
                "consent/kind", "required",
                id: "Catat persetujuan pemohon: \(kinds(\.indonesian)).",
                en: "Say how the applicant agreed: \(kinds(\.english)).")
        }
        let note = given.note
        guard (1...Self.noteMax).contains(note.unicodeScalars.count) else {
            throw Self.missing(
                "consent/note", "length", id: "Tuliskan kapan dan di hadapan siapa persetujuan diberikan.",
                en: "Write when and before whom the applicant agreed, 1 to \(Self.noteMax) characters.")
        }
        let proof = documents.last { $0.kind == rule.document }
        guard rule.document.isEmpty || proof != nil else {
            throw Self.missing(
                "documents/\(rule.document)", "required", id: "Lampirkan surat yang ditandatangani pemohon.",
                en: "Attach the letter that the applicant signed.")
        }
        return .with {
            ($0.kind, $0.note, $0.action) = (given.kind, note, action.name)
            ($0.by, $0.atMs) = (actor.principal, nowMillis)
            if let proof { $0.documentSha256 = proof.sha256 }
        }
    }

    private func isNeeded(_ action: HubAction, _ actor: HubActor, _ applicant: String?) -> Bool {
        // A citizen's case stays the citizen's when an officer leaves out for whom they act.
        let isOfCitizen = !actor.onBehalfOf.isEmpty || applicant.map { !$0.hasPrefix("urn:") } ?? false
        return !definition.consents.isEmpty && isOfCitizen && !policy.applicants.contains(actor.role)
            && action.kind != .act && !policy.allActions.contains(actor.role)
    }

    private func kinds(_ word: (HubConsentKind) -> String) -> String {
        definition.consents.map { word($0.kind) }.joined(separator: ", ")
    }

    private static func missing(_ field: String, _ rule: String, id: String, en: String) -> HubError {
        HubError(.consentMissing, "the applicant's consent", violations: [Violation(field, rule, id: id, en: en)])
    }
}

extension HubConsentKind {
    fileprivate var indonesian: String {
        switch self {
        case .spoken: "lisan"
        case .written: "tertulis"
        case .proxy: "surat kuasa"
        case .unspecified, .UNRECOGNIZED: "?"
        }
    }

    fileprivate var english: String {
        switch self {
        case .spoken: "spoken"
        case .written: "written"
        case .proxy: "proxy"
        case .unspecified, .UNRECOGNIZED: "?"
        }
    }
}
