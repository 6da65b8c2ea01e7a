// The civil registry against the catalogue row `akta-kelahiran` and the facts it rests on (row numbers as in README).

import CivilRegistryRules
import HubDomain
import HubProto
import Testing

@Suite("Birth certificates")
struct CivilRegistryTests {
    private static let papers = ["surat_lahir", "kk", "buku_nikah"]

    private static let birth: [HubFieldValue] = [
        .text("nama_anak", "Bima Saputra"), .text("jenis_kelamin", "laki-laki"), .text("tanggal_lahir", "2026-03-01"),
        .text("jam_lahir", "04:15"), .text("tempat_lahir", "RSUD Makmur"), .text("wilayah", "331001"),
        .text("nomor_kk", "3310011203200004"), .text("nik_ibu", "3310015203950001"), .text("nama_ibu", "Sri Lestari"),
        .text("tanggal_lahir_ibu", "1995-03-12"), .text("nik_ayah", "3310011407930002"),
        .text("nama_ayah", "Agus Saputra"), .text("nik_saksi_1", "3310010101800001"),
        .text("nama_saksi_1", "Joko Susilo"), .text("nik_saksi_2", "3310014202820003"),
        .text("nama_saksi_2", "Dewi Anggraini"), .text("telepon", "+6281234567890"),
    ]

    /// What the national register gives a boy born on 1 March 2026; of nobody who exists.
    private static let numbers: [HubFieldValue] = [
        .text("nik_anak", "3310010103260001"), .text("nomor_akta", "3310-LU-01032026-0001"),
    ]

    private func desk(_ start: String = "2026-03-13 10:00") throws -> Desk {
        try Desk(CivilRegistryModule(), service: "akta-kelahiran", at: start)
    }

    @Test("a birth declared in time is checked, registered and its certificate made ready within the day's target")
    func wholeWay() throws {
        var desk = try desk()
        try desk.submit(Self.birth, papers: Self.papers)
        #expect(desk.stage == "dideklarasikan")
        #expect(desk.text("pelaporan") == "tepat_waktu")
        #expect(desk.warnings == [])
        #expect(desk.deadline("target_layanan")?.dueMs == (try Desk.millis("2026-03-17 00:00")))
        try desk.act("periksa")
        #expect(desk.stage == "diperiksa")
        try desk.act("daftarkan")
        #expect(desk.stage == "menunggu_siak")
        #expect(desk.text("tanggal_pencatatan") == "2026-03-13")
        try desk.answer(Self.numbers)
        #expect(desk.stage == "terdaftar" && desk.text("nik_anak") == Self.numbers[0].text)
        try desk.act("cetak_akta")
        #expect(desk.stage == "akta_siap")
        #expect(desk.state?.ended == true)
    }

    @Test(
        "row 7: on the 60th day a report is in time, on the 61st it is late and the head decides",
        arguments: [
            ("2026-04-30 23:59", "tepat_waktu", "diperiksa"), ("2026-05-01 00:00", "terlambat", "keputusan_kepala"),
        ])
    func sixtyDays(_ declared: String, _ report: String, _ stage: String) throws {
        var desk = try desk(declared)
        try desk.submit(Self.birth, papers: Self.papers)
        #expect(desk.text("pelaporan") == report)
        try desk.act("periksa")
        #expect(desk.stage == stage)
    }

    @Test("row 7: what counts is the day of the declaration; neither the check nor a repair makes a report late")
    func declarationCounts() throws {
        var desk = try desk("2026-04-30 10:00")
        try desk.submit(Self.birth, papers: Self.papers)
        try desk.act("minta_perbaikan", note: "Nama ibu tidak terbaca.")
        try desk.wait(until: "2026-05-05 10:00")
        try desk.act("perbaiki", [.text("nama_ibu", "Sri Lestari Wulandari")], by: "applicant")
        #expect(desk.text("pelaporan") == "tepat_waktu")
        try desk.act("periksa")
        #expect(desk.stage == "diperiksa")
    }

    @Test("row 7: the head alone allows a late report, with a reason, while the target's clock stands")
    func lateReport() throws {
        var desk = try desk("2026-06-02 10:00")
        try desk.submit(Self.birth, papers: Self.papers)
        try desk.act("periksa")
        #expect(desk.deadline("target_layanan")?.state == .paused)
        #expect(desk.deadline("keputusan")?.state == .running)
        #expect(try refusal { try desk.act("setujui_terlambat", note: "Baik.") } == HubError(.actionNotAllowed, ""))
        try desk.act("setujui_terlambat", note: "Alasan dapat diterima.", by: "head")
        #expect(desk.stage == "diperiksa")
        #expect(desk.deadline("target_layanan")?.state == .running)
        try desk.act("daftarkan")
        try desk.answer(Self.numbers)
        #expect(desk.stage == "terdaftar")
    }

