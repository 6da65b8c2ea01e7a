// Public events against the catalogue row `izin-keramaian` and row 33 of the domain's facts.

import HubDomain
import HubProto
import PermitsRules
import Testing

@testable import HubCore

@Suite("Public events")
struct CrowdEventTests {
    private static let papers = ["ktp", "susunan_acara", "persetujuan_tempat"]

    /// On a Saturday; filed on Monday, 5 January 2026.
    private static let concert: [HubFieldValue] = [
        .text("nik", "3310015203900001"), .text("nama", "Sri Lestari"), .text("telepon", "081234567890"),
        .text("nama_acara", "Pentas Seni Desa"), .text("penyelenggara", "Karang Taruna"),
        .text("tempat", "Lapangan Desa"), .text("alamat", "Jalan Lapangan 1"), .text("wilayah", "340215"),
        .text("tingkat", "kecamatan"), .text("mulai", "2026-01-24"), .text("jam_mulai", "19:00"),
        .text("selesai", "2026-01-24"), .integer("perkiraan_massa", 500),
    ]

    private func desk(
        _ form: [HubFieldValue] = concert, papers: [String] = papers, at start: String = "2026-01-05 10:00"
    ) throws -> Desk {
        var desk = try Desk(PermitsModule(), service: "izin-keramaian", at: start)
        try desk.submit(form, papers: papers)
        return desk
    }

    private func advised(_ form: [HubFieldValue] = concert, favourable: Bool = true) throws -> Desk {
        var desk = try desk(form)
        try desk.advise("kecamatan")
        try desk.advise("ketertiban", favourable: favourable)
        return desk
    }

    @Test(
        "an event is filed at least 14 working days before it: the last such day is taken, the next one refused (row 33)"
    )
    func fourteenDays() throws {
        // Before Saturday, 24 January, there are 14 working days from Monday the 5th: the 16th is a holiday.
        #expect(try desk().stage == "rekomendasi")
        let late = try refusal { _ = try desk(at: "2026-01-06 10:00") }
        #expect(late.rules == ["mulai/lead_time"])
        let reason = try #require(late.violations.first)
        #expect(reason.indonesian.contains("14 hari kerja") && reason.indonesian.contains("PP 60/2017"))
        #expect(reason.indonesian.contains("Peraturan Polri 7/2023") && reason.indonesian.contains("hanya 13"))
    }

