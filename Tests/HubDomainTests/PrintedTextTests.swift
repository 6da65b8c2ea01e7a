// Texts with gaps, texts as they are printed, and days as people write them.

import HubDomain
import Testing

@Suite("A text with placeholders")
struct PlaceholderTextTests {
    @Test("is filled with its values; a missing one leaves nothing, and braces in values stay")
    func filled() throws {
        let text = try #require(PlaceholderText("Nomor: {nomor}, {nama_usaha}{x}"))
        #expect(text.names == ["nomor", "nama_usaha", "x"])
        #expect(text.filled(with: ["nomor": "IU-1", "nama_usaha": "{nomor}"]) == "Nomor: IU-1, {nomor}")
    }

    @Test(
        "is refused when a brace stands alone or there is no name in it",
        arguments: [
            "{", "}", "a}b", "{}", "{A}", "{a b}", "{{a}}", "{1}", "{a", "{\(String(repeating: "a", count: 49))}",
        ])
    func refused(_ text: String) { #expect(PlaceholderText(text) == nil) }

    @Test("may have none")
    func none() { #expect(PlaceholderText("IZIN USAHA")?.parts == [.text("IZIN USAHA")]) }
}

@Suite("A printable text")
struct PrintableTextTests {
    @Test(
        "has no characters that are not seen or that turn a line around, and its blanks are single",
        arguments: [
            ("  Warung\t\n Kopi\u{A0} ", "Warung Kopi"), ("a\u{0}b\u{1B}[31mc\u{7F}", "ab[31mc"),
            ("\u{202E}gnurraW\u{2066}\u{200B}\u{FEFF}", "gnurraW"), ("a\u{2028}b", "a b"), ("\u{E000}\u{10FFFF}", ""),
            ("é½漢", "é½漢"), ("", ""), ("   ", ""),
        ])
    func line(_ text: String, _ expected: String) {
        #expect(PrintableText.line(text, charactersMax: 100) == expected)
    }

    @Test("is no longer than it may be, and says that it was")
    func bounded() {
        #expect(PrintableText.line("abcdef", charactersMax: 6) == "abcdef")
        #expect(PrintableText.line("abcdefg", charactersMax: 6) == "abcde…")
        #expect(PrintableText.line("abcde fg", charactersMax: 6) == "abcde…")
        #expect(
            PrintableText.line(String(repeating: "x ", count: 100_000), charactersMax: 10).unicodeScalars.count == 10)
    }

    @Test("is cut by bytes, between characters")
    func cut() {
        #expect(PrintableText.cut("Warung", bytesMax: 6) == "Warung")
        #expect(PrintableText.cut("Warungs", bytesMax: 6) == "War…")
        #expect(PrintableText.cut("ééééé", bytesMax: 9) == "ééé…")
        #expect(PrintableText.cut("漢漢漢", bytesMax: 8).utf8.count <= 8)
    }
}

@Suite("A day in Indonesian")
struct IndonesianDayTests {
    @Test(
        "is written with the month's name",
        arguments: [("2026-11-26", "26 November 2026"), ("2027-01-01", "1 Januari 2027")])
    func written(iso: String, text: String) { #expect(CalendarDate(iso: iso)?.indonesian == text) }
}
