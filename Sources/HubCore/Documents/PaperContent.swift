// A paper's template and values together: what is printed, and the hash that holds all of it.

import Crypto
package import HubDomain
package import HubProto

/// A template with the values of one paper. Printing and sealing start from here, so that what is hashed is what is seen.
package struct PaperContent: Sendable {
    package let template: HubPaperTemplate
    /// Those of the template's placeholders, each as it is printed, line by line; what was missing is empty.
    package let values: [String: String]

    /// Characters of one value.
    package static let valueCharactersMax = 4_000
    /// Lines of one value, such as the rows of a group: a fact prints each by itself, any other text runs on.
    package static let valueLinesMax = 60

    package init(template: HubPaperTemplate, values: [String: String]) {
        self.template = template
        var printed: [String: String] = [:]
        for name in Set(template.texts.flatMap { PlaceholderText($0)?.names ?? [] }) {
            printed[name] = PrintableText.lines(
                values[name] ?? "", linesMax: Self.valueLinesMax, charactersMax: Self.valueCharactersMax
            ).joined(separator: "\n")
        }
        self.values = printed
    }

    /// A text of the template with its values. One that cannot be taken apart is printed as it stands.
    package func filled(_ text: String) -> String {
        PlaceholderText(text)?.filled(with: values) ?? text
    }

    /// What a fact says.
    package func filled(_ fact: HubPaperFact) -> String {
        let value = filled(fact.value)
        if value.contains(where: { !$0.isWhitespace }) { return value }
        return fact.otherwise.isEmpty ? "–" : filled(fact.otherwise)
    }

    /// 32 bytes over the template and all values, in the form that `PaperStatement.content_sha256` describes.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when the template cannot be encoded.
    package func sha256() throws(HubError) -> [UInt8] {
        var hash = SHA256()
        func add(_ bytes: some Collection<UInt8>) {
            let length = UInt32(clamping: bytes.count)
            hash.update(data: (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + Array(bytes))
        }
        add("ELM1".utf8)
        add([UInt8](SHA256.hash(data: try template.ledgerBytes())))
        for (name, value) in values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            add(name.utf8)
            add(value.utf8)
        }
        return [UInt8](hash.finalize())
    }
}

extension HubPaperTemplate {
    /// All facts, in the paper's order.
    package var facts: [HubPaperFact] { blocks.flatMap(\.facts.facts) }

    /// Every text of the paper, in its order; empty ones too.
    package var texts: [String] {
        let head = letterhead.above + [letterhead.office] + letterhead.address + title.both + [numberLine]
        let end =
            [signature.place, signature.date] + signature.post + signature.mark.both
            + [signature.name, signature.rank, signature.number] + qrCaption.both + footer.both
        return head + blocks.flatMap(\.texts) + end
    }
}

extension HubPaperBlock {
    fileprivate var texts: [String] {
        switch kind {
        case .paragraph(let text), .heading(let text): text.both
        case .facts(let list): list.facts.flatMap { [$0.label, $0.value, $0.otherwise] }
        case .clauses(let list): list.clauses.flatMap(\.both)
        case nil: []
        }
    }
}

extension HubPaperText {
    fileprivate var both: [String] { [id, en] }
}