    @Test("a national event is filed at least 21 working days before it (row 33)")
    func national() throws {
        let form = Self.concert.with(.text("tingkat", "nasional"))
        #expect(try refusal { _ = try desk(form) }.rules == ["mulai/lead_time"])
        let later = form.with(.text("mulai", "2026-02-04")).with(.text("selesai", "2026-02-04"))
        #expect(try desk(later).stage == "rekomendasi")
        #expect(
            try refusal { _ = try desk(later.with(.text("mulai", "2026-02-03"))) }.rules == ["mulai/lead_time"])
    }

    @Test("days that no calendar knows yet do not count: a far event is taken when those that are known suffice")
    func unknownDays() throws {
        let form = Self.concert.with(.text("mulai", "2027-12-01")).with(.text("selesai", "2027-12-01"))
        #expect(try desk(form, at: "2027-06-01 10:00").stage == "rekomendasi")
        #expect(try refusal { _ = try desk(form, at: "2027-06-28 10:00") }.rules == ["mulai/lead_time"])
    }

    @Test("district and public order advise at the same time, within 3 working days, and then it is decided (row 33)")
    func advice() throws {
        var desk = try desk()
        #expect(desk.state?.consultations.map(\.unit) == ["kecamatan-sewon", "ketertiban"])
        #expect(desk.deadline("rekomendasi")?.dueMs == (try Desk.millis("2026-01-09 00:00")))
        try desk.advise("ketertiban")
        #expect(desk.stage == "rekomendasi")
        try desk.advise("kecamatan")
        #expect(desk.stage == "keputusan" && desk.deadline("rekomendasi")?.state == .met)
    }

    @Test(
        "an event goes to the Polsek when it is of a district, to the Polres otherwise, and the letter is issued (row 33)"
    )
    func police() throws {
        for (scale, police) in [("kecamatan", "Polsek"), ("kabupaten", "Polres"), ("nasional", "Polres")] {
            var desk = try advised(
                Self.concert.with(.text("tingkat", scale)).with(.text("mulai", "2026-02-14"))
                    .with(.text("selesai", "2026-02-15")))
            try desk.act("teruskan", by: "head")
            #expect(desk.stage == "diserahkan" && desk.text("polisi")?.contains(police) == true, "\(scale)")
            let stage = try #require(desk.definition.stage(desk.stage))
            #expect(stage.issues.map(\.paper) == ["rekomendasi-keramaian"] && !stage.ended)
        }
    }

    @Test("the permit is the police's: their answer is kept with its letter and ends the case, either way (row 33)")
    func answer() throws {
        for (action, stage) in [("catat_izin", "selesai_diizinkan"), ("catat_tolak", "selesai_ditolak")] {
            var desk = try advised()
            try desk.act("teruskan", by: "head")
            #expect(
                try refusal { try desk.act(action, note: "Surat B/12/I/2026") }.rules == [
                    "documents/surat_polisi/required"
                ])
            #expect(try refusal { try desk.act(action, papers: ["surat_polisi"]) }.rules == ["note/required"])
            try desk.act(action, papers: ["surat_polisi"], note: "Surat B/12/I/2026")
            #expect(desk.stage == stage && desk.state?.ended == true)
        }
    }

    @Test("who recommends against advice says why")
    func againstAdvice() throws {
        var desk = try advised(favourable: false)
        #expect(try refusal { try desk.act("teruskan", by: "head") }.rules == ["note/advice"])
        try desk.act("teruskan", note: "Pengamanan ditambah.", by: "head")
        #expect(desk.stage == "diserahkan")
    }

    @Test("a repair keeps the day of filing unless the event moves, and everybody is asked anew (row 33)")
    func repaired() throws {
        var desk = try desk()
        try desk.advise("ketertiban")
        try desk.act("minta_perbaikan", note: "Susunan acara belum lengkap.")
        #expect(desk.state?.consultations.map(\.state) == [.dropped, .given])
        #expect(desk.deadline("rekomendasi")?.state == .paused)
        try desk.wait(until: "2026-01-07 10:00")
        #expect(
            try refusal { try desk.act("perbaiki", [.text("mulai", "2026-01-23")], by: "applicant") }.rules == [
                "mulai/lead_time"
            ])
        try desk.act("perbaiki", papers: ["susunan_acara"], by: "applicant")
        #expect(desk.stage == "rekomendasi" && desk.state?.consultations.count { $0.state == .open } == 2)
    }

    @Test("an event has a district, and ends after it begins")
    func form() throws {
        #expect(
            try refusal { _ = try desk(Self.concert.with(.text("wilayah", "3402"))) }.rules == ["wilayah/district"])
        #expect(
            try refusal { _ = try desk(Self.concert.with(.text("selesai", "2026-01-23"))) }.rules == ["selesai/order"])
        #expect(
            try refusal { _ = try desk(papers: ["ktp"]) }.rules.sorted() == [
                "documents/persetujuan_tempat/required", "documents/susunan_acara/required",
            ])
    }

    @Test("it can be withdrawn until the police have answered, and refused with a reason while it is decided")
    func ends() throws {
        var handed = try advised()
        try handed.act("teruskan", by: "head")
        try handed.act("tarik", by: "applicant")
        #expect(handed.stage == "ditarik" && handed.definition.stage("ditarik")?.revokes == ["rekomendasi-keramaian"])
        var refused = try advised()
        try refused.act("tolak", note: "Bersamaan dengan acara lain.", by: "head")
        #expect(refused.stage == "ditolak")
    }
}
