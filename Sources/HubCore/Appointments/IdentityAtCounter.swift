// Whether the person at the counter is the right one: digits that an officer has read, compared with the case's. Pure.

import HubDomain
import HubProto

/// One look at an identity. Nothing of it reaches an error but the names of what is wrong.
struct IdentityAtCounter: Sendable {
    let rule: HubIdentityRule
    let definition: HubServiceDefinition
    let request: LayananServeRequest

    /// - Parameter stored: What the ledger knows of the letter.
    /// - Returns: What is kept of it, and the case's documents with the letter.
    /// - Throws: ``HubError/Code/identityRefused`` with everything that is missing or differs.
    func check(
        _ state: HubCase, stored: [[UInt8]: (size: UInt64, mediaType: String)]
    ) throws(HubError) -> (check: HubIdentityCheck, documents: [HubDocument]) {
        var wrong: [Violation] = []
        var documents = state.documents
        if !rule.shows.contains(request.shown) { wrong.append(Self.shown) }
        let own = state.data.first { $0.name == rule.nik }?.text ?? ""
        if request.byProxy {
            if rule.letter.isEmpty {
                wrong.append(Self.holderOnly)
            } else {
                let rules = FormRules(definition: definition, tables: [:])
                if request.letter.kind != rule.letter { wrong.append(Self.letter) }
                documents = rules.check(
                    [request.letter], onto: documents, stored: stored, demandedFor: nil, &wrong)
            }
            if NIK(request.nik) == nil || request.nik == own { wrong.append(Self.proxy) }
        } else if own.isEmpty || request.nik != own {
            wrong.append(Self.holder)
        }
        guard wrong.isEmpty else {
            throw HubError(.identityRefused, "who came has not proved to be the right person", violations: wrong)
        }
        let check = HubIdentityCheck.with {
            ($0.shown, $0.byProxy) = (request.shown, request.byProxy)
            if request.byProxy { ($0.proxyNik, $0.letterSha256) = (request.nik, request.letter.sha256) }
        }
        return (check, documents)
    }

    private static let shown = Violation(
        "shown", "choice", id: "Catat identitas mana yang ditunjukkan.", en: "Say which identity was shown.")
    private static let holder = Violation(
        "nik", "identity", id: "NIK pada identitas tidak sama dengan NIK pada berkas.",
        en: "The NIK on the identity is not the case's.")
    private static let proxy = Violation(
        "nik", "identity", id: "Isi 16 digit NIK orang yang mewakili.",
        en: "Give the 16 digits of the NIK of who came instead.")
    private static let letter = Violation(
        "letter", "required", id: "Unggah surat kuasa lebih dahulu.", en: "Put the letter first, and name it.")
    private static let holderOnly = Violation(
        "by_proxy", "identity", id: "Layanan ini tidak dapat diwakilkan.", en: "Nobody else may come for this.")
}
