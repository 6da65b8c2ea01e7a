// Family cards against the catalogue row `perubahan-kk` and the facts it rests on (row numbers as in README).

import CivilRegistryRules
import HubDomain
import HubProto
import Testing

@Suite("Family cards")
struct FamilyCardTests {
    private static let card = "3310011203200004"
    private static let head = "3310011407930002"
    private static let child = "3310010103260001"
    private static let papers = ["kk", "bukti_perubahan"]

    private static func form(
        _ kind: String, _ members: [(String, String)] = [], _ more: [HubFieldValue] = []
    ) -> [HubFieldValue] {
        let rows = HubFieldValue.with {
            $0.name = "anggota"
            $0.rows.rows = members.map { nik, relation in
                .with {
                    $0.values = [.text("nik", nik), .text("nama", "Contoh Anggota"), .text("hubungan", relation)]
                }
            }
        }
        return [
            .text("nomor_kk", card), .text("nik_pemohon", head), .text("nama_pemohon", "Agus Saputra"),
            .text("telepon", "+6281234567890"), .text("jenis_perubahan", kind),
        ] + (members.isEmpty ? [] : [rows]) + more
    }

    private func desk() throws -> Desk {
        var desk = try Desk(CivilRegistryModule(), service: "perubahan-kk", at: "2026-03-13 10:00")
        desk.registers = [
            "keluarga": [Self.card: ["nik_kepala": Self.head]],
            "penduduk": [Self.head: ["nomor_kk": Self.card, "status": "hidup"]],
        ]
        return desk
    }

    private func rules(_ form: [HubFieldValue], _ change: (inout Desk) -> Void = { _ in }) throws -> [String] {
        var desk = try desk()
        change(&desk)
        return try refusal { try desk.submit(form, papers: Self.papers) }.rules
    }

    @Test("a member comes: checked and registered at once, for the card keeps its number")
    func comes() throws {
        var desk = try desk()
        try desk.submit(Self.form("tambah_anggota", [(Self.child, "anak")]), papers: Self.papers)
        try desk.act("periksa")
        try desk.act("daftarkan")
        #expect(desk.stage == "terdaftar" && desk.text("tanggal_pencatatan") == "2026-03-13")
        try desk.act("serahkan")
        #expect(desk.stage == "selesai" && desk.deadline("target_layanan")?.state == .met)
    }

    @Test("rows 3 and 4: a family that splits waits for its number; nobody here makes one")
    func splits() throws {
        let new: [HubFieldValue] = [
            .text("nik_kepala_baru", Self.child), .text("alamat_baru", "Dusun Contoh RT 01"),
            .text("wilayah_baru", "331002"),
        ]
        var desk = try desk()
        try desk.submit(Self.form("pisah_kk", [(Self.child, "kepala_keluarga")], new), papers: Self.papers)
        try desk.act("periksa")
        try desk.act("daftarkan")
        #expect(desk.stage == "menunggu_siak" && desk.text("nomor_kk_baru") == nil)
        #expect(
            try rules(Self.form("pisah_kk", [(Self.head, "anak")], new)) == ["nik_kepala_baru/head"],
            "the new head must be among those who move")
    }

    @Test("what a kind of change does not need must not be given, and what it needs must")
    func conditions() throws {
        #expect(try rules(Self.form("ubah_alamat", [(Self.child, "anak")])).contains("anggota/not_asked"))
        #expect(try rules(Self.form("kurang_anggota")) == ["anggota/required"])
        #expect(
            Set(try rules(Self.form("ubah_alamat"))) == ["alamat_baru/required", "wilayah_baru/required"])
    }

    @Test("members stand once, are alive, and who goes is not the head")
    func members() throws {
        let twice = Self.form("tambah_anggota", [(Self.child, "anak"), (Self.child, "cucu")])
        #expect(try rules(twice) == ["anggota[2].nik/twice"])
        #expect(try rules(Self.form("kurang_anggota", [(Self.head, "kepala_keluarga")])) == ["anggota[1].nik/head"])
        let dead = try rules(Self.form("tambah_anggota", [(Self.child, "anak")])) { desk in
            desk.registers["penduduk"]?[Self.child] = ["status": "meninggal"]
        }
        #expect(dead == ["anggota[1].nik/dead"])
    }

    @Test("who has died may be taken off the card")
    func taken() throws {
        var desk = try desk()
        desk.registers["penduduk"]?[Self.child] = ["status": "meninggal", "nomor_kk": Self.card]
        try desk.submit(Self.form("kurang_anggota", [(Self.child, "anak")]), papers: Self.papers)
        #expect(desk.stage == "diajukan")
    }

    @Test("whoever stands on another card by the register, and a second request, are looked at")
    func warned() throws {
        var desk = try desk()
        desk.registers["penduduk"]?[Self.child] = ["status": "hidup", "nomor_kk": "3310011203200009"]
        desk.likenesses = [.with { ($0.rule, $0.case, $0.score) = ("permohonan_sama", "PKK-2026-000001-1", 1_000) }]
        try desk.submit(Self.form("kurang_anggota", [(Self.child, "anak")]), papers: Self.papers)
        #expect(Set(desk.warnings) == ["other_family", "same_card"])
    }

    @Test("data are changed of persons whom the register knows")
    func data() throws {
        func form(_ nik: String) -> [HubFieldValue] {
            Self.form("ubah_data") + [
                .with {
                    $0.name = "perubahan_data"
                    $0.rows.rows = [.with { $0.values = [.text("nik", nik), .text("pekerjaan", "Petani")] }]
                }
            ]
        }
        #expect(try rules(form(Self.child)) == ["perubahan_data[1].nik/unknown_person"])
        var desk = try desk()
        try desk.submit(form(Self.head), papers: Self.papers)
        #expect(desk.stage == "diajukan")
    }
}
