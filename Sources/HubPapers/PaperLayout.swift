// A paper from its head to its last page: what stands where. Draws nothing.

import HubCore
import HubDomain
import HubProto

/// Fills pages from the top; what does not fit goes to the next one.
struct PaperLayout {
    typealias Measures = PaperMeasures

    let order: PaperOrder
    let content: PaperContent
    let setter: TextSetter
    private let square: QRSquare?
    private let footer: [TextLine]
    private(set) var pages: [[PaperMark]] = [[]]
    /// Upper edge of what comes next.
    var y = Measures.top
    private var tooLong = false

    init(_ order: PaperOrder, square: QRSquare?, setter: TextSetter) {
        self.order = order
        self.square = square
        self.setter = setter
        content = PaperContent(template: order.template, values: order.values)
        let width = Measures.width - Self.footerSide
        footer =
            [(order.template.footer.id, Measures.small), (order.template.footer.en, Measures.smallEnglish)]
            .filter { !$0.0.isEmpty }
            .flatMap { [content] in setter.lines(content.filled($0.0), $0.1, width: width).prefix(4) }
    }

    /// - Throws: ``HubError/Code/formInvalid`` for more pages than a paper may have.
    mutating func compose() throws(HubError) -> [[PaperMark]] {
        letterhead()
        title()
        for (place, block) in order.template.blocks.enumerated() where !tooLong {
            self.place(block, isLast: place == order.template.blocks.count - 1)
        }
        ending()
        guard !tooLong else { throw HubError(.formInvalid, "a paper of more than \(Measures.pagesMax) pages") }
        for number in pages.indices { finish(number) }
        return pages
    }

    /// Title and number in one line: of the file, and of the second page and those behind it.
    var headline: String {
        let parts = [order.template.title.id, order.template.numberLine].map {
            PrintableText.line(content.filled($0), charactersMax: 120)
        }
        return parts.filter { !$0.isEmpty }.joined(separator: " · ")
    }

    // MARK: Room

    /// Lower edge of what is no footer.
    private var floor: Double {
        Measures.bottom - max(footer.reduce(0) { $0 + $1.style.leading }, 3 * Measures.small.leading) - 10
    }

    /// Makes sure that something of this height stands on one page, if a page is that high.
    mutating func reserve(_ height: Double) {
        guard y + height > floor, y > Self.nextTop else { return }
        guard pages.count < Measures.pagesMax else {
            tooLong = true
            return
        }
        pages.append([])
        y = Self.nextTop
    }

    /// Upper edge of the text on the second page and those behind it.
    private static let nextTop = Measures.top + 26

    mutating func put(_ mark: PaperMark) {
        guard !tooLong else { return }
        pages[pages.count - 1].append(mark)
    }

    /// One line below the other, from ``y`` on.
    mutating func put(_ lines: [TextLine], x: Double, width: Double, centred: Bool = false, justified: Bool = false) {
        for (place, line) in lines.enumerated() {
            // The first two and the last two stay together.
            let together = place == 0 || place == lines.count - 2 ? min(2, lines.count - place) : 1
            reserve(Double(together) * line.style.leading)
            let line = justified && place < lines.count - 1 ? line.justified(to: width) : line
            put(.text(line, x: centred ? x + (width - line.width) / 2 : x, y: baseline(line.style)))
            y += line.style.leading
        }
    }

    mutating func putUnderlined(_ line: TextLine, x: Double) {
        let size = line.style.size
        put([line], x: x, width: line.width)
        put(.rule(x: x, y: y - line.style.leading + size * 1.16, width: line.width, thickness: size * 0.065))
    }

    /// Where letters stand in a line that begins at ``y``.
    func baseline(_ style: TextStyle) -> Double { y + style.size * 0.98 }

    func lines(_ text: String, _ style: TextStyle, width: Double = Measures.width) -> [TextLine] {
        text.isEmpty ? [] : setter.lines(content.filled(text), style, width: width)
    }

    // MARK: Head

