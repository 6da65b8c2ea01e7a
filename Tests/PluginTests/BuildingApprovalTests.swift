// Simple building approvals against the catalogue row `pbg-sederhana` and rows 29, 30 and 34 of the domain's facts.

import HubDomain
import HubProto
import PermitsRules
import Testing

@testable import HubCore

@Suite("Simple building approvals")
struct BuildingApprovalTests {
    private static let papers = ["ktp", "sertifikat_tanah", "gambar_teknis"]

    private static let house: [HubFieldValue] = [
        .text("nik", "3310015203900001"), .text("nama", "Sri Lestari"), .text("telepon", "081234567890"),
        .text("nomor_sertifikat", "12.01.07.06.1.00123"), .text("fungsi", "hunian"),
        .flag("berpenghasilan_rendah", false), .integer("luas_lantai", 120), .integer("jumlah_lantai", 2),
        .integer("lintang", -7_890_000), .integer("bujur", 110_320_000), .text("alamat", "Jalan Pemuda 12"),
        .text("wilayah", "340201"),
    ]

    private func desk(_ form: [HubFieldValue] = house, papers: [String] = papers) throws -> Desk {
        var desk = try Desk(PermitsModule(), service: "pbg-sederhana", at: "2026-03-02 10:00")
        try desk.submit(form, papers: papers)
        return desk
    }

    private func assessed(_ form: [HubFieldValue] = house, papers: [String] = papers) throws -> Desk {
        var desk = try desk(form, papers: papers)
        try desk.act("dokumen_lengkap")
        try desk.act("nyatakan_layak", note: "Memenuhi standar teknis.")
        try desk.act("tetapkan_retribusi")
        return desk
    }

    @Test(
        "a house goes to public works for advice, back to the permits desk, and gets its bill before anything is issued"
    )
    func wholeWay() throws {
        var desk = try desk()
        try desk.act("dokumen_lengkap")
        #expect(desk.stage == "konsultasi_teknis" && desk.state?.unit == "tata-bangunan")
        try desk.act("nyatakan_layak", note: "Memenuhi standar teknis.")
        #expect(desk.stage == "penetapan_retribusi" && desk.state?.unit == "perizinan-bangunan")
        try desk.act("tetapkan_retribusi")
        #expect(desk.stage == "menunggu_pembayaran")
        let bill = try #require(desk.state?.bills.last)
        // 36 × 4,000 + 64 × 6,500 + 20 × 9,000
        #expect(bill.total == 740_000 && bill.settledTo == "penerbitan" && bill.due == "2026-04-01")
        #expect(bill.lines.map(\.account) == ["4.1.02.03.07"])
        #expect(bill.lines.allSatisfy { !$0.legalBasis.isEmpty })
    }

    @Test("nothing is issued before settlement (row 29; PP 16/2021 art. 261)")
    func unpaid() throws {
        var desk = try assessed()
        #expect(throws: HubError(.actionNotAllowed, "")) { try desk.act("terbitkan", by: "head") }
    }

    @Test("advice takes as many rounds as it needs, and its clock waits while new drawings are made")
    func rounds() throws {
        var desk = try desk()
        try desk.act("dokumen_lengkap")
        for round in 2...4 {
            try desk.act("minta_perbaikan_teknis", note: "Perbaiki tangga.")
            #expect(desk.deadline("konsultasi")?.state == .paused)
            try desk.act("perbaiki_gambar", by: "applicant")
            #expect(desk.state?.data.first { $0.name == "putaran_konsultasi" }?.integer == Int64(round))
        }
        #expect(desk.deadline("konsultasi")?.state == .running)
    }

    @Test("low-income housing is free: with its proof the case goes on without a bill (row 30)")
    func lowIncome() throws {
        let form = Self.house.with(.flag("berpenghasilan_rendah", true))
        #expect(try refusal { _ = try desk(form) }.rules == ["documents/surat_penghasilan/required"])
        let shop = form.with(.text("fungsi", "usaha"))
        #expect(try refusal { _ = try desk(shop) }.rules == ["berpenghasilan_rendah/dwelling"])
        let free = try assessed(form, papers: Self.papers + ["surat_penghasilan"])
        #expect(free.stage == "penerbitan" && free.state?.bills.isEmpty == true)
    }

    @Test("a place of worship has a price of nothing, and so no bill")
    func social() throws {
        let desk = try assessed(Self.house.with(.text("fungsi", "sosial")))
        #expect(desk.stage == "penerbitan" && desk.state?.bills.isEmpty == true)
    }

    @Test("who never pays loses the request after sixty working days, and the bill is cancelled")
    func lapsed() throws {
        var desk = try assessed()
        try desk.wait(until: "2026-08-01 00:00")
        #expect(desk.stage == "gugur" && desk.state?.bills.map(\.state) == [.cancelled])
    }

    @Test("three storeys are no simple building, and an approval is for a district")
    func notSimple() throws {
        #expect(
            try refusal { _ = try desk(Self.house.with(.integer("jumlah_lantai", 3))) }.rules == ["jumlah_lantai/range"]
        )
        #expect(try refusal { _ = try desk(Self.house.with(.text("wilayah", "3402"))) }.rules == ["wilayah/district"])
    }

    @Test("an approval can change its owner and be revoked, each with a reason")
    func afterwards() throws {
        var desk = try assessed(Self.house.with(.text("fungsi", "sosial")))
        try desk.act("terbitkan", by: "head")
        #expect(desk.stage == "terbit" && desk.text("berlaku_sejak") == "2026-03-02")
        #expect(try refusal { try desk.act("ganti_pemilik", note: "Jual beli.", by: "head") }.rules == ["nik/changed"])
        try desk.act("ganti_pemilik", [.text("nik", "3310015203900002")], note: "Jual beli.", by: "head")
        #expect(desk.stage == "terbit" && desk.text("nik") == "3310015203900002")
        try desk.act("cabut", note: "Dibangun tidak sesuai.", by: "head")
        #expect(desk.stage == "dicabut")
    }
}
