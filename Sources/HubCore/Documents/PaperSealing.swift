// From a paper's content to its signed statement and the text of its QR code.

import Crypto
package import HubDomain
package import HubProto
import SwiftProtobuf

/// What a statement says beside the template's facts.
package struct PaperIssue: Sendable, Hashable {
    /// Such as "Kabupaten Makmur".
    package var issuer: String
    package var number: String
    package var issuedOn: CalendarDate
    /// Last day on which the paper holds; nil = until it is revoked.
    package var validUntil: CalendarDate?

    package init(issuer: String, number: String, issuedOn: CalendarDate, validUntil: CalendarDate?) {
        self.issuer = issuer
        self.number = number
        self.issuedOn = issuedOn
        self.validUntil = validUntil
    }

    /// What templates may name beside the fields of the case: `nomor`, `tanggal_terbit` and, empty when there is none,
    /// `berlaku_sampai`.
    package var values: [String: String] {
        [
            "nomor": number, "tanggal_terbit": issuedOn.indonesian, "berlaku_sampai": validUntil?.indonesian ?? "",
        ]
    }
}

extension PaperContent {
    /// Bytes of one value in the QR code.
    package static let sealedValueBytesMax = 56

    /// What is signed of this paper.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when a message cannot be encoded.
    package func statement(_ issue: PaperIssue) throws(HubError) -> HubPaperStatement {
        let content = try sha256()
        return .with {
            $0.issuer = issue.issuer
            $0.number = issue.number
            $0.template = template.name
            $0.version = template.version
            $0.title = filled(template.title.id)
            $0.issuedOn = issue.issuedOn.iso
            $0.validUntil = issue.validUntil?.iso ?? ""
            $0.facts = template.seal.map { name in
                let fact = template.facts.first { $0.value == "{\(name)}" } ?? HubPaperFact()
                return .with {
                    $0.name = name
                    $0.label = fact.label
                    let lines = (values[name] ?? "").split(separator: "\n").joined(separator: "; ")
                    $0.value = PrintableText.cut(lines, bytesMax: Self.sealedValueBytesMax)
                }
            }
            $0.contentSha256 = .init(content)
        }
    }

    /// Lets a paper be signed.
    ///
    /// - Returns: The seal, and the text for ``PaperOrder/qrText``.
    /// - Throws: What the signer throws; ``HubError/Code/internalFault`` when its seal does not hold the statement.
    package func sealed(
        _ issue: PaperIssue, by signer: some PaperSigner
    ) async throws(HubError) -> (seal: HubPaperSeal, qrText: String) {
        let statement = try statement(issue).ledgerBytes()
        let seal = try await signer.seal(statement)
        guard seal.statement.elementsEqual(statement) else {
            throw HubError(.internalFault, "the signer sealed something else than it was given")
        }
        return (seal, try PaperSealText.text(of: seal))
    }
}
