// A printed paper, as programs of others see it: pdftotext, pdffonts, pdftoppm and zbarimg.

import Foundation
import HubCore
import HubDomain
import HubPapers
import HubProto
import HubTrust
import Testing

@Suite("A printed paper")
struct PaperPressTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    @Test("says everything that its template and its values say", arguments: ["izin-usaha", "pbg-sederhana"])
    func everything(_ name: String) async throws {
        let paper = try PaperFixture(name)
        let text = try workshop.text(of: paper.pdf(qrText: await paper.sealed()))
        let words = Set(text.split(whereSeparator: \.isWhitespace))
        let content = paper.content()
        for fact in paper.template.facts {
            for word in content.filled(fact).split(separator: " ") { #expect(words.contains(word), "\(fact.label)") }
        }
        #expect(text.contains("Nomor: IU-2026-000042-7"))
        #expect(text.contains("26 November 2026"))
        #expect(text.contains("Halaman 1 dari 1"))
        #expect(!text.contains("Salinan") && !text.contains("{"))
    }

    @Test("shows a code that others read and verify with the published key alone; one changed letter does not hold")
    func verifiedByOthers() async throws {
        for name in ["izin-usaha", "pbg-sederhana"] {
            let paper = try PaperFixture(name)
            let sealed = try await paper.sealed()
            try workshop.write(paper.pdf(qrText: sealed), to: "paper.pdf")
            try workshop.run("pdftoppm", ["-r", "200", "-png", "-singlefile", "paper.pdf", "paper"])
            let read = try workshop.run("zbarimg", ["--quiet", "--raw", "paper.png"]).output
            let code = read.trimmingCharacters(in: .newlines)
            #expect(code == sealed)
            try workshop.write(Array(paper.key.publicKey.pem.utf8), to: "papers.pub.pem")
            let answer = try verify(code)
            #expect(answer.status == 0, "\(answer.output)")
            #expect(answer.output.contains("number: IU-2026-000042-7\n"))
            #expect(answer.output.contains("content_sha256: \(try paper.content().sha256().map(Self.hex).joined())\n"))
            for fact in paper.template.seal {
                #expect(answer.output.contains(": \(paper.values[fact] ?? "-")\n"), "\(fact)")
            }
            for place in stride(from: 5, to: code.count, by: 61) {
                var changed = Array(code)
                changed[place] = changed[place] == "7" ? "8" : "7"
                #expect(try verify(String(changed)).status == 1, "letter \(place)")
            }
        }
    }

    private func verify(_ code: String) throws -> (output: String, status: Int32) {
        let script = PaperFixture.root.appendingPathComponent("Scripts/verify-paper.py").path
        return try workshop.run("python3", [script, "--key", workshop.path("papers.pub.pem"), code])
    }

    private static func hex(_ byte: UInt8) -> String { String(format: "%02x", byte) }

    @Test("that was revoked or copied can still be scanned")
    func stamped() async throws {
        let paper = try PaperFixture()
        let sealed = try await paper.sealed()
        try workshop.write(paper.pdf(qrText: sealed, copy: 2, stamp: .revoked), to: "paper.pdf")
        try workshop.run("pdftoppm", ["-r", "150", "-png", "-singlefile", "paper.pdf", "paper"])
        #expect(try workshop.run("zbarimg", ["--quiet", "--raw", "paper.png"]).output == sealed + "\n")
    }

    @Test("carries its fonts, in parts, and tells which letters they show")
    func fonts() throws {
        let paper = try PaperFixture()
        try workshop.write(paper.pdf(qrText: "", stamp: .specimen), to: "paper.pdf")
        let fonts = try workshop.run("pdffonts", ["paper.pdf"]).output.split(separator: "\n").dropFirst(2)
        #expect(fonts.count >= 3)
        for font in fonts { #expect(font.contains("LiberationSerif") && font.contains("yes yes yes"), "\(font)") }
    }

    @Test("is the same to the byte when it is printed again, and at another time only its date differs")
    func deterministic() async throws {
        let paper = try PaperFixture()
        let sealed = try await paper.sealed()
        let first = try paper.pdf(qrText: sealed)
        #expect(try paper.pdf(qrText: sealed) == first)
        try workshop.write(first, to: "paper.pdf")
        let about = try workshop.run("pdfinfo", ["-isodates", "paper.pdf"]).output
        #expect(about.contains("2026-11-26T11:00:00"), "\(about)")
        #expect(about.contains("Nomor: IU-2026-000042-7"))
    }

    @Test("is the same whoever else prints at that moment")
    func together() async throws {
        let paper = try PaperFixture()
        let alone = try paper.pdf(qrText: "")
        let press = try PaperFixture.press.get()
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 {
                group.addTask { [order = paper.order] in try press.pdf(of: order) }
            }
            for try await pdf in group { #expect(pdf == alone) }
        }
    }

    @Test("says on each page which copy it is, and whether it was revoked")
    func marks() throws {
        let paper = try PaperFixture()
        #expect(try workshop.text(of: paper.pdf(qrText: "", copy: 3)).contains("Salinan ke-3"))
        for (stamp, word) in [(PaperStamp.revoked, "DICABUT"), (.superseded, "DIGANTI"), (.specimen, "CONTOH")] {
            try workshop.write(paper.pdf(qrText: "", stamp: stamp), to: "paper.pdf")
            #expect(try workshop.run("pdftotext", ["-raw", "paper.pdf", "-"]).output.contains(word))
        }
    }

    @Test("wraps what is long, goes on on the next page, and says so")
    func long() throws {
        var paper = try PaperFixture()
        paper.values["alamat"] = String(repeating: "Jalan Contoh ", count: 150)
        paper.values["nama_usaha"] = String(repeating: "W", count: 150)
        let text = try workshop.text(of: paper.pdf(qrText: ""))
        #expect(text.contains("Halaman 1 dari 2") && text.contains("Halaman 2 dari 2"))
        #expect(text.matches(of: /Jalan/).count >= 150)
        #expect(text.filter { $0 == "W" }.count >= 150)
    }

    @Test("has its signature on a page with the end of its text, wherever that is")
    func signatureNotAlone() throws {
        var paper = try PaperFixture()
        for count in stride(from: 0, through: 160, by: 8) {
            paper.values["alamat"] = String(repeating: "Jalan Contoh ", count: count)
            let pages = try workshop.text(of: paper.pdf(qrText: "")).split(separator: "\u{0C}")
            let last = try #require(pages.last)
            #expect(last.contains("Ditetapkan di Makmur") && last.contains("Izin ini dapat dicabut"), "\(count)")
        }
    }

    @Test("drops what cannot be seen, and shows a mark for what its fonts lack")
    func strange() throws {
        var paper = try PaperFixture()
        paper.values["nama_usaha"] = "A\u{0}B\u{1B}[2J\u{202E}C\nE\u{301} 漢 {nomor} é"
        let text = try workshop.text(of: paper.pdf(qrText: ""))
        #expect(text.contains("AB[2JC\n") && text.contains("É"))
        // Another paper's values are no template.
        #expect(text.contains("{nomor}"))
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    }

    @Test("comes of whatever values there are, and is refused only for its length")
    func anything() async throws {
        var random = Seeded(state: 20_261_126)
        for round in 0..<24 {
            var paper = try PaperFixture(round % 2 == 0 ? "izin-usaha" : "pbg-sederhana")
            for name in paper.values.keys.sorted() {
                let count = Int.random(in: 0...(round % 3 == 0 ? 3_000 : 60), using: &random)
                paper.values[name] = (0..<count).reduce(into: "") { text, _ in
                    let most: UInt32 = Bool.random(using: &random) ? 0x24F : 0x10_FFFF
                    text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0...most, using: &random)) ?? " ")
                }
            }
            let sealed = try await paper.sealed()
            #expect(sealed.utf8.count <= 970)
            do {
                let pdf = try paper.pdf(qrText: sealed)
                let text = try workshop.text(of: pdf)
                #expect(text.contains("Halaman 1 dari "), "round \(round)")
            } catch let error as HubError { #expect(error.code == .formInvalid, "round \(round)") }
        }
    }

    @Test("of more pages than a paper has is refused, and so is a code that is too dense")
    func tooMuch() throws {
        var paper = try PaperFixture()
        paper.template.blocks += Array(
            repeating: .with { $0.paragraph.id = String(repeating: "kata ", count: 2_000) }, count: 40)
        #expect(throws: HubError(.formInvalid, "")) { try paper.pdf(qrText: "") }
        let short = try PaperFixture()
        #expect(throws: HubError(.formInvalid, "")) {
            try short.pdf(qrText: String(repeating: "A", count: 971))
        }
        #expect(throws: HubError(.formInvalid, "")) { try short.pdf(qrText: "elm1:") }
    }

    @Test("whose template is empty is an empty page, not a fault")
    func empty() throws {
        let press = try PaperFixture.press.get()
        let pdf = try press.pdf(
            of: PaperOrder(template: HubPaperTemplate(), values: [:], qrText: "", createdMillis: .min))
        #expect(pdf.starts(with: "%PDF-1.".utf8))
    }

    @Test("needs its fonts: where they are missing the message says what to install")
    func noFonts() {
        #expect {
            try PaperPress(fontFolders: ["/nowhere"])
        } throws: { error in
            (error as? HubError)?.code == .configurationInvalid
                && (error as? HubError)?.detail.contains("apt-get install fonts-liberation2") == true
        }
    }
}

/// SplitMix64, so that a failure can be repeated.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension PaperFixture {
    var order: PaperOrder {
        PaperOrder(template: template, values: values, qrText: "", createdMillis: Self.createdMillis)
    }
}
