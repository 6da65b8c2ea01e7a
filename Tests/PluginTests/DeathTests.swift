// Deaths against the catalogue row `akta-kematian` and the facts it rests on (row numbers as in README).

import CivilRegistryRules
import HubDomain
import HubProto
import Testing

@Suite("Death certificates")
struct DeathTests {
    private static let deceased = "3310010101400001"
    private static let death: [HubFieldValue] = [
        .text("nik_almarhum", deceased), .text("nama_almarhum", "Karto Wijoyo"), .text("jenis_kelamin", "laki-laki"),
        .text("tanggal_lahir", "1940-01-01"), .text("tanggal_meninggal", "2026-03-01"),
        .text("tempat_meninggal", "RSUD Makmur"), .text("wilayah", "331001"), .text("sebab", "sakit"),
        .text("hubungan_pelapor", "keluarga"), .text("nik_pelapor", "3310010202700001"),
        .text("nama_pelapor", "Slamet Wijoyo"), .text("telepon", "+6281234567890"),
    ]
    private static let known = [
        "nik": deceased, "nama": "Karto Wijoyo", "status": "hidup", "tanggal_lahir": "1940-01-01",
    ]

    private func desk(_ start: String = "2026-03-13 10:00") throws -> Desk {
        var desk = try Desk(CivilRegistryModule(), service: "akta-kematian", at: start)
        desk.registers = ["penduduk": [Self.deceased: Self.known]]
        return desk
    }

    @Test("a death declared in time is checked and waits for its number, which the national register gives (row 6)")
    func wholeWay() throws {
        var desk = try desk()
        try desk.submit(Self.death, papers: ["surat_kematian"])
        #expect(desk.stage == "dilaporkan" && desk.text("pelaporan") == "tepat_waktu" && desk.warnings == [])
        try desk.act("periksa")
        try desk.act("daftarkan")
        #expect(desk.stage == "menunggu_siak" && desk.text("tanggal_pencatatan") == "2026-03-13")
        #expect(desk.text("nomor_akta") == nil)
    }

    @Test(
        "row 9: on the 30th day a report is in time, on the 31st it is late and the head decides",
        arguments: [
            ("2026-03-31 23:59", "tepat_waktu", "diperiksa"), ("2026-04-01 00:00", "terlambat", "keputusan_kepala"),
        ])
    func thirtyDays(_ declared: String, _ report: String, _ stage: String) throws {
        var desk = try desk(declared)
        try desk.submit(Self.death, papers: ["surat_kematian"])
        try desk.act("periksa")
        #expect(desk.text("pelaporan") == report && desk.stage == stage)
    }

    @Test("one person dies once: whoever is dead by the register is not declared again, nor registered meanwhile")
    func once() throws {
        var desk = try desk()
        try desk.submit(Self.death, papers: ["surat_kematian"])
        try desk.act("periksa")
        desk.registers["penduduk"]?[Self.deceased]?["status"] = "meninggal"
        #expect(try refusal { try desk.act("daftarkan") }.rules == ["nik_almarhum/one_death"])
        var second = try self.desk()
        second.registers = desk.registers
        #expect(
            try refusal { try second.submit(Self.death, papers: ["surat_kematian"]) }.rules == [
                "nik_almarhum/one_death"
            ])
    }

    @Test("a declaration like another one is looked at before it goes on, and an officer says why it is none")
    func alike() throws {
        var desk = try desk()
        desk.likenesses = [.with { ($0.rule, $0.case, $0.score) = ("orang_sama", "AKM-2026-000001-1", 1_000) }]
        try desk.submit(Self.death, papers: ["surat_kematian"])
        #expect(desk.stage == "dugaan_ganda" && desk.deadline("target_layanan")?.state == .running)
        #expect(try refusal { try desk.act("bukan_ganda") } == HubError(.formInvalid, ""))
        try desk.act("bukan_ganda", note: "Laporan pertama salah NIK.")
        #expect(desk.stage == "dilaporkan")
    }

    @Test("nobody dies tomorrow, before being born, or reports the own death")
    func impossible() throws {
        var early = try desk("2026-02-28 10:00")
        #expect(
            try refusal { try early.submit(Self.death, papers: ["surat_kematian"]) }.rules
                == ["tanggal_meninggal/future"])
        var desk = try desk()
        let unborn = Self.death.with(.text("tanggal_lahir", "2026-03-02"))
        #expect(
            try refusal { try desk.submit(unborn, papers: ["surat_kematian"]) }.rules
                == ["tanggal_meninggal/before_birth"])
        let oneself = Self.death.with(.text("nik_pelapor", Self.deceased))
        #expect(
            try refusal { try desk.submit(oneself, papers: ["surat_kematian"]) }.rules == ["nik_pelapor/reporter"])
    }

    @Test(
        "row 2: what differs from the register, an unknown person and an unusual reporter are looked at, never refused")
    func warned() throws {
        var other = try desk()
        try other.submit(Self.death.with(.text("tanggal_lahir", "1940-02-01")), papers: ["surat_kematian"])
        #expect(Set(other.warnings) == ["nik_birth_date", "other_birth_date"])
        var unknown = try desk()
        unknown.registers = [:]
        try unknown.submit(Self.death.with(.text("hubungan_pelapor", "lainnya")), papers: ["surat_kematian"])
        #expect(Set(unknown.warnings) == ["unknown_person", "reporter"])
    }
}
