// papers/*.yaml → hub.v1.PaperTemplate, with every rule that must hold within it.

import HubCore
import HubDomain
import HubProto

/// Reads how a paper looks, and checks that it can be printed and sealed whatever its values are.
struct PaperReader {
    private let top: YAMLObject

    /// Blocks of a paper, facts or clauses of a block, lines of a letterhead, facts in the QR code.
    private static let blocksMax = 64
    private static let itemsMax = 40
    private static let headLinesMax = 8
    private static let sealMax = 6
    /// Placeholders of a paper: each may become 4,000 characters.
    private static let placeholdersMax = 400
    /// Characters of one text.
    private static let textMax = 2_000
    /// Bytes that issuer, number, dates and hash need at most in a statement, and a seal around it.
    private static let sealFrame = 220
    /// Bytes of a seal that the densest code holds: 970 letters, three for two bytes, without "ELM1:".
    private static let sealBytesMax = 643

    init(_ top: YAMLObject) { self.top = top }

    func read() -> HubPaperTemplate {
        var template = HubPaperTemplate()
        template.name = top.text("name", required: true)
        template.version = top.text("version", required: true)
        template.legalBasis = top.texts("legal_basis", required: true)
        if let head = top.object("letterhead", required: true) { template.letterhead = letterhead(head) }
        template.title = text("title", in: top, required: true)
        template.numberLine = line("number_line", in: top, required: true)
        template.blocks = limited(top.objects("blocks", required: true), "blocks", Self.blocksMax).map(block)
        if let end = top.object("signature", required: true) { template.signature = signature(end) }
        template.qrCaption = text("qr_caption", in: top, required: true)
        template.footer = text("footer", in: top, required: true)
        template.seal = top.texts("seal", required: true)
        top.finish()
        if !template.name.isEmpty, !Name.isIdentifier(template.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        if top.has("legal_basis"), template.legalBasis.isEmpty {
            top.find("legal_basis", "legal_basis", "name the law that the paper rests on")
        }
        check(template)
        return template
    }

    // MARK: Blocks

    private func letterhead(_ object: YAMLObject) -> HubPaperLetterhead {
        defer { object.finish() }
        return .with {
            $0.above = lines("above", in: object)
            $0.office = line("office", in: object, required: true)
            $0.address = lines("address", in: object)
        }
    }

    private func signature(_ object: YAMLObject) -> HubPaperSignature {
        defer { object.finish() }
        return .with {
            $0.place = line("place", in: object, required: true)
            $0.date = line("date", in: object, required: true)
            $0.post = lines("post", in: object)
            $0.mark = text("mark", in: object)
            $0.name = line("name", in: object, required: true)
            $0.rank = line("rank", in: object)
            $0.number = line("number", in: object)
        }
    }

    private func block(_ object: YAMLObject) -> HubPaperBlock {
        defer { object.finish() }
        let kinds = ["paragraph", "heading", "facts", "clauses"].filter(object.has)
        guard kinds.count == 1 else {
            object.findings.add(
                object.file, line: object.line, "block", "one of paragraph, heading, facts and clauses in each block")
            return HubPaperBlock()
        }
        return .with {
            switch kinds[0] {
            case "paragraph": $0.paragraph = text("paragraph", in: object, required: true)
            case "heading": $0.heading = text("heading", in: object, required: true)
            case "facts": $0.facts.facts = limited(object.objects("facts"), "facts", Self.itemsMax).map(fact)
            default:
                $0.clauses.clauses = limited(object.objects("clauses"), "clauses", Self.itemsMax).map(clause)
            }
        }
    }

    private func fact(_ object: YAMLObject) -> HubPaperFact {
        defer { object.finish() }
        return .with {
            $0.label = line("label", in: object, required: true)
            $0.value = line("value", in: object, required: true)
            $0.otherwise = line("otherwise", in: object)
        }
    }

    private func clause(_ object: YAMLObject) -> HubPaperText { bilingual(object) }

    // MARK: Texts

    /// `{ id: …, en: … }`, where English may be left out.
    private func text(_ key: String, in object: YAMLObject, required: Bool = false) -> HubPaperText {
        object.object(key, required: required).map(bilingual) ?? HubPaperText()
    }

    private func bilingual(_ object: YAMLObject) -> HubPaperText {
        defer { object.finish() }
        return .with {
            $0.id = line("id", in: object, required: true)
            $0.en = line("en", in: object)
        }
    }

    private func line(_ key: String, in object: YAMLObject, required: Bool = false) -> String {
        let text = object.text(key, required: required)
        check(text, key, object)
        return text
    }

    private func lines(_ key: String, in object: YAMLObject) -> [String] {
        let lines = object.texts(key)
        if lines.count > Self.headLinesMax { object.find(key, "length", "at most \(Self.headLinesMax) lines") }
        for line in lines { check(line, key, object) }
        return lines
    }

    private func check(_ text: String, _ key: String, _ object: YAMLObject) {
        if text.unicodeScalars.count > Self.textMax {
            object.find(key, "length", "at most \(Self.textMax) characters in one text")
        }
        if PlaceholderText(text) == nil {
            object.find(key, "placeholder", "write placeholders as {name}, with [a-z][a-z0-9_]{0,47} between braces")
        }
    }

    private func limited(_ objects: [YAMLObject], _ key: String, _ most: Int) -> [YAMLObject] {
        if let extra = objects.dropFirst(most).first {
            extra.findings.add(extra.file, line: extra.line, "length", "at most \(most) \(key) in one list")
        }
        return Array(objects.prefix(most))
    }

    // MARK: What must hold

    private func check(_ template: HubPaperTemplate) {
        let names = template.texts.flatMap { PlaceholderText($0)?.names ?? [] }
        if names.count > Self.placeholdersMax {
            top.find("blocks", "placeholder", "at most \(Self.placeholdersMax) placeholders in a paper")
        }
        if top.has("blocks"), template.blocks.isEmpty { top.find("blocks", "length", "a paper says something") }
        if top.has("number_line"), !names.contains("nomor") {
            top.find("number_line", "number", "print the paper's number: {nomor}")
        }
        if template.title.id.contains("{") { top.find("title", "title", "the title is the same on every paper") }
        var seen: Set<String> = []
        var bytes = Self.sealFrame + template.name.utf8.count + template.version.utf8.count
        bytes += template.title.id.utf8.count
        if template.seal.count > Self.sealMax { top.find("seal", "seal", "at most \(Self.sealMax) facts") }
        for name in template.seal.prefix(Self.sealMax) {
            if !seen.insert(name).inserted { top.find("seal", "unique", "`\(name.prefix(48))` stands twice") }
            guard let fact = template.facts.first(where: { $0.value == "{\(name)}" }) else {
                top.find("seal", "seal", "`\(name.prefix(48))` is not the value of a fact: one must be {name} alone")
                continue
            }
            bytes += 9 + name.utf8.count + fact.label.utf8.count + PaperContent.sealedValueBytesMax
        }
        if bytes > Self.sealBytesMax {
            top.find("seal", "seal", "too much for a QR code: shorter labels, or fewer facts")
        }
    }
}
