// Corrections of certificates, and the facts they rest on (row numbers as in README).

import CivilRegistryRules
import HubDomain
import HubProto
import Testing

@Suite("Corrections of certificates")
struct CorrectionTests {
    private static let number = "3310-LU-05032026-0007"
    private static let nik = "3310010103260001"
    private static let papers = ["kutipan_akta", "bukti"]

    private static func form(_ what: String, _ value: HubFieldValue) -> [HubFieldValue] {
        [
            .text("nomor_akta", number), .text("nik", nik), .text("nama_pemohon", "Sri Lestari"),
            .text("telepon", "+6281234567890"), .text("unsur", what), value,
        ]
    }

    private func desk() throws -> Desk {
        var desk = try Desk(CivilRegistryModule(), service: "pembetulan-akta", at: "2026-03-13 10:00")
        desk.registers = [
            "akta": [Self.number: ["nik": Self.nik, "jenis": "kelahiran", "nama": "Bima Saputro"]]
        ]
        return desk
    }

    @Test("row 22: a correction is asked for, proved and decided by the head within 3 x 24 hours")
    func wholeWay() throws {
        var desk = try desk()
        try desk.submit(Self.form("nama", .text("teks_benar", "Bima Saputra")), papers: Self.papers)
        #expect(desk.text("jenis_akta") == "kelahiran")
        #expect(desk.deadline("pembetulan_data")?.dueMs == (try Desk.millis("2026-03-16 10:00")))
        try desk.act("periksa")
        #expect(try refusal { try desk.act("setujui", note: "Sesuai ijazah.") } == HubError(.actionNotAllowed, ""))
        try desk.act("setujui", note: "Sesuai ijazah.", by: "head")
        #expect(desk.stage == "dibetulkan" && desk.state?.ended == true)
    }

    @Test("the certificate is in the register, is that person's, and would change")
    func refused() throws {
        var desk = try desk()
        let same = Self.form("nama", .text("teks_benar", "Bima Saputro"))
        #expect(try refusal { try desk.submit(same, papers: Self.papers) }.rules == ["teks_benar/same"])
        let form = Self.form("tanggal", .text("tanggal_benar", "2026-03-02"))
        let other = form.with(.text("nik", "3310010103260002"))
        #expect(try refusal { try desk.submit(other, papers: Self.papers) }.rules == ["nik/other_person"])
        desk.registers = [:]
        #expect(try refusal { try desk.submit(form, papers: Self.papers) }.rules == ["nomor_akta/unknown"])
    }
}
