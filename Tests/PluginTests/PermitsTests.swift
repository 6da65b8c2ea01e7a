// The permits desk against the catalogue row `izin-usaha` and the facts it rests on (row numbers as in README).

import HubDomain
import HubModules
import HubProto
import PermitsRules
import Testing

@Suite("Business permits")
struct PermitsTests {
    @Test("a small bakery goes through check, assessment and decision to a permit")
    func wholeWay() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery, papers: Business.papers)
        #expect(desk.stage == "pemeriksaan_dokumen")
        #expect(desk.text("risiko") == "menengah_rendah")
        #expect(desk.warnings == [])
        try desk.act("dokumen_lengkap")
        #expect(desk.stage == "penilaian")
        try desk.act("selesai_dinilai", note: "Dapur bersih.")
        #expect(desk.stage == "keputusan")
        try desk.act("terbitkan", by: "head")
        #expect(desk.stage == "menunggu_nib")
        #expect(try refusal { try desk.answer([.text("nib", "912000000000A")]) }.rules == ["nib/digits"])
        try desk.answer([.text("nib", "9120000000001")])
        #expect(desk.stage == "terbit")
        #expect(desk.state?.ended == true)
        #expect(desk.text("berlaku_sejak") == "2026-03-13")
        #expect(desk.state?.deadlines.filter { $0.state != .met }.map(\.name) == ["masa_berlaku"])
    }

    @Test("a micro business of low risk is issued without assessment")
    func microLowRisk() throws {
        var desk = try Business.desk()
        try desk.submit(Business.stall, papers: Business.papers)
        #expect(desk.text("risiko") == "rendah")
        try desk.act("dokumen_lengkap")
        #expect(desk.stage == "menunggu_nib")
        #expect(desk.text("berlaku_sejak") == "2026-03-13")
    }

    @Test("whoever has a business number is asked for no other, and one with a letter in it is refused")
    func ownNumber() throws {
        var desk = try Business.desk()
        let form = Business.stall.with(.text("nib_pemohon", "9120000000123"))
        let error = try refusal {
            try desk.submit(form.with(.text("nib_pemohon", "912000000012B")), papers: Business.papers)
        }
        #expect(error.rules == ["nib_pemohon/digits"])
        try desk.submit(form, papers: Business.papers)
        try desk.act("dokumen_lengkap")
        #expect(desk.stage == "terbit" && desk.text("nib") == "9120000000123" && desk.state?.inquiries == [])
    }

    @Test("low risk alone, or micro alone, is assessed", arguments: [("56304", "kecil"), ("10710", "mikro")])
    func notBoth(_ kbli: String, _ scale: String) throws {
        var desk = try Business.desk()
        let capital: Int64 = scale == "mikro" ? 25_000_000 : 1_500_000_000
        let form = Business.stall.with(.text("kbli", kbli)).with(.text("skala", scale)).with(.integer("modal", capital))
        try desk.submit(form, papers: Business.papers)
        try desk.act("dokumen_lengkap")
        #expect(desk.stage == "penilaian")
    }

    /// PP 7/2021 art. 35: micro up to 1, small above 1 to 5, medium above 5 to 10 thousand million rupiah.
    @Test(
        "scale and capital must agree, to the rupiah",
        arguments: [
            ("mikro", 0, true), ("mikro", 1_000_000_000, true), ("mikro", 1_000_000_001, false),
            ("kecil", 1_000_000_000, false), ("kecil", 1_000_000_001, true), ("kecil", 5_000_000_000, true),
            ("kecil", 5_000_000_001, false), ("menengah", 5_000_000_000, false), ("menengah", 5_000_000_001, true),
            ("menengah", 10_000_000_000, true), ("menengah", 10_000_000_001, false),
        ] as [(String, Int64, Bool)])
    func scaleAgainstCapital(_ scale: String, _ capital: Int64, _ agree: Bool) throws {
        var desk = try Business.desk()
        let form = Business.bakery.with(.text("skala", scale)).with(.integer("modal", capital))
        if agree {
            try desk.submit(form, papers: Business.papers)
            #expect(desk.stage == "pemeriksaan_dokumen")
        } else {
            let error = try refusal { try desk.submit(form, papers: Business.papers) }
            #expect(error == HubError(.refusedByRule, ""))
            #expect(error.rules == ["skala/capital"])
            #expect(desk.state == nil)
        }
    }

    @Test("everything that is wrong with a request is told at once")
    func allReasons() throws {
        var desk = try Business.desk()
        let form = Business.bakery.with(.text("skala", "mikro")).with(.text("wilayah", "33"))
        let error = try refusal { try desk.submit(form, papers: Business.papers) }
        #expect(Set(error.rules) == ["skala/capital", "wilayah/district"])
    }

    @Test("a KBLI code that is not in the table, or a missing paper, is refused and nothing begins")
    func unknownCode() throws {
        var desk = try Business.desk()
        let code = try refusal {
            try desk.submit(Business.bakery.with(.text("kbli", "99999")), papers: Business.papers)
        }
        #expect(code == HubError(.formInvalid, ""))
        let paper = try refusal { try desk.submit(Business.bakery, papers: ["ktp"]) }
        #expect(paper == HubError(.documentInvalid, ""))
        #expect(paper.rules == ["documents/foto_tempat/required"])
        #expect(desk.state == nil)
    }

    @Test("row 2: a NIK that contradicts the date of birth is kept as a warning, never refused; 15 digits are refused")
    func nikAndBirth() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery.with(.text("tanggal_lahir", "1990-03-13")), papers: Business.papers)
        #expect(desk.warnings == ["nik_birth_date"])
        try desk.act("dokumen_lengkap")
        #expect(desk.warnings == ["nik_birth_date"])
        var other = try Business.desk()
        let short = try refusal {
            try other.submit(Business.bakery.with(.text("nik", "331001520390001")), papers: Business.papers)
        }
        #expect(short.rules == ["nik/nik"])
    }

    @Test("row 31: while the applicant repairs, the office's clocks stand; after 5 working days the request lapses")
    func repairLapses() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery, papers: Business.papers)
        try desk.act("minta_perbaikan", note: "Foto buram.")
        #expect(desk.deadline("pemeriksaan")?.state == .paused)
        #expect(desk.deadline("janji_layanan")?.state == .paused)
        #expect(desk.deadline("perbaikan")?.dueMs == (try Desk.millis("2026-03-28 00:00")))
        try desk.wait(until: "2026-03-28 00:00")
        #expect(desk.stage == "gugur")
        #expect(desk.state?.ended == true)
    }

    @Test("a repair in time goes back to the check, by the rules of a new request, and the clocks run on")
    func repairInTime() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery, papers: Business.papers)
        try desk.act("minta_perbaikan", note: "Skala keliru.")
        try desk.wait(until: "2026-03-26 09:00")
        let error = try refusal {
            try desk.act("perbaiki", [.text("skala", "menengah")], by: "applicant")
        }
        #expect(error.rules == ["skala/capital"])
        #expect(desk.stage == "perbaikan")
        try desk.act("perbaiki", [.text("kbli", "56304")], by: "applicant")
        #expect(desk.stage == "pemeriksaan_dokumen")
        #expect(desk.text("risiko") == "rendah")
        #expect(desk.deadline("pemeriksaan")?.state == .running)
        #expect(desk.deadline("perbaikan")?.state == .met)
    }

    @Test("rows 38 to 40: filed on Friday 13 March 2026, the promise of 5 working days ends with Friday 27 March")
    func promise() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery, papers: Business.papers)
        #expect(desk.deadline("janji_layanan")?.dueMs == (try Desk.millis("2026-03-28 00:00")))
        #expect(desk.deadline("pemeriksaan")?.dueMs == (try Desk.millis("2026-03-17 00:00")))
        try desk.wait(until: "2026-03-17 08:00")
        #expect(desk.state?.escalation == 1)
        #expect(desk.state?.escalatedTo == "kepala-seksi")
        try desk.wait(until: "2026-03-28 08:00")
        #expect(desk.state?.escalatedTo == "kepala-dinas")
    }

    @Test("a rejection needs a reason and the head; a withdrawal needs only the applicant")
    func ends() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery, papers: Business.papers)
        #expect(try refusal { try desk.act("tolak", by: "head") } == HubError(.formInvalid, ""))
        #expect(try refusal { try desk.act("tolak", note: "x") } == HubError(.actionNotAllowed, ""))
        var other = desk
        try desk.act("tolak", note: "Lokasi di sempadan sungai.", by: "head")
        #expect(desk.stage == "ditolak")
        #expect(desk.state?.note == "Lokasi di sempadan sungai.")
        try other.act("tarik", by: "applicant")
        #expect(other.stage == "ditarik")
        #expect(try refusal { try other.act("dokumen_lengkap") } == HubError(.actionNotAllowed, ""))
    }

    @Test("each KBLI code has five digits and a risk class that the definition knows")
    func kbliTable() throws {
        let bundle = try #require(Bundles.all.first { $0.id == "permits" }).bundle
        let table = try #require(bundle[HubTable.self].first { $0.name == "kbli" })
        let classes = try #require(
            bundle.definitions.first { $0.service == "izin-usaha" }?.fields.first { $0.name == "risiko" }
        ).choices.map(\.value)
        #expect(table.columns == ["kbli", "judul", "risiko"])
        #expect(table.rows.count >= 60)
        for row in table.rows {
            #expect(row.values[0].utf8.count == 5 && Int(row.values[0]) != nil, "\(row.values)")
            #expect(classes.contains(row.values[2]), "\(row.values)")
        }
    }
}