    @Test("a number of another child, or none at all, is no answer of the national register")
    func otherChild() throws {
        var desk = try desk()
        try desk.submit(Self.birth, papers: Self.papers)
        try desk.act("periksa")
        try desk.act("daftarkan")
        for (value, rule) in [("3402015203260001", "nik_birth_date"), ("340201", "nik"), ("", "required")] {
            let error = try refusal { try desk.answer([.text("nik_anak", value), Self.numbers[1]]) }
            #expect(error.rules == ["nik_anak/\(rule)"])
        }
        #expect(desk.stage == "menunggu_siak" && desk.text("nik_anak") == nil)
        try desk.act("tarik_pencatatan", note: "Nama anak salah tulis.", by: "head")
        #expect(desk.stage == "diperiksa" && desk.state?.inquiries.map(\.state) == [.dropped])
    }

    @Test("a child born tomorrow is refused, one born today is not")
    func future() throws {
        var desk = try desk("2026-02-28 10:00")
        let error = try refusal { try desk.submit(Self.birth, papers: Self.papers) }
        #expect(error == HubError(.refusedByRule, ""))
        #expect(error.rules == ["tanggal_lahir/future"])
        var today = try self.desk("2026-03-01 00:30")
        try today.submit(Self.birth, papers: Self.papers)
        #expect(today.stage == "dideklarasikan")
    }

    @Test("the witnesses are two people, and neither is a parent")
    func witnesses() throws {
        var desk = try desk()
        let same = Self.birth.with(.text("nik_saksi_2", "3310010101800001"))
        #expect(try refusal { try desk.submit(same, papers: Self.papers) }.rules == ["nik_saksi_2/two_witnesses"])
        let father = Self.birth.with(.text("nik_saksi_1", "3310011407930002"))
        #expect(
            try refusal { try desk.submit(father, papers: Self.papers) }.rules == ["nik_saksi_1/witness_not_parent"])
        let one = Self.birth.without("nik_saksi_2")
        #expect(try refusal { try desk.submit(one, papers: Self.papers) } == HubError(.formInvalid, ""))
    }

    @Test("a mother alone may declare; a father needs a name, and the marriage extract or an officer's look")
    func parents() throws {
        var alone = try desk()
        try alone.submit(Self.birth.without("nik_ayah").without("nama_ayah"), papers: ["surat_lahir", "kk"])
        #expect(alone.warnings == [])
        var nameless = try desk()
        let error = try refusal { try nameless.submit(Self.birth.without("nama_ayah"), papers: Self.papers) }
        #expect(error.rules == ["nama_ayah/required"])
        var unmarried = try desk()
        try unmarried.submit(Self.birth, papers: ["surat_lahir", "kk"])
        #expect(unmarried.warnings == ["marriage_extract"])
        try unmarried.act("periksa")
        #expect(unmarried.warnings == ["marriage_extract"], "an officer's look is asked for until the paper is there")
    }

    @Test("rows 1 and 2: digits of a parent's NIK that say another sex or birth date are a warning, never a refusal")
    func parentsNIK() throws {
        var desk = try desk()
        let swapped = Self.birth.with(.text("nik_ibu", "3310011203950001")).with(.text("nik_ayah", "3310015407930002"))
        try desk.submit(swapped, papers: Self.papers)
        #expect(desk.warnings == ["parent_sex", "parent_sex"])
        var corrected = try self.desk()
        try corrected.submit(Self.birth.with(.text("tanggal_lahir_ibu", "1995-04-12")), papers: Self.papers)
        #expect(corrected.warnings == ["nik_birth_date"])
    }

    @Test("an unusual age of the mother is looked at, never refused", arguments: ["2016-03-12", "1955-03-12"])
    func motherAge(_ born: String) throws {
        var desk = try desk()
        try desk.submit(Self.birth.with(.text("tanggal_lahir_ibu", born)), papers: Self.papers)
        #expect(desk.warnings.contains("mother_age"))
    }

    @Test(
        "row 3: nobody here gives the child a NIK, for it is the state that does; row 4: a KK number has 16 digits")
    func numbers() throws {
        var desk = try desk()
        let given = try refusal { try desk.submit(Self.birth + [Self.numbers[0]], papers: Self.papers) }
        #expect(given.rules == ["nik_anak/decided"])
        let short = Self.birth.with(.text("nomor_kk", "331001120320000"))
        #expect(try refusal { try desk.submit(short, papers: Self.papers) }.rules == ["nomor_kk/family_card"])
    }

    @Test("a rejection needs the head and a reason; the declarant may withdraw")
    func ends() throws {
        var desk = try desk()
        try desk.submit(Self.birth, papers: Self.papers)
        var other = desk
        try desk.act("tolak", note: "Anak sudah tercatat.", by: "head")
        #expect(desk.stage == "ditolak")
        try other.act("tarik", by: "applicant")
        #expect(other.stage == "ditarik")
    }
}