    private mutating func letterhead() {
        let head = order.template.letterhead
        for text in head.above { centre(setter.fitted(content.filled(text), Measures.above, width: Measures.width)) }
        centre(setter.fitted(content.filled(head.office), Measures.office, width: Measures.width))
        y += 1
        for text in head.address { centre(lines(text, Measures.address)) }
        y += 5
        put(.rule(x: Measures.left, y: y, width: Measures.width, thickness: 2.4))
        put(.rule(x: Measures.left, y: y + 3, width: Measures.width, thickness: 0.7))
        y += 17
    }

    private mutating func title() {
        for line in lines(order.template.title.id, Measures.title) {
            putUnderlined(line, x: Measures.left + (Measures.width - line.width) / 2)
        }
        y += 1
        centre(lines(order.template.title.en, Measures.english))
        y += 1
        centre(lines(order.template.numberLine, Measures.body))
        y += 11
    }

    mutating func centre(_ lines: [TextLine]) { put(lines, x: Measures.left, width: Measures.width, centred: true) }

    // MARK: Foot

    /// Points at the right of the footer that are kept for the page's number.
    private static let footerSide = 105.0

    private mutating func finish(_ number: Int) {
        var marks: [PaperMark] = []
        let right = Measures.left + Measures.width
        func line(_ text: String, _ style: TextStyle) -> TextLine? {
            setter.lines(text, style, width: .infinity).first
        }
        if let stamp = order.stamp, let word = line(stamp.word, Measures.stamp) { marks.append(.stamp(word)) }
        if number > 0, let head = line(headline, Measures.small) {
            marks.append(.text(head, x: right - head.width, y: Measures.top + 8))
            marks.append(.rule(x: Measures.left, y: Measures.top + 13, width: Measures.width, thickness: 0.5))
        }
        var y = floor + 6
        marks.append(.rule(x: Measures.left, y: y, width: Measures.width, thickness: 0.5))
        y += 4
        var side = ["Halaman \(number + 1) dari \(pages.count)"].compactMap { line($0, Measures.small) }
        if order.copy > 0 { side += ["Salinan ke-\(order.copy)"].compactMap { line($0, Measures.smallStrong) } }
        // Once more where it can be read and searched.
        if let stamp = order.stamp { side += [stamp.word].compactMap { line($0, Measures.smallStrong) } }
        for (texts, isRight) in [(footer, false), (side, true)] {
            var y = y
            for text in texts {
                marks.append(.text(text, x: isRight ? right - text.width : Measures.left, y: y + text.style.size))
                y += text.style.leading
            }
        }
        // The stamp lies below the text.
        pages[number] = marks + pages[number]
    }

    // MARK: End

    /// The code and who answers for the paper, side by side on one page.
    private mutating func ending() {
        y += Measures.endingGap
        let signature = signatureLines
        let caption = captionLines
        reserve(endingHeight)
        let start = y
        if let square {
            put(.code(square, x: Measures.left, y: y + 2, side: Measures.code))
            y += Measures.code + 6
            put(caption, x: Measures.left, width: Measures.caption)
        }
        let lowest = y
        y = start
        sign(signature)
        y = max(y, lowest)
    }

    var endingHeight: Double {
        let left = (square == nil ? 0 : Measures.code + 6) + height(captionLines)
        return max(left, height(signatureLines.all) + 2 * Measures.ink)
    }

    func height(_ lines: [TextLine]) -> Double { lines.reduce(0) { $0 + $1.style.leading } }

    private var captionLines: [TextLine] {
        guard square != nil else { return [] }
        let caption = order.template.qrCaption
        return lines(caption.id, Measures.small, width: Measures.caption)
            + lines(caption.en, Measures.smallEnglish, width: Measures.caption)
    }
}

extension PaperStamp {
    var word: String {
        switch self {
        case .specimen: "CONTOH"
        case .revoked: "DICABUT"
        case .superseded: "DIGANTI"
        }
    }
}
