// Whether an authority's answer is what was asked for. Pure: what is stored is passed in.

import Crypto
import HubDomain
import HubProto
import SwiftProtobuf

/// Holds an answer against the form: a number must be a number of its kind, and of the person that the case is about.
struct InquiryAnswer: Sendable {
    let request: LayananAnswerInquiryRequest
    let rule: HubInquiryRule
    let rules: FormRules

    /// What a right answer makes of the case.
    struct Outcome: Sendable {
        /// Values that were received, each in its one spelling.
        var received: [HubFieldValue]
        /// The case's data and documents with them.
        var data: [HubFieldValue]
        var documents: [HubDocument]
    }

    /// Checks an answer that is no refusal.
    ///
    /// - Parameter stored: What the ledger knows of the documents that the adapter put.
    /// - Returns: The outcome, or everything that is wrong.
    /// - Throws: ``HubError/Code/definitionInvalid`` when a table of the definition is not loaded.
    func outcome(
        on state: HubCase, stored: [[UInt8]: (size: UInt64, mediaType: String)]
    ) throws(HubError) -> (outcome: Outcome?, wrong: [Violation]) {
        var wrong: [Violation] = []
        let received = try read(&wrong)
        let merged = Dictionary(received.map { ($0.name, $0) }) { first, _ in first }
            .merging(state.data.map { ($0.name, $0) }) { new, _ in new }
        let data = rules.definition.fields.compactMap { merged[$0.name] }
        for warning in rules.warnings(on: data) where received.contains(where: { $0.name == warning.field }) {
            // To an officer it is something to look at; of an authority's answer it says that it is of somebody else.
            wrong.append(Violation(warning.field, warning.code, id: warning.text.id, en: warning.text.en))
        }
        let documents = documents(onto: state.documents, stored, &wrong)
        guard wrong.isEmpty else { return (nil, wrong) }
        return (Outcome(received: received, data: data, documents: documents), [])
    }

    private func read(_ wrong: inout [Violation]) throws(HubError) -> [HubFieldValue] {
        guard request.values.count <= rule.receives.count + FormRules.spareValues else {
            wrong.append(.tooManyFields)
            return []
        }
        var received: [HubFieldValue] = []
        for value in request.values {
            guard let wanted = rule.receives.first(where: { $0.field == value.name }),
                let field = rules.definition.fields.first(where: { $0.name == value.name })
            else {
                wrong.append(.unknownField(value.name))
                continue
            }
            guard !received.contains(where: { $0.name == value.name }) else {
                wrong.append(.duplicate(field))
                continue
            }
            switch try rules.check(value, field) {
            case .empty: continue
            case .broken(let violations): wrong += violations
            case .sound(let sound):
                received.append(sound)
                if wanted.digits > 0, !Self.isDigits(sound.text, count: wanted.digits) {
                    wrong.append(Self.digits(field, wanted.digits))
                }
            }
        }
        let broken = Set(wrong.map(\.field))
        for wanted in rule.receives where !wanted.mayLack && !broken.contains(wanted.field) {
            guard !received.contains(where: { $0.name == wanted.field }),
                let field = rules.definition.fields.first(where: { $0.name == wanted.field })
            else { continue }
            wrong.append(.required(field))
        }
        return received
    }

    private func documents(
        onto existing: [HubDocument], _ stored: [[UInt8]: (size: UInt64, mediaType: String)], _ wrong: inout [Violation]
    ) -> [HubDocument] {
        for document in request.documents.prefix(FormRules.documentLimit)
        where !rule.documents.contains(document.kind) { wrong.append(.unknownDocument(document.kind)) }
        return rules.check(request.documents, onto: existing, stored: stored, demandedFor: nil, &wrong)
    }

    private static func isDigits(_ text: String, count: UInt32) -> Bool {
        text.utf8.count == Int(count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func digits(_ field: HubFormField, _ count: UInt32) -> Violation {
        Violation(field.name, "digits", id: "Isi tepat \(count) digit.", en: "Give exactly \(count) digits.")
    }
}

extension LayananAnswerInquiryRequest {
    /// What is wrong with its form, whatever was asked.
    var malformed: [Violation] {
        var wrong: [Violation] = []
        if id.count != 16 { wrong.append(Self.broken("id", "16 bytes")) }
        if reference.utf8.count > 128 || !FormRules.isClean(reference, lines: false) {
            wrong.append(Self.broken("reference", "at most 128 bytes without control characters"))
        }
        if proof.count != 32 { wrong.append(Self.broken("proof", "a SHA-256, 32 bytes")) }
        guard hasRefusal else { return wrong }
        if !values.isEmpty || !documents.isEmpty { wrong.append(Self.broken("refusal", "either values or a refusal")) }
        if !(1...48).contains(refusal.code.utf8.count) || !refusal.code.utf8.allSatisfy(Self.isCode) {
            wrong.append(Self.broken("refusal/code", "[a-z0-9_-]{1,48}"))
        }
        return wrong + FormRules.violations(note: refusal.reason, max: 500, demanded: true)
    }

    /// Two that say the same have the same: 32 bytes.
    func fingerprint() throws(HubError) -> [UInt8] {
        var same = self
        same.values.sort { $0.name < $1.name }
        same.documents.sort { $0.kind < $1.kind }
        return [UInt8](SHA256.hash(data: try same.ledgerBytes()))
    }

    private static func isCode(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func broken(_ field: String, _ form: String) -> Violation {
        Violation(field, "form", id: "Isi sesuai bentuk: \(form).", en: "Give it in this form: \(form).")
    }
}
