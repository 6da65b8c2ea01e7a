// Templates of papers: the department's own are sound, and a wrong one is told with every reason at once.

import Foundation
import HubCore
import HubModules
import HubProto
import Testing

@Suite("A paper's template")
struct PaperReaderTests {
    private func read(_ text: String) -> (template: HubPaperTemplate?, found: [String]) {
        let (rules, findings) = RuleFileReader().read([
            .with {
                $0.path = "papers/izin.yaml"
                $0.content = Data(text.utf8)
            }
        ])
        return (
            rules.all(HubPaperTemplate.self).first?.rule, findings.map { "\($0.file):\($0.line) \($0.rule)" }
        )
    }

    private static let sound = """
        name: izin
        version: "1"
        legal_basis: [Contoh]
        letterhead: { above: [PEMERINTAH], office: DINAS }
        title: { id: IZIN, en: Permit }
        number_line: "Nomor: {nomor}"
        blocks:
          - facts:
              - { label: Nama usaha, value: "{nama_usaha}" }
              - { label: Sampai, value: "{berlaku_sampai}", otherwise: selamanya }
        signature: { place: Di, date: "{tanggal_terbit}", name: "{pejabat}" }
        qr_caption: { id: Pindai }
        footer: { id: Kaki }
        seal: [nama_usaha]
        """

    @Test("becomes what its author wrote, with English where there is some")
    func sound() throws {
        let (template, found) = read(Self.sound)
        #expect(found == [])
        let paper = try #require(template)
        #expect(paper.name == "izin" && paper.title.en == "Permit" && paper.footer.en.isEmpty)
        #expect(paper.facts.map(\.label) == ["Nama usaha", "Sampai"])
        let content = PaperContent(template: paper, values: ["nama_usaha": "  Warung\u{0} Kopi ", "secret": "x"])
        #expect(content.values.keys.sorted() == ["berlaku_sampai", "nama_usaha", "nomor", "pejabat", "tanggal_terbit"])
        #expect(paper.facts.map(content.filled) == ["Warung Kopi", "selamanya"])
    }

    @Test("that is wrong in many places is told with all of them, each with its line")
    func everything() {
        let (_, found) = read(
            Self.sound
                .replacingOccurrences(of: "Nomor: {nomor}", with: "Nomor: {Nomor}")
                .replacingOccurrences(of: "office: DINAS", with: "logo: x.png")
                .replacingOccurrences(of: "label: Sampai, ", with: "")
                .replacingOccurrences(of: "seal: [nama_usaha]", with: "seal: [nik, nik]"))
        #expect(
            found == [
                "papers/izin.yaml:4 required", "papers/izin.yaml:4 unknown_key", "papers/izin.yaml:6 placeholder",
                "papers/izin.yaml:10 required", "papers/izin.yaml:6 number", "papers/izin.yaml:14 seal",
                "papers/izin.yaml:14 unique", "papers/izin.yaml:14 seal",
            ])
    }

    @Test("seals nothing that is not printed as a fact of its own, and no more than a code holds")
    func seal() {
        let mixed = Self.sound.replacingOccurrences(of: "\"{nama_usaha}\"", with: "\"{nama_usaha} di {alamat}\"")
        #expect(read(mixed).found == ["papers/izin.yaml:14 seal"])
        let long = Self.sound.replacingOccurrences(
            of: "Nama usaha", with: String(repeating: "N", count: 400))
        #expect(read(long).found == ["papers/izin.yaml:14 seal"])
    }

    @Test("has another hash with each change of a text, a value or a name, and with no other")
    func hash() throws {
        let paper = try #require(read(Self.sound).template)
        let values = ["nama_usaha": "Warung", "pejabat": "Contoh"]
        let first = try PaperContent(template: paper, values: values).sha256()
        #expect(first.count == 32)
        #expect(try PaperContent(template: paper, values: values.merging(["unused": "x"]) { $1 }).sha256() == first)
        var moved = values
        (moved["nama_usaha"], moved["pejabat"]) = ("Contoh", "Warung")
        var other = paper
        other.footer.id = "Kaki lain"
        #expect(try PaperContent(template: paper, values: moved).sha256() != first)
        #expect(try PaperContent(template: other, values: values).sha256() != first)
        #expect(try PaperContent(template: paper, values: ["nama_usaha": "Warung"]).sha256() != first)
    }
}
