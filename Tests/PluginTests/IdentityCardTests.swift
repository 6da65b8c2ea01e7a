// Identity cards against the catalogue row `ktp-el` and the facts it rests on (row numbers as in README).

import CivilRegistryRules
import HubDomain
import HubProto
import Testing

@Suite("Identity cards")
struct IdentityCardTests {
    private static let nik = "3310011303090001"
    private static let mother = "3310015203850001"

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

    @Test("a first card: biometrics, print, and fetched by its holder after the fingerprint was compared (row 10)")
    func first() throws {
        var desk = try desk()
        try desk.submit(Self.form("baru"), papers: ["kk"])
        try desk.act("periksa")
        #expect(desk.stage == "menunggu_perekaman" && desk.deadline("target_layanan")?.state == .paused)
        try desk.act("rekam")
        try desk.act("cetak")
        let other: [HubFieldValue] = [.text("pengambil", "sendiri"), .text("nik_pengambil", Self.mother)]
        #expect(try refusal { try desk.act("serahkan", other) }.rules == ["nik_pengambil/identity"])
        let own: [HubFieldValue] = [.text("pengambil", "sendiri"), .text("nik_pengambil", Self.nik)]
        #expect(try refusal { try desk.act("serahkan", own) }.rules == ["sidik_jari_cocok/identity"])
        #expect(try refusal { try desk.act("serahkan") }.rules == ["pengambil/required"])
        try desk.act("serahkan", own + [.with { ($0.name, $0.flag) = ("sidik_jari_cocok", true) }])
        #expect(desk.stage == "diserahkan" && desk.text("tanggal_diserahkan") == "2026-03-13")
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
    }

    @Test("a relative fetches a card only when both stand on one family card")
    func relative() throws {
        var desk = try desk()
        try desk.submit(Self.form("rusak", born: "1985-03-12"), papers: ["kk", "ktp_lama"])
        try desk.act("periksa")
        try desk.act("cetak")
        let relative: [HubFieldValue] = [.text("pengambil", "keluarga"), .text("nik_pengambil", Self.mother)]
        #expect(try refusal { try desk.act("serahkan", relative) }.rules == ["nik_pengambil/identity"])
        desk.registers = [
            "penduduk": [
                Self.nik: ["nomor_kk": "3310011203200004"], Self.mother: ["nomor_kk": "3310011203200004"],
            ]
        ]
        try desk.act("serahkan", relative)
        #expect(desk.stage == "diserahkan")
    }

    @Test("nobody gets a card who is dead by the register")
    func dead() throws {
        var desk = try desk()
        desk.registers = ["penduduk": [Self.nik: ["status": "meninggal"]]]
        #expect(try refusal { try desk.submit(Self.form("baru"), papers: ["kk"]) }.rules == ["nik/dead"])
    }
}
