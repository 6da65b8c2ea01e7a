// Identity cards against the catalogue row `ktp-el` and the facts it rests on (row numbers as in README).

import CivilRegistryRules
import HubDomain
import HubProto
import Testing

@Suite("Identity cards")
struct IdentityCardTests {
    private static let nik = "3310011303090001"

    private static func form(_ kind: String, born: String = "2009-03-13", _ more: [HubFieldValue] = [])
        -> [HubFieldValue]
    {
        [
            .text("jenis", kind), .text("nik", nik), .text("nama", "Rudi Hartono"), .text("tanggal_lahir", born),
            .text("telepon", "+6281234567890"),
        ] + more
    }

    private func desk(_ start: String = "2026-03-13 10:00") throws -> Desk {
        try Desk(CivilRegistryModule(), service: "ktp-el", at: start)
    }

    @Test("a first card waits for its holder to come, and the counter lets nobody by (row 10)")
    func first() throws {
        var desk = try desk()
        try desk.submit(Self.form("baru"), papers: ["kk"])
        try desk.act("periksa")
        #expect(desk.stage == "menunggu_perekaman" && desk.deadline("target_layanan")?.state == .paused)
        let stages = desk.definition.stages.filter(\.hasBooks)
        #expect(stages.map(\.name) == ["menunggu_perekaman", "siap_diambil"])
        #expect(stages.map(\.books.servedTo) == ["pencetakan", "diserahkan"])
        for stage in stages {
            #expect(stage.books.identity.nik == "nik", "whose it is, is looked at")
            let past = desk.definition.actions.filter { $0.from.contains(stage.name) }.flatMap(\.to)
            #expect(!past.contains(stage.books.servedTo))
        }
    }

    @Test("on the 17th birthday one is old enough, the day before not, unless married (UU 24/2013 art. 63)")
    func age() throws {
        var early = try desk("2026-03-12 10:00")
        #expect(try refusal { try early.submit(Self.form("baru"), papers: ["kk"]) }.rules == ["tanggal_lahir/age"])
        var married = try desk("2026-03-12 10:00")
        let form = Self.form("baru", [.with { ($0.name, $0.flag) = ("sudah_kawin", true) }])
        try married.submit(form, papers: ["kk"])
        #expect(married.stage == "diajukan")
        var birthday = try desk()
        try birthday.submit(Self.form("baru"), papers: ["kk"])
        #expect(birthday.stage == "diajukan")
    }

    @Test("a lost card needs the letter of the police, a damaged one its picture; both are printed without biometrics")
    func instead() throws {
        var desk = try desk()
        let lost = Self.form("hilang", born: "1985-03-12", [.text("nomor_surat_polisi", "SKTLK/12/III/2026")])
        #expect(try refusal { try desk.submit(lost, papers: ["kk"]) }.rules == ["documents/surat_polisi/required"])
        let unnumbered = Self.form("hilang", born: "1985-03-12")
        #expect(
            try refusal { try desk.submit(unnumbered, papers: ["kk", "surat_polisi"]) }.rules
                == ["nomor_surat_polisi/required"])
        let damaged = Self.form("rusak", born: "1985-03-12")
        #expect(try refusal { try desk.submit(damaged, papers: ["kk"]) }.rules == ["documents/ktp_lama/required"])
        try desk.submit(lost, papers: ["kk", "surat_polisi"])
        try desk.act("periksa")
        #expect(desk.stage == "pencetakan")
        try desk.act("cetak")
        #expect(desk.stage == "siap_diambil")
    }

    @Test("nobody gets a card who is dead by the register")
    func dead() throws {
        var desk = try desk()
        desk.registers = ["penduduk": [Self.nik: ["status": "meninggal"]]]
        #expect(try refusal { try desk.submit(Self.form("baru"), papers: ["kk"]) }.rules == ["nik/dead"])
    }
}
