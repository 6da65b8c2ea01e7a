// The body of a paper, part by part, and the lines of whoever answers for it.

import HubCore
import HubProto

extension PaperLayout {
    /// - Parameter isLast: Its last part goes where the signature goes: a signature alone on a page could be put behind
    ///   any other text.
    mutating func place(_ block: HubPaperBlock, isLast: Bool) {
        switch block.kind {
        case .paragraph(let text):
            if isLast { keepWithEnding(text, width: Measures.width) }
            paragraph(text, x: Measures.left, width: Measures.width)
        case .heading(let text):
            y += 4
            // A heading alone at the foot of a page would belong to nothing.
            reserve(4 * Measures.strong.leading)
            centre(lines(text.id, Measures.strong))
            centre(lines(text.en, Measures.english))
        case .facts(let list):
            for (place, fact) in list.facts.enumerated() {
                if isLast, place == list.facts.count - 1 {
                    keepWithEnding(.with { $0.id = content.filled(fact) }, width: Measures.width / 2)
                }
                self.place(fact)
            }
        case .clauses(let list):
            for (place, clause) in list.clauses.enumerated() {
                if isLast, place == list.clauses.count - 1 {
                    keepWithEnding(clause, width: Measures.width - Measures.number)
                }
                self.clause(clause, number: place + 1)
            }
        case nil: return
        }
        y += Measures.paragraphGap
    }

    /// Makes sure that a short text and the block at the end stand on one page.
    private mutating func keepWithEnding(_ text: HubPaperText, width: Double) {
        let own =
            height(lines(text.id, Measures.body, width: width)) + height(lines(text.en, Measures.english, width: width))
        guard own < Measures.pageHeight / 4 else { return }
        reserve(own + 2 * Measures.paragraphGap + Measures.endingGap + endingHeight)
    }

    private mutating func paragraph(_ text: HubPaperText, x: Double, width: Double) {
        put(lines(text.id, Measures.body, width: width), x: x, width: width, justified: true)
        put(lines(text.en, Measures.english, width: width), x: x, width: width)
    }

    private mutating func clause(_ text: HubPaperText, number: Int) {
        reserve(2 * Measures.body.leading)
        for line in lines("\(number).", Measures.body) {
            put(.text(line, x: Measures.left, y: baseline(line.style)))
        }
        paragraph(text, x: Measures.left + Measures.number, width: Measures.width - Measures.number)
        y += 2
    }

    /// Label and value, line beside line.
    private mutating func place(_ fact: HubPaperFact) {
        let valueLeft = Measures.left + Measures.label + Measures.colon
        let label = lines(fact.label, Measures.body, width: Measures.label - 4)
        let value = content.filled(fact).split(separator: "\n").flatMap { line in
            setter.lines(String(line), Measures.body, width: Measures.left + Measures.width - valueLeft)
        }
        let count = max(label.count, value.count)
        for place in 0..<count {
            let leading = Measures.body.leading
            reserve(place == 0 ? Double(min(count, 2)) * leading : leading)
            let y = baseline(Measures.body)
            if place < label.count { put(.text(label[place], x: Measures.left, y: y)) }
            if place == 0, let colon = lines(":", Measures.body).first {
                put(.text(colon, x: Measures.left + Measures.label, y: y))
            }
            if place < value.count { put(.text(value[place], x: valueLeft, y: y)) }
            self.y += leading
        }
        y += 1
    }

    // MARK: Signature

    /// What stands above one another, with room around the mark.
    struct SignatureLines {
        var before: [TextLine] = []
        var mark: [TextLine] = []
        /// Underlined.
        var name: [TextLine] = []
        /// Rank and number.
        var after: [TextLine] = []

        var all: [TextLine] { before + mark + name + after }
    }

    /// Lines of one text in the block at most: it must stand on one page, whatever the values are.
    private static let linesMax = 3

    var signatureLines: SignatureLines {
        let signature = order.template.signature
        func set(_ text: String, _ style: TextStyle) -> [TextLine] {
            Array(lines(text, style, width: Measures.signatureWidth).prefix(Self.linesMax))
        }
        return SignatureLines(
            before: set(signature.place, Measures.body) + set(signature.date, Measures.body)
                + signature.post.flatMap { set($0, Measures.strong) },
            mark: set(signature.mark.id, Measures.small) + set(signature.mark.en, Measures.smallEnglish),
            name: set(signature.name, Measures.strong),
            after: set(signature.rank, Measures.body) + set(signature.number, Measures.body))
    }

    mutating func sign(_ signature: SignatureLines) {
        let x = Measures.signatureLeft
        put(signature.before, x: x, width: Measures.signatureWidth)
        y += Measures.ink
        put(signature.mark, x: x, width: Measures.signatureWidth)
        y += Measures.ink
        for line in signature.name { putUnderlined(line, x: x) }
        put(signature.after, x: x, width: Measures.signatureWidth)
    }
}
