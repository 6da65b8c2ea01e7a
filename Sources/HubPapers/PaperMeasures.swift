// Where things stand on a page, in points (1/72 inch): A4 and the styles of an official letter.

enum PaperMeasures {
    static let millimetre = 72 / 25.4
    /// ISO 216 A4.
    static let pageWidth = 210 * millimetre
    static let pageHeight = 297 * millimetre
    /// Wider on the left, where papers are filed.
    static let left = 25 * millimetre
    static let width = pageWidth - left - 20 * millimetre
    static let top = 12 * millimetre
    /// Where the footer ends.
    static let bottom = pageHeight - 12 * millimetre
    /// More is no paper but a mistake.
    static let pagesMax = 20

    static let above = TextStyle(size: 14)
    static let office = TextStyle(face: .bold, size: 16)
    static let address = TextStyle(size: 9.5)
    static let title = TextStyle(face: .bold, size: 14)
    static let body = TextStyle(size: 11)
    static let strong = TextStyle(face: .bold, size: 11)
    static let english = TextStyle(face: .italic, size: 9, grey: 0.3)
    static let small = TextStyle(size: 8, grey: 0.2)
    static let smallStrong = TextStyle(face: .bold, size: 8)
    static let smallEnglish = TextStyle(face: .italic, size: 7.5, grey: 0.35)
    static let stamp = TextStyle(face: .bold, size: 104)

    /// Labels of facts, then a colon, then the value.
    static let label = 58 * millimetre
    static let colon = 4 * millimetre
    /// Numbers of clauses.
    static let number = 8 * millimetre
    static let paragraphGap = 6.0
    static let endingGap = 10.0
    /// The block at the end: a code on the left, who answers for it on the right.
    static let code = 38 * millimetre
    static let caption = 62 * millimetre
    static let signatureLeft = left + 82 * millimetre
    static let signatureWidth = pageWidth - 20 * millimetre - signatureLeft
    /// Above and below the mark that stands in place of ink.
    static let ink = 5 * millimetre
}
